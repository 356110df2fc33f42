using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Foxtrot.Cluster.Tenants;

/// <summary>Registers what a process knows of tenants.</summary>
public static class TenantServices
{
    /// <summary>Follows the cluster's tenant directory; part of every silo.</summary>
    public static IServiceCollection AddTenantCatalog(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TenantCatalog>();
        services.AddSingleton<ITenantCatalog>(provider => provider.GetRequiredService<TenantCatalog>());
        services.AddSingleton<ITenantFollower>(provider => provider.GetRequiredService<TenantCatalog>());
        services.AddHostedService(provider => provider.GetRequiredService<TenantCatalog>());
        return services;
    }

    /// <summary>Knows of no tenants, unless something else is registered.</summary>
    public static IServiceCollection TryAddNoTenants(this IServiceCollection services)
    {
        services.TryAddSingleton<ITenantCatalog, NoTenants>();
        services.TryAddSingleton<ITenantFollower, NothingToFollow>();
        return services;
    }
}
