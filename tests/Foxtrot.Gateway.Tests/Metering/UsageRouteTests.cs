using Foxtrot.Contracts.Metering;
using Foxtrot.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Foxtrot.Gateway.Tests.Metering;

public sealed class UsageRouteTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Fact]
    public async Task The_ledger_is_shown_by_day_and_model_with_sums_and_matches_its_schema()
    {
        await using var gateway = await StartAsync();
        var answer = await gateway.GetAsync("/v1/usage?from=2026-11-22&to=2026-11-23");
        Assert.Equal(
            """
            {"object":"usage","tenant":"default","from":"2026-11-22","to":"2026-11-23","data":[
            {"date":"2026-11-22","model":"a","requests":1,"aborted_requests":0,"prompt_tokens":5,"cached_tokens":1,"generated_tokens":20,"delivered_tokens":18,"undelivered_tokens":2},
            {"date":"2026-11-23","model":"a","requests":2,"aborted_requests":1,"prompt_tokens":6,"cached_tokens":0,"generated_tokens":30,"delivered_tokens":30,"undelivered_tokens":0},
            {"date":"2026-11-23","model":"b","requests":4,"aborted_requests":2,"prompt_tokens":7,"cached_tokens":3,"generated_tokens":40,"delivered_tokens":0,"undelivered_tokens":40}],
            "models":[
            {"model":"a","requests":3,"aborted_requests":1,"prompt_tokens":11,"cached_tokens":1,"generated_tokens":50,"delivered_tokens":48,"undelivered_tokens":2},
            {"model":"b","requests":4,"aborted_requests":2,"prompt_tokens":7,"cached_tokens":3,"generated_tokens":40,"delivered_tokens":0,"undelivered_tokens":40}],
            "total":{"requests":7,"aborted_requests":3,"prompt_tokens":18,"cached_tokens":4,"generated_tokens":90,"delivered_tokens":48,"undelivered_tokens":42},"open_outputs":9}
            """.ReplaceLineEndings(""),
            answer.Body);
        await (await ApiSchemas.OfAsync(gateway)).CheckAsync("TenantUsage", answer.Body);
    }

    [Theory]
    [InlineData("", "2026-11-01", "2026-11-23")]
    [InlineData("?from=2026-10-05", "2026-10-05", "2026-11-23")]
    [InlineData("?to=2026-02-03", "2026-02-01", "2026-02-03")]
    public async Task Days_that_are_not_named_are_this_month_up_to_today(string query, string from, string to)
    {
        await using var gateway = await StartAsync();
        var answer = (await gateway.GetAsync("/v1/usage" + query)).Json;
        Assert.Equal((from, to), (answer.GetProperty("from").GetString(), answer.GetProperty("to").GetString()));
    }

    [Theory]
    [InlineData("?from=yesterday", "from")]
    [InlineData("?from=2026-02-30", "from")]
    [InlineData("?to=20261123", "to")]
    [InlineData("?from=2026-11-24&to=2026-11-23", "from")]
    [InlineData("?from=0001-01-01", "from")]
    [InlineData("?tenant=other", "tenant")]
    public async Task Bad_days_are_refused_by_name(string query, string field)
    {
        await using var gateway = await StartAsync();
        var answer = await gateway.GetAsync("/v1/usage" + query);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(field, answer.Error.GetProperty("param").GetString());
    }

    private static async Task<TestGateway> StartAsync()
    {
        var gateway = await TestGateway.StartAsync(time: new FakeTimeProvider(new DateTimeOffset(Today, new TimeOnly(12, 0), TimeSpan.Zero)));
        gateway.Grains.Add<ILedgerGrain>("default", new FakeLedger());
        return gateway;
    }

    private sealed class FakeLedger : ILedgerGrain
    {
        public Task Report(LedgerBatch batch) => throw new NotSupportedException();

        public Task<LedgerView> Read(DateOnly first, DateOnly last) => Task.FromResult(new LedgerView(
            [
                new(Today.AddDays(-1), "a", new() { Requests = 1, PromptTokens = 5, CachedTokens = 1, GeneratedTokens = 20, DeliveredTokens = 18 }),
                new(Today, "a", new() { Requests = 2, Aborted = 1, PromptTokens = 6, GeneratedTokens = 30, DeliveredTokens = 30 }),
                new(Today, "b", new() { Requests = 4, Aborted = 2, PromptTokens = 7, CachedTokens = 3, GeneratedTokens = 40 }),
            ],
            9));
    }
}
