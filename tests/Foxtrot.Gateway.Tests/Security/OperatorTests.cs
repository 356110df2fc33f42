using System.Net;
using System.Text;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.Security;

/// <summary>Everything below /ops, whether there is a page or not.</summary>
public sealed class OperatorTests
{
    private const string Key = "an-admin-key-that-is-long-enough-000";

    [Fact]
    public async Task A_browser_is_asked_for_the_admin_key_as_a_password_and_gets_in_with_it()
    {
        await using var gateway = await StartAsync();
        var none = await gateway.GetAsync("/ops/orleans");
        Assert.Equal((HttpStatusCode.Unauthorized, "missing_api_key"), (none.Status, none.Error.GetProperty("code").GetString()));
        Assert.Equal("Basic realm=\"foxtrot operations\", charset=\"UTF-8\"", none.Headers.WwwAuthenticate.First().ToString());

        // Past the question for a key there is no page in this gateway.
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(gateway, Basic("anybody:" + Key))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(gateway, Basic(":" + Key))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(gateway, "Bearer " + Key)).Status);
    }

    [Theory]
    [InlineData("Basic", "missing_api_key")]
    [InlineData("Basic !!!", "missing_api_key")]
    [InlineData("Digest x", "missing_api_key")]
    [InlineData("Bearer wrong-key", "invalid_api_key")]
    public async Task Nothing_else_gets_in(string header, string code)
    {
        await using var gateway = await StartAsync();
        var answer = await SendAsync(gateway, header);
        Assert.Equal((HttpStatusCode.Unauthorized, code), (answer.Status, answer.Error.GetProperty("code").GetString()));
        Assert.DoesNotContain("wrong-key", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_is_not_the_admin_key_does_not_get_in_whatever_it_is()
    {
        await using var gateway = await StartAsync();
        foreach (var pair in new[] { Key, Key + ":", "a:" + Key + "x", "a:" + FakeTenants.Bearer("a").Item2.Replace("Bearer ", "", StringComparison.Ordinal) })
        {
            Assert.Equal((pair, HttpStatusCode.Unauthorized), (pair, (await SendAsync(gateway, Basic(pair))).Status));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.SendAsync(HttpMethod.Get, "/ops/orleans", null, FakeTenants.Bearer("a"))).Status);
    }

    [Fact]
    public async Task Without_an_admin_key_there_are_no_pages_even_where_no_key_is_needed()
    {
        await using var gateway = await TestGateway.StartAsync(tenants: FakeTenants.Of());
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.GetAsync("/ops/orleans")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(gateway, Basic("a:" + Key))).Status);
    }

    private static Task<TestGateway> StartAsync() => TestGateway.StartAsync(new() { AdminKey = NewAdminKey() }, tenants: FakeTenants.Of("a"));

    private static Task<Answer> SendAsync(TestGateway gateway, string authorization) => gateway.SendAsync(HttpMethod.Get, "/ops/orleans", null, ("Authorization", authorization));

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    private static AdminKey NewAdminKey() => AdminKey.TryCreate(Key, out var key) is null ? key! : throw new InvalidOperationException();
}
