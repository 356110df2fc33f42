using System.Text.RegularExpressions;

namespace Foxtrot.Tests;

public sealed partial class ArchitecturePageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "src", "ARCHITECTURE.md"));

    [Fact]
    public void Every_file_that_the_page_names_exists()
    {
        var files = FileName().Matches(Page).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.True(files.Count > 10);
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(Repository.Root, file)), file));
    }

    [Fact]
    public void Every_method_that_the_page_names_is_in_its_file()
    {
        var methods = FileAndMethod().Matches(Page).Select(m => (File: m.Groups[1].Value, Method: m.Groups[2].Value)).ToList();
        Assert.True(methods.Count > 10);
        Assert.All(methods, m => Assert.Matches($@"\b{m.Method}(<\w+>)?\(", File.ReadAllText(Path.Combine(Repository.Root, m.File))));
    }

    [GeneratedRegex(@"`(src/[\w./{}]+\.cs)`")]
    private static partial Regex FileName();

    [GeneratedRegex(@"`(src/[\w./{}]+\.cs)`\s+`(\w+)`")]
    private static partial Regex FileAndMethod();
}
