using System.Net;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Foxtrot.Serving;

/// <summary>Who may reach and use the API.</summary>
/// <param name="Tenants">The tenants file; null is none.</param>
/// <param name="AdminKey">The key of the admin API; null is none.</param>
/// <param name="Cors">Origins whose pages may call the API.</param>
internal sealed record ServeAccess(string? Tenants, AdminKey? AdminKey, string[] Cors)
{
    /// <summary>Whether an admin key was given that is none, which is among the errors.</summary>
    public bool HasWrongAdminKey { get; private init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">Where they come from.</param>
    /// <param name="role">What the process does; a worker serves no API.</param>
    /// <param name="urls">Where it serves, beside the endpoints in the configuration.</param>
    /// <param name="insecure">Whether it may be reached from elsewhere without keys.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static ServeAccess Read(IConfiguration configuration, ServeRole role, IEnumerable<string> urls, bool insecure, List<string> errors)
    {
        if (role == ServeRole.Worker)
        {
            return new(null, null, []);
        }

        var tenants = Text(configuration, ServeSetting.Tenants);
        var before = errors.Count;
        var admin = Admin(configuration, errors);
        var wrong = errors.Count > before;
        if (tenants is not null)
        {
            Check(tenants, errors);
        }

        // A key that is wrong is one error, not two.
        var open = tenants is null && admin is null && errors.Count == before && !insecure;
        if (open && urls.Concat(Endpoints(configuration)).FirstOrDefault(url => !IsLocal(url)) is { } reachable)
        {
            errors.Add($"{reachable} can be reached from elsewhere, and no key is needed: give --tenants or --admin-key-file, serve on 127.0.0.1, or say --insecure");
        }

        return new(tenants, admin, Origins(configuration, errors)) { HasWrongAdminKey = wrong };
    }

    /// <summary>The addresses that Kestrel's own configuration has.</summary>
    public static string[] Endpoints(IConfiguration configuration) =>
        [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];

    /// <summary>Whether only this machine reaches an address. A name other than localhost stands for all addresses.</summary>
    private static bool IsLocal(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.IsUnixPipe || address.IsNamedPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static AdminKey? Admin(IConfiguration configuration, List<string> errors)
    {
        var (file, text) = (Text(configuration, ServeSetting.AdminKeyFile), Text(configuration, ServeSetting.AdminKey));
        if (file is not null && text is not null)
        {
            errors.Add($"{ServeSetting.AdminKeyFile.Option} and {ServeSetting.AdminKey.Path} must not both be given");
            return null;
        }

        var source = file is null ? ServeSetting.AdminKey.Path : $"the key in {file}";
        if (file is not null)
        {
            try
            {
                text = File.ReadAllText(file).Trim();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                errors.Add($"{ServeSetting.AdminKeyFile.Option} must be a file that can be read: {failure.Message}");
                return null;
            }
        }

        if (text is null)
        {
            return null;
        }

        if (AdminKey.TryCreate(text, out var key) is { } wrong)
        {
            errors.Add($"{source} {wrong}");
        }

        return key;
    }

    private static void Check(string tenants, List<string> errors)
    {
        try
        {
            TenantFile.Read(tenants);
        }
        catch (TenantFileException wrong)
        {
            errors.Add($"{ServeSetting.Tenants.Option} {wrong.Message}");
        }
    }

    private static string[] Origins(IConfiguration configuration, List<string> errors)
    {
        var origins = (Text(configuration, ServeSetting.Cors) ?? "").Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var origin in origins)
        {
            if (origin != "*" && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase)))
            {
                errors.Add($"{ServeSetting.Cors.Option} must be * or a list of origins such as https://example.com, but has '{origin}'");
            }
        }

        return origins;
    }

    private static string? Text(IConfiguration configuration, ServeSetting setting) => configuration[setting.Path] is { Length: > 0 } text ? text : null;
}
