using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.OpenAi;

/// <summary>The official JavaScript client, as it comes, run by Node.js where there is one. The checks are in <c>openai-npm/checks.mjs</c>.</summary>
[Collection(OneAtATime.Name)]
public sealed class OpenAiNpmTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
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
        await using var node = await NpmPackage.RunAsync(server.Address, check);
        var exit = await Deadline.Within(node.Exit, $"checks.mjs {check} ends", () => node.Describe() + Environment.NewLine + server.Process.Describe());
        Assert.True(exit == 0, node.Describe() + Environment.NewLine + server.Process.Describe());
    }

    [Fact]
    public void The_lock_file_pins_the_package_and_names_no_host()
    {
        var text = File.ReadAllText(Path.Combine(NpmPackage.Source, "package-lock.json"));
        Assert.Contains("\"integrity\": \"sha512-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
    }
}
