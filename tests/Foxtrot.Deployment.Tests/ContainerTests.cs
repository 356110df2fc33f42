using System.Text.Json;
using System.Text.RegularExpressions;
using Foxtrot.Deployment.Tests.Manifests;

namespace Foxtrot.Deployment.Tests;

/// <summary>What can be said of the container files without an engine that builds them.</summary>
public sealed partial class ContainerTests
{
    private static readonly string[] Instructions = ["FROM", "ARG", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "ENTRYPOINT", "CMD"];

    [Theory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    public void An_image_runs_the_server_as_the_user_of_the_manifests_on_a_pinned_base(string flavour)
    {
        var lines = Read(flavour);
        Assert.All(lines, line => Assert.Contains(line.Split(' ')[0], Instructions));
        var last = lines.FindLastIndex(line => line.StartsWith("FROM ", StringComparison.Ordinal));
        var image = lines[(last + 1)..];
        Assert.Contains("USER 1654:1654", image);
        Assert.Contains("CMD [\"serve\"]", image);
        Assert.Contains("EXPOSE 8080", image);
        Assert.Single(image, line => line.StartsWith("ENTRYPOINT [", StringComparison.Ordinal) && line.Contains("foxtrot", StringComparison.Ordinal));

        // All that is copied was published before, and nothing of the sources is.
        Assert.All(image.Where(line => line.StartsWith("COPY", StringComparison.Ordinal)), line => Assert.StartsWith("COPY --from=build /publish/", line, StringComparison.Ordinal));
        var bases = lines.Where(line => BaseImage().IsMatch(line)).ToArray();
        Assert.Equal(2, bases.Length);
        Assert.All(bases, line => Assert.Matches(@":\d+\.\d+", line));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    public void A_build_sees_what_it_needs_and_nothing_else(string flavour)
    {
        var file = RepositoryRoot.At("k8s", "containers", $"{flavour}.Dockerfile.dockerignore");
        var lines = File.ReadAllLines(file);
        Assert.Equal("*", lines[0]);
        var let = lines.Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();
        Assert.All(let, path => Assert.True(Path.Exists(RepositoryRoot.At(path)), path));
        string[] needed = ["global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "src"];
        Assert.Equal(needed.Order(StringComparer.Ordinal), let.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Cpu", "Microsoft.ML.OnnxRuntime")]
    [InlineData("Gpu", "Microsoft.ML.OnnxRuntime.Gpu")]
    public void The_flavour_of_a_build_chooses_the_native_package(string flavour, string package)
    {
        var project = RepositoryRoot.At("src", "Foxtrot.Inference", "Foxtrot.Inference.csproj");
        var json = Tool.Run("dotnet", "msbuild", project, $"-p:OnnxRuntimeFlavor={flavour}", "-getItem:PackageReference")!;
        using var items = JsonDocument.Parse(json);
        var native = items.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!)
            .Where(name => name.StartsWith("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal) && !name.EndsWith(".Managed", StringComparison.Ordinal));
        Assert.Equal([package], native);
    }

    [Fact]
    public void Only_the_gpu_image_is_built_in_the_gpu_flavour()
    {
        Assert.Contains(Read("gpu"), line => line.Contains("-p:OnnxRuntimeFlavor=Gpu", StringComparison.Ordinal));
        Assert.DoesNotContain(Read("cpu"), line => line.Contains("OnnxRuntimeFlavor", StringComparison.Ordinal));
    }

    /// <summary>The instructions, without comments, each on one line.</summary>
    private static List<string> Read(string flavour)
    {
        var text = File.ReadAllText(RepositoryRoot.At("k8s", "containers", $"{flavour}.Dockerfile"));
        var joined = Continuation().Replace(text, " ");
        return [.. joined.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#'))];
    }

    [GeneratedRegex("""\\\n\s*""")]
    private static partial Regex Continuation();

    [GeneratedRegex("""^(FROM (?!\$)|ARG CUDA_IMAGE=)""")]
    private static partial Regex BaseImage();
}
