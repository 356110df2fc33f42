using System.ComponentModel;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.OpenAi;

/// <summary>The official JavaScript client, as it comes, run by Node.js where there is one. The checks are in <c>openai-npm/checks.mjs</c>.</summary>
[Collection(OneAtATime.Name)]
public sealed class OpenAiNpmTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    private static readonly Lazy<Task<string>> Package = new(InstallAsync);

    [Theory]
    [InlineData("models")]
    [InlineData("chat")]
    [InlineData("chatStream")]
    [InlineData("streamHelper")]
    [InlineData("completions")]
    [InlineData("choices")]
    [InlineData("logprobs")]
    [InlineData("stop")]
    [InlineData("abort")]
    [InlineData("errors")]
    public async Task The_npm_client_works_as_with_its_own_server(string check)
    {
        Assert.SkipUnless(HasNode(), "node and npm are not installed.");
        var folder = await Package.Value;
        await using var node = ChildProcess.Start($"checks.mjs {check}", "node", ["checks.mjs", new Uri(server.Address, "/v1").ToString(), check], folder: folder);
        var exit = await Deadline.Within(node.Exit, $"checks.mjs {check} ends", () => node.Describe() + Environment.NewLine + server.Process.Describe());
        Assert.True(exit == 0, node.Describe() + Environment.NewLine + server.Process.Describe());
    }

    [Fact]
    public void The_lock_file_pins_the_package_and_names_no_host()
    {
        var text = File.ReadAllText(Path.Combine(Source, "package-lock.json"));
        Assert.Contains("\"integrity\": \"sha512-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
    }

    private static string Source => Path.Combine(RepositoryRoot.Folder, "tests", "Foxtrot.Process.Tests", "openai-npm");

    // In a folder of the run: the repository stays as it is.
    private static async Task<string> InstallAsync()
    {
        var folder = Reaper.NewFolder("openai-npm");
        foreach (var file in Directory.EnumerateFiles(Source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        await using var npm = ChildProcess.Start("npm ci", "npm", ["ci", "--ignore-scripts"], folder: folder);
        var exit = await Deadline.Within(npm.Exit, "npm ci ends", npm.Describe, TimeSpan.FromMinutes(3));
        return exit == 0 ? folder : throw new InvalidOperationException(npm.Describe());
    }

    private static bool HasNode()
    {
        try
        {
            foreach (var program in (string[])["node", "npm"])
            {
                using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, "--version") { RedirectStandardOutput = true })!;
                process.WaitForExit();
            }

            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
