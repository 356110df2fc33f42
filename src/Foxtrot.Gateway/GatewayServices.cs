using Foxtrot.Cluster.Tenants;
using Foxtrot.Gateway.Admin;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Metering;
using Foxtrot.Gateway.OpenAi;
using Foxtrot.Gateway.OpenApi;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Sessions;
using Foxtrot.Gateway.Telemetry;
using Foxtrot.Gateway.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway;

/// <summary>Registers the gateway.</summary>
public static class GatewayServices
{
    /// <summary>
    /// Adds what the gateway's routes need. Streams, grains, the model catalog and the clock come from the container; who calls and
    /// where usage goes may be registered before.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="options">Bounds.</param>
    /// <exception cref="ArgumentException">An option is out of range; all that are, are named.</exception>
    public static IServiceCollection AddFoxtrotGateway(this IServiceCollection services, GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join(" ", errors), nameof(options));
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddNoTenants();
        services.TryAddSingleton<ITenantSource, AuthenticatedTenant>();
        services.TryAddSingleton<IUsageRecorder, LedgerRecorder>();
        services.AddTenantQuotas();
        services.AddMetrics();
        services.AddSingleton<GatewayInstruments>();
        services.AddSingleton(options);
        services.AddSingleton<Admission>();
        services.AddSingleton<ModelLookup>();
        services.AddSingleton<ModelRoutes>();
        services.AddSingleton<GenerateServices>();
        services.AddSingleton<SessionRoutes>();
        services.AddSingleton<SessionStream>();
        services.AddSingleton<VerifyRoute>();
        services.AddSingleton<UsageRoute>();
        services.AddSingleton<TenantAdministration>();
        services.AddSingleton<TenantRoutes>();
        services.AddSingleton<KeyRoutes>();
        services.AddSingleton<WorkerRoutes>();
        services.AddSingleton<AuditRoute>();
        services.AddBrowserOrigins(options.CorsOrigins);
        services.AddRouting();
        services.AddOpenApi(openApi => openApi.AddDocumentTransformer(ApiDescription.TransformAsync));
        return services;
    }

    /// <summary>Keeps the tenants of a file in the directory; one of the files of the cluster is enough, and all must say the same.</summary>
    /// <param name="services">The container.</param>
    /// <param name="path">The file.</param>
    public static IServiceCollection AddFoxtrotTenantFile(this IServiceCollection services, string path)
    {
        services.AddSingleton(provider => new TenantFileFollower(
            path,
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<ITenantFollower>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TenantFileFollower>>()));
        services.AddHostedService(provider => provider.GetRequiredService<TenantFileFollower>());
        return services;
    }
}
