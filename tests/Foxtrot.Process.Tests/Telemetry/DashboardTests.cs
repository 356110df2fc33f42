using System.Net;
using System.Text;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Tenants;

namespace Foxtrot.Process.Tests.Telemetry;

[Collection(OneAtATime.Name)]
public sealed class DashboardTests
{
    private const string Page = "GET /ops/orleans/";
    private const string Data = "GET /ops/orleans/DashboardCounters";

    [Fact]
    public async Task The_orleans_dashboard_is_for_administrators_alone_and_shows_no_session()
    {
        var tenant = ApiKey.New();
        await using var server = await TenantServer.StartAsync(TenantServer.TenantsFile(("owner", tenant)), "Warning", "--ops");
        var session = (await server.JsonAsync("POST /v1/sessions", """{"model": "foxtrot-stories", "prompt": "Once", "max_tokens": 4, "seed": 7}""", tenant)).GetProperty("id").GetString()!;
        foreach (var route in new[] { Page, Data, "GET /ops/orleans/index.min.js", "GET /ops/orleans/GrainTypes" })
        {
            foreach (var key in new[] { null, tenant, TenantServer.AdminKey + "x" })
            {
                var refused = await server.SendAsync(route, null, key);
                Assert.Equal((route, HttpStatusCode.Unauthorized), (route, refused.Status));
                Assert.DoesNotContain(session, refused.Body, StringComparison.Ordinal);
            }

            Assert.Equal((route, HttpStatusCode.OK), (route, (await server.SendAsync(route, null, TenantServer.AdminKey)).Status));
        }

        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("somebody:" + TenantServer.AdminKey));
        var page = await server.SendAsync(Page, null, null, ("Authorization", basic));
        Assert.Contains("index.min.js", page.Body, StringComparison.Ordinal);
        Assert.Contains("script-src 'self'", page.Headers, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", page.Headers, StringComparison.Ordinal);

        // It counts within a second or two of the first look.
        await Deadline.Until(
            async () => (await server.SendAsync(Data, null, TenantServer.AdminKey)).Body.Contains("SessionGrain", StringComparison.Ordinal),
            "the dashboard counts sessions' grains",
            server.Process.Describe);
        Assert.DoesNotContain(session, (await server.SendAsync(Data, null, TenantServer.AdminKey)).Body, StringComparison.Ordinal);

        // What a grain holds, and logs, are no part of it.
        var state = await server.SendAsync($"GET /ops/orleans/GrainState?grainId={session}&grainType=SessionGrain", null, TenantServer.AdminKey);
        Assert.Equal(HttpStatusCode.NotFound, state.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("GET /ops/orleans/Trace", null, TenantServer.AdminKey)).Status);
    }
}
