namespace Foxtrot.Process.Tests.Processes;

[Collection(OneAtATime.Name)]
public sealed class FoxtrotProcessTests
{
    [Fact]
    public async Task A_gateway_without_a_worker_says_what_it_waits_for_and_a_test_that_waits_in_vain_what_its_threads_do()
    {
        await using var garnet = await GarnetServer.StartAsync();
        var late = await Assert.ThrowsAsync<TimeoutException>(() => FoxtrotProcess.StartAsync(
            "gateway", ["--role", "gateway", "--redis", garnet.Endpoint, "--urls", "http://127.0.0.1:0"], limit: TimeSpan.FromSeconds(15)));
        Assert.Contains("gateway is ready", late.Message, StringComparison.Ordinal);
        Assert.Contains("foxtrot: not ready yet: no worker with a model has joined", late.Message, StringComparison.Ordinal);
        Assert.Contains("< Foxtrot.Program.<Main>", late.Message, StringComparison.Ordinal);
    }
}
