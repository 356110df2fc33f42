using System.Xml.Linq;

namespace Foxtrot.Tests;

public sealed class ProjectGraphTests
{
    // From -> the projects it may reference. Dependencies point one way only.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Foxtrot.Sampling"] = [],
        ["Foxtrot.Model"] = [],
        ["Foxtrot.Inference"] = ["Foxtrot.Sampling"],
        ["Foxtrot.Contracts"] = [],
        ["Foxtrot.Client"] = ["Foxtrot.Contracts"],
        ["Foxtrot.Cluster"] = ["Foxtrot.Contracts", "Foxtrot.Inference"],
        ["Foxtrot.Gateway"] = ["Foxtrot.Client", "Foxtrot.Cluster"],
        ["Foxtrot.ServiceDefaults"] = [],
        ["Foxtrot"] = ["Foxtrot.Gateway", "Foxtrot.Model", "Foxtrot.ServiceDefaults"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).OfType<string>().Order()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_references_point_only_the_allowed_way(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out var allowed), $"src/{project} is not in the pinned graph");
        var file = Path.Combine(Repository.Root, "src", project, project + ".csproj");
        var references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(e => Path.GetFileNameWithoutExtension((string)e.Attribute("Include")!));
        Assert.Equal(allowed.Order(), references.Order());
    }
}
