using System.Net;
using Foxtrot.Gateway.Tenants;
using Foxtrot.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Foxtrot.Gateway.Tests.Tenants;

public sealed class RateLimitHeaderTests
{
    private static readonly string[] Names =
    [
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.2, "1ms")]
    [InlineData(17, "17ms")]
    [InlineData(1000, "1s")]
    [InlineData(1200, "1.2s")]
    [InlineData(59_999.2, "1m0s")]
    [InlineData(90_500, "1m30.5s")]
    [InlineData(360_000, "6m0s")]
    [InlineData(7_261_000, "2h1m1s")]
    public void Durations_have_the_form_that_OpenAI_uses(double milliseconds, string expected) =>
        Assert.Equal(expected, RateLimitHeaders.Duration(TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData("GET", "/v1/models", null, 200)]
    [InlineData("GET", "/v1/nowhere", null, 404)]
    [InlineData("POST", "/v1/completions", "{}", 400)]
    [InlineData("POST", "/v1/completions", """{"model":"story","prompt":"x"}""", 200)]
    [InlineData("POST", "/v1/completions", """{"model":"story","prompt":"x","stream":true}""", 200)]
    public async Task Every_answer_of_a_tenant_with_limits_says_how_they_stand(string method, string path, string? body, int status)
    {
        await using var gateway = await TestGateway.StartAsync(quota: new FakeQuota(new() { RequestsPerMinute = 60, TokensPerMinute = 6000 }));
        var answer = await gateway.SendAsync(new(method), path, body);
        Assert.Equal(status, (int)answer.Status);
        Assert.All(Names, name => Assert.Single(answer.Headers.GetValues(name)));
        Assert.Equal(("60", "6000"), (answer.Headers.GetValues(Names[0]).Single(), answer.Headers.GetValues(Names[3]).Single()));
    }

    [Fact]
    public async Task Remaining_and_reset_follow_what_is_spent_and_refilled()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        await using var gateway = await TestGateway.StartAsync(time: time, quota: new FakeQuota(new() { RequestsPerMinute = 120 }));
        Assert.Equal("120,0s", await StandAsync(gateway));
        var spent = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x"}""");
        Assert.Equal("119", spent.Headers.GetValues(Names[1]).Single());
        Assert.Equal("119,500ms", await StandAsync(gateway));
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("119,250ms", await StandAsync(gateway));
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("120,0s", await StandAsync(gateway));
    }

    [Fact]
    public async Task A_limit_that_a_tenant_does_not_have_has_no_headers()
    {
        await using var gateway = await TestGateway.StartAsync(quota: new FakeQuota(new() { TokensPerMinute = 6000 }));
        var answer = await gateway.GetAsync("/v1/models");
        Assert.All(Names.Take(3), name => Assert.False(answer.Headers.Contains(name)));
        Assert.All(Names.Skip(3), name => Assert.True(answer.Headers.Contains(name)));
    }

    [Fact]
    public async Task Tenants_without_limits_and_paths_outside_of_the_API_have_none()
    {
        await using var free = await TestGateway.StartAsync(quota: new FakeQuota(new() { MaxTokens = 5 }));
        await using var limited = await TestGateway.StartAsync(quota: new FakeQuota(new() { RequestsPerMinute = 60 }));
        foreach (var answer in new[] { await free.GetAsync("/v1/models"), await limited.GetAsync("/openapi/v1.json") })
        {
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.All(Names, name => Assert.False(answer.Headers.Contains(name)));
        }
    }

    private static async Task<string> StandAsync(TestGateway gateway)
    {
        var answer = await gateway.GetAsync("/v1/models");
        return $"{answer.Headers.GetValues(Names[1]).Single()},{answer.Headers.GetValues(Names[2]).Single()}";
    }
}
