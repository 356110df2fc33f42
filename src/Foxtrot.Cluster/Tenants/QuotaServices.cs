using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Foxtrot.Cluster.Tenants;

/// <summary>Registers what keeps tenants within their limits.</summary>
public static class QuotaServices
{
    /// <summary>Adds this process's leases, once however often it is called. Without another catalog there are no tenants.</summary>
    public static IServiceCollection AddTenantQuotas(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITenantCatalog, NoTenants>();
        services.TryAddSingleton<TenantQuotas>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TenantQuotas>(provider => provider.GetRequiredService<TenantQuotas>()));
        return services;
    }
}
