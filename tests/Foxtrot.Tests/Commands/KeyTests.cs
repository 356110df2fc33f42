using System.Text.Json;
using Foxtrot.Cluster.Tenants;

namespace Foxtrot.Tests.Commands;

public sealed class KeyTests
{
    [Fact]
    public async Task A_key_comes_with_the_line_that_a_tenants_file_knows_it_by()
    {
        var run = await CommandRun.Of("key", "--name", "laptop");
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((0, 2), (run.ExitCode, lines.Length));
        Assert.StartsWith("fxt_", lines[0], StringComparison.Ordinal);
        var line = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal(("laptop", ApiKey.Write(ApiKey.HashOf(lines[0]))), (line.GetProperty("name").GetString(), line.GetProperty("hash").GetString()));
    }
}
