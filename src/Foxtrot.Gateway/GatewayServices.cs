using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Metering;
using Foxtrot.Gateway.OpenAi;
using Foxtrot.Gateway.OpenApi;
using Foxtrot.Gateway.Sessions;
using Foxtrot.Gateway.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
        services.TryAddSingleton<ITenantSource, SingleTenant>();
        services.TryAddSingleton<IUsageRecorder, LedgerRecorder>();
        services.AddSingleton(options);
        services.AddSingleton<ModelLookup>();
        services.AddSingleton<ModelRoutes>();
        services.AddSingleton<GenerateServices>();
        services.AddSingleton<SessionRoutes>();
        services.AddSingleton<SessionStream>();
        services.AddSingleton<VerifyRoute>();
        services.AddSingleton<UsageRoute>();
        services.AddRouting();
        services.AddOpenApi(openApi => openApi.AddDocumentTransformer(ApiDescription.TransformAsync));
        return services;
    }
}
