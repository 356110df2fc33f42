using Foxtrot.Cluster.Delivery;
using Foxtrot.Cluster.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Foxtrot.Cluster.Workers;

/// <summary>Registers what a worker has beside its silo.</summary>
public static class WorkerServices
{
    /// <summary>Registers models, delivery, tenants' limits and drain.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="models">Opened models; stay the caller's, who disposes of them after the host.</param>
    /// <param name="drain">How the worker leaves.</param>
    public static IServiceCollection AddFoxtrotModels(this IServiceCollection services, IReadOnlyList<WorkerModel> models, DrainOptions drain)
    {
        services.AddMetrics();
        services.AddTenantQuotas();
        services.AddSingleton<TokenDelivery>();
        services.TryAddSingleton<ITenantCatalog, NoTenants>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WorkerRuntime>(provider, models));
        services.AddSingleton<ILocalLoad>(provider => provider.GetRequiredService<WorkerRuntime>());
        services.AddSingleton(drain);
        services.AddSingleton<WorkerDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerDrain>());
        return services;
    }
}
