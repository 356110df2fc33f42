using Foxtrot.Commands;
using Microsoft.Extensions.Configuration;

namespace Foxtrot.Serving;

/// <summary>Where settings come from; later ones win: appsettings.json, the file of <c>--config</c>, the environment, the options.</summary>
/// <param name="File">A JSON file; null for none.</param>
/// <param name="Options">Configuration keys with the values that the command line gives them.</param>
internal sealed record ServeConfiguration(string? File, IReadOnlyDictionary<string, string?> Options)
{
    /// <summary>Makes these the only sources.</summary>
    /// <exception cref="UsageException">A file is missing or no JSON.</exception>
    public void ApplyTo(ConfigurationManager configuration)
    {
        ((IConfigurationBuilder)configuration).Sources.Clear();
        var settings = Path.GetFullPath("appsettings.json");
        if (System.IO.File.Exists(settings))
        {
            AddFile(configuration, settings);
        }

        if (File is { } file)
        {
            AddFile(configuration, Path.GetFullPath(file));
        }

        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(Options);
    }

    private static void AddFile(ConfigurationManager configuration, string path)
    {
        try
        {
            configuration.AddJsonFile(path, optional: false, reloadOnChange: false);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read as settings: {exception.GetBaseException().Message}");
        }
    }
}
