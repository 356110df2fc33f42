using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Tests.Placement;
using Foxtrot.Cluster.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Tests.Hosting;

/// <summary>A host as the product composes it, with a made-up load.</summary>
internal static class Silo
{
    public static async Task<IHost> StartAsync(ClusterOptions options, FakeLoad? load = null, Dictionary<string, string?>? configuration = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(configuration ?? []);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        load ??= new FakeLoad { Models = [FakeLoad.Model("m")] };
        builder.Services.AddSingleton(load);
        if (load.Models.Length > 0)
        {
            builder.Services.AddSingleton<ILocalLoad>(load);
            builder.AddFoxtrotWorker(options);
        }
        else
        {
            builder.AddFoxtrotGateway(options, silo => silo.HostNoGrainsOf(typeof(Silo).Assembly));
        }

        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public static async Task EndAsync(this IHost host)
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
    }

    public static IGrainFactory Grains(this IHost host) => host.Services.GetRequiredService<IGrainFactory>();
}
