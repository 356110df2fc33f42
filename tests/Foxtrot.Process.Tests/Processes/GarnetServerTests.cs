using StackExchange.Redis;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>The storage that the other tests stand on.</summary>
[Collection(OneAtATime.Name)]
public sealed class GarnetServerTests
{
    [Fact]
    public async Task Garnet_from_the_tool_manifest_runs_the_scripts_that_clustering_needs()
    {
        await using var garnet = await GarnetServer.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync(garnet.Endpoint);
        var sum = await redis.GetDatabase().ScriptEvaluateAsync("return redis.call('incrby', KEYS[1], ARGV[1])", ["counter"], [5]);
        Assert.Equal(5, (int)sum);
    }
}
