namespace Foxtrot.Process.Tests.Processes;

/// <summary>Programs of the repository's tool manifest.</summary>
internal static class DotnetTool
{
    private const string PackagesLine = "global-packages:";
    private static readonly Lazy<Task<string>> Packages = new(RestoreAsync);

    /// <summary>
    /// The path of a tool's program, for <c>dotnet</c>: <c>dotnet tool run</c> would put a second process between this one and the
    /// tool's, which signals do not pass.
    /// </summary>
    /// <param name="package">The tool's name.</param>
    /// <param name="version">Its version in the manifest.</param>
    /// <param name="framework">The folder within the package.</param>
    /// <param name="program">The file.</param>
    /// <exception cref="FileNotFoundException">The manifest has another version.</exception>
    public static async Task<string> PathAsync(string package, string version, string framework, string program)
    {
        var path = Path.Combine(await Packages.Value, package, version, "tools", framework, "any", program);
        return File.Exists(path) ? path : throw new FileNotFoundException($"`dotnet tool restore` left no {package} {version}.", path);
    }

    private static async Task<string> RestoreAsync()
    {
        await RunAsync("tool", "restore");
        var locals = await RunAsync("nuget", "locals", "global-packages", "--list", "--force-english-output");
        var line = locals.Single(line => line.StartsWith(PackagesLine, StringComparison.Ordinal));
        return line[PackagesLine.Length..].Trim();
    }

    private static async Task<List<string>> RunAsync(params string[] arguments)
    {
        var output = new List<string>();
        await using var process = ChildProcess.Start($"dotnet {arguments[0]}", "dotnet", arguments, folder: RepositoryRoot.Folder, onLine: output.Add);
        var exit = await Deadline.Within(process.Exit, $"dotnet {arguments[0]} ends", process.Describe, TimeSpan.FromMinutes(3));
        return exit == 0 ? output : throw new InvalidOperationException(process.Describe());
    }
}
