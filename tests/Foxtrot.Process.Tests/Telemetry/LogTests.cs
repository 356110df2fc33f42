using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Tenants;

namespace Foxtrot.Process.Tests.Telemetry;

[Collection(OneAtATime.Name)]
public sealed class LogTests
{
    private const string Finishes = "finishes-1";
    private const string Refused = "refused-1";

    [Fact]
    public async Task A_request_s_id_is_in_the_worker_s_lines_about_its_session_and_in_the_gateway_s()
    {
        await using var cluster = await FoxtrotCluster.StartAsync(1, 4, new Dictionary<string, string>
        {
            ["Foxtrot__LogFormat"] = "json",
            ["Logging__LogLevel__Foxtrot"] = "Information",
        });
        var worker = cluster.Workers[0];
        var finished = worker.LineAsync(line => IsOf(line, Finishes, "ended"));
        var refused = worker.LineAsync(line => IsOf(line, Refused, "refused"));
        var used = cluster.Gateway.LineAsync(line => IsOf(line, Finishes, "Usage"));
        using var http = new HttpClient { BaseAddress = cluster.Address };
        var answer = await Deadline.Within(
            TenantServer.SendAsync(http, "POST /v1/completions", """{"model": "foxtrot-stories", "prompt": "Once", "max_tokens": 4, "seed": 7}""", null, ("x-request-id", Finishes)), "an answer", cluster.Describe);
        await Deadline.Within(
            TenantServer.SendAsync(http, "POST /v1/completions", """{"model": "foxtrot-stories", "prompt": "Once", "max_tokens": 1000000, "seed": 7}""", null, ("x-request-id", Refused)), "a refusal", cluster.Describe);

        var end = LogRecord.Of(await Deadline.Within(finished, "the worker says how it ended", cluster.Describe))!;
        var session = end.Field("Session");
        Assert.Contains(session["sess_".Length..], answer.Body, StringComparison.Ordinal);
        Assert.True(end.Has("Tenant", "default") && end.Has("Model", "foxtrot-stories"));
        Assert.True(LogRecord.Of(await Deadline.Within(refused, "the worker says that it refused", cluster.Describe))!.Has("Tenant", "default"));
        var usage = LogRecord.Of(await Deadline.Within(used, "the gateway says what it cost", cluster.Describe))!;
        Assert.True(usage.Has("Session", session), string.Join(' ', usage.Texts));
    }

    private static bool IsOf(string line, string request, string word) =>
        LogRecord.Of(line) is { } record && record.Has("RequestId", request) && line.Contains(word, StringComparison.Ordinal);
}
