using System.Diagnostics.Metrics;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Gateway.Telemetry;
using Foxtrot.Gateway.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Foxtrot.Gateway.Tests.Telemetry;

public sealed class GatewayInstrumentTests
{
    [Fact]
    public void Names_kinds_and_units_stay_as_they_are()
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton<GatewayInstruments>().BuildServiceProvider();
        List<string> published = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == FoxtrotMeter.Name && instrument.Meter.Scope == services.GetRequiredService<IMeterFactory>())
            {
                published.Add($"{instrument.Name} {instrument.GetType().Name} {instrument.Unit}");
            }
        };
        listener.Start();
        services.GetRequiredService<GatewayInstruments>();
        Assert.Equal(
            [
                "foxtrot.requests.rejected Counter`1 {request}",
                "gen_ai.server.request.duration Histogram`1 s",
                "gen_ai.server.time_per_output_token Histogram`1 s",
                "gen_ai.server.time_to_first_token Histogram`1 s",
            ],
            published.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Metrics_are_for_whoever_has_the_admin_key_and_for_no_tenant()
    {
        Assert.Null(Gateway.Security.AdminKey.TryCreate(new string('k', 32), out var key));
        await using var gateway = await TestGateway.StartAsync(new() { AdminKey = key }, tenants: FakeTenants.Of("owner"));
        Assert.Equal(401, (int)(await gateway.GetAsync("/metrics")).Status);
        Assert.Equal(401, (int)(await gateway.SendAsync(HttpMethod.Get, "/metrics", null, FakeTenants.Bearer("owner"))).Status);

        // Past the key there is nothing here: the exporter is the application's.
        Assert.Equal(404, (int)(await gateway.SendAsync(HttpMethod.Get, "/metrics", null, ("Authorization", "Bearer " + new string('k', 32)))).Status);
    }
}
