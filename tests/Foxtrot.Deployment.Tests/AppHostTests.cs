using System.Text.RegularExpressions;
using System.Xml.Linq;
using Foxtrot.Serving;

namespace Foxtrot.Deployment.Tests;

/// <summary>The Aspire app host is not built with the solution: its packages are not everywhere. What can be read of it is checked.</summary>
public sealed partial class AppHostTests
{
    [Fact]
    public void The_solution_lists_the_app_host_and_does_not_build_it()
    {
        var solution = File.ReadAllText(RepositoryRoot.At("Cluster.sln"));
        var id = ProjectId().Match(solution);
        Assert.True(id.Success, "Cluster.sln does not list AppHost/AppHost.csproj.");
        var lines = solution.Split('\n').Where(line => line.Contains($"{id.Groups[1].Value}.", StringComparison.OrdinalIgnoreCase)).ToArray();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains(".ActiveCfg = ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_app_host_refers_to_aspire()
    {
        var projects = Directory.EnumerateFiles(RepositoryRoot.Folder, "*.csproj", SearchOption.AllDirectories);
        var aspiring = projects.Where(file => File.ReadAllText(file).Contains("Aspire.", StringComparison.Ordinal)).Select(file => Path.GetRelativePath(RepositoryRoot.Folder, file));
        Assert.Equal([Path.Combine("AppHost", "AppHost.csproj")], aspiring);
    }

    [Fact]
    public void The_app_hosts_packages_are_of_the_version_of_its_sdk()
    {
        var project = XDocument.Load(RepositoryRoot.At("AppHost", "AppHost.csproj"));
        var sdk = project.Root!.Attribute("Sdk")!.Value.Split('/');
        Assert.Equal("Aspire.AppHost.Sdk", sdk[0]);
        var packages = project.Descendants("PackageReference").ToArray();
        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.StartsWith(sdk[1], package.Attribute("Version")!.Value, StringComparison.Ordinal));
        Assert.All(project.Descendants("ProjectReference"), reference => Assert.True(File.Exists(RepositoryRoot.At("AppHost", reference.Attribute("Include")!.Value))));
    }

    [Fact]
    public void The_app_host_tells_the_server_only_what_it_understands()
    {
        var code = File.ReadAllText(RepositoryRoot.At("AppHost", "AppHost.cs"));
        Assert.All(Setting().Matches(code), match => Assert.Contains(ServeSetting.Known, s => s.Key == match.Groups[1].Value));
        Assert.All(Option().Matches(code), match => Assert.Contains(ServeSetting.All, s => s.Option == match.Groups[1].Value));
        Assert.NotEmpty(Setting().Matches(code).Concat(Option().Matches(code)));
        Assert.True(code.Split('\n').Length <= 80, "The app host is one screen of code.");
    }

    [Fact]
    public void What_the_app_host_mounts_is_there()
    {
        var mounts = Mount().Matches(File.ReadAllText(RepositoryRoot.At("AppHost", "AppHost.cs")));
        Assert.NotEmpty(mounts);
        Assert.All(mounts, match => Assert.True(Path.Exists(Path.GetFullPath(match.Groups[1].Value, RepositoryRoot.At("AppHost"))), match.Groups[1].Value));
    }

    [GeneratedRegex("""= "AppHost", "AppHost[/\\]AppHost\.csproj", "(\{[0-9A-F-]+\})""", RegexOptions.IgnoreCase)]
    private static partial Regex ProjectId();

    [GeneratedRegex("Foxtrot__(\\w+)")]
    private static partial Regex Setting();

    [GeneratedRegex("\"(--[\\w-]+)\"")]
    private static partial Regex Option();

    [GeneratedRegex("WithBindMount\\(\"([^\"]+)\"")]
    private static partial Regex Mount();
}
