using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Foxtrot.Cluster.Hosting;

/// <summary>Makes a process a silo of the cluster. Call one of the methods, once, before the host is built.</summary>
public static class ClusterHosting
{
    /// <summary>
    /// A silo that hosts sessions and workers. Register an <see cref="ILocalLoad"/> for its models. It serves gateways in the same
    /// process as well.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">How it takes part.</param>
    /// <param name="configure">Anything else about the silo; runs last.</param>
    /// <exception cref="OptionsValidationException">Something in the options or the configuration is wrong; names all of it.</exception>
    public static IHostApplicationBuilder AddFoxtrotWorker(this IHostApplicationBuilder builder, ClusterOptions options, Action<ISiloBuilder>? configure = null) =>
        AddSilo(builder, options, hostsGrains: true, configure);

    /// <summary>A silo that hosts no grains: it calls those of others, and notices at once when one of them dies. Needs Redis.</summary>
    /// <inheritdoc cref="AddFoxtrotWorker"/>
    public static IHostApplicationBuilder AddFoxtrotGateway(this IHostApplicationBuilder builder, ClusterOptions options, Action<ISiloBuilder>? configure = null) =>
        AddSilo(builder, options, hostsGrains: false, configure);

    private static IHostApplicationBuilder AddSilo(IHostApplicationBuilder builder, ClusterOptions options, bool hostsGrains, Action<ISiloBuilder>? configure)
    {
        var failures = ClusterOptionsValidation.Validate(options, builder.Configuration, hostsGrains);
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(nameof(ClusterOptions), typeof(ClusterOptions), failures);
        }

        ClusterConfiguration.Complete(builder.Configuration, options);
        builder.Services.AddRedisConnections(builder.Configuration);
        builder.Services.TryAddSingleton<ILocalLoad, NoLocalLoad>();
        builder.UseOrleans(silo =>
        {
            silo.AddFastFailover(options).AddPlacement(options).AddAdministration().AddLedger().AddSessionStorage(options);
            if (!hostsGrains)
            {
                silo.HostNoGrainsOf(typeof(ClusterHosting).Assembly);
            }

            configure?.Invoke(silo);
        });
        builder.Services.AddTenantQuotas();
        builder.Services.AddSingleton(services => new ClusterReadiness(
            services.GetRequiredService<ISiloStatusOracle>(),
            services.GetRequiredService<IClusterManifestProvider>(),
            services.GetRequiredService<ClusterLoad>(),
            services.GetRequiredService<ILoadReports>(),
            hostsGrains));
        builder.Services.AddHostedService(services => services.GetRequiredService<ClusterReadiness>());
        return builder;
    }
}
