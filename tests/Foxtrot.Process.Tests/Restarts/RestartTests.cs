using System.Text.Json;
using System.Text.Json.Nodes;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Restarts;

/// <summary>The single-process server keeps its sessions in its data folder, however it ended.</summary>
[Collection(OneAtATime.Name)]
public sealed class RestartTests
{
    private static readonly StreamPlan Plan = new("native session", StreamKind.Native, new JsonObject
    {
        ["model"] = StreamPlan.Model,
        ["prompt"] = "Once upon a time",
        ["seed"] = 42,
        ["max_tokens"] = 400,
        ["ignore_eos"] = true,
        ["temperature"] = 1,
        ["repetition_penalty"] = 1.1,
        ["mirostat"] = 2,
        ["top_logprobs"] = 2,
    });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(70)]
    [InlineData(200)]
    public async Task A_session_interrupted_by_kill_9_goes_on_after_the_restart_with_the_same_tokens(int at)
    {
        var data = Reaper.NewFolder("data");
        var server = await EmbeddedServer.StartAsync(data);
        try
        {
            await using var undisturbed = new StreamRun([Plan], () => server.Address!);
            await Deadline.Within(undisturbed.Ended, "the undisturbed stream ends", server.Describe);

            await using var run = new StreamRun([Plan], () => server.Address!);
            await Deadline.Within(run.Records[0].Reached(at), $"{at} tokens have come", server.Describe);
            await server.KillAsync();
            server = await EmbeddedServer.StartAsync(data);
            await Deadline.Within(run.Ended, "the stream ends", () => run.Describe() + Environment.NewLine + server.Describe());

            Assert.Null(RecordComparison.Difference(undisturbed.Records[0], run.Records[0]));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_finished_session_is_the_same_after_a_stop_and_a_start()
    {
        var data = Reaper.NewFolder("data");
        using var http = new HttpClient();
        string id;
        string before;
        var record = new StreamRecord("before");
        await using (var server = await EmbeddedServer.StartAsync(data))
        {
            id = await NativeStream.RunAsync(http, () => server.Address!, Plan, record, Cancelled);
            before = await http.GetStringAsync(new Uri(server.Address!, $"/v1/sessions/{id}"), Cancelled);
            server.Send(Signal.Terminate);
            Assert.Equal(0, await Deadline.Within(server.Exit, "the server ends", server.Describe));
        }

        await using var restarted = await EmbeddedServer.StartAsync(data);
        var after = await http.GetStringAsync(new Uri(restarted.Address!, $"/v1/sessions/{id}"), Cancelled);
        var again = new StreamRecord("after");
        await NativeStream.ReadAsync(http, restarted.Address!, id, again.Name, again, Cancelled);

        Assert.Equal(Content(before), Content(after));
        Assert.Null(RecordComparison.Difference(record, again));
    }

    /// <summary>What a session is, without how often it was loaded.</summary>
    private static string Content(string session)
    {
        var json = JsonNode.Parse(session)!.AsObject();
        json.Remove("epoch");
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
