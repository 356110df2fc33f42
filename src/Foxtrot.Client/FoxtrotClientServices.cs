using Foxtrot.Client.Chat;
using Foxtrot.Client.Streams;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Foxtrot.Client;

/// <summary>Registers the client in an application that is connected to the cluster with <c>UseOrleansClient</c>.</summary>
public static class FoxtrotClientServices
{
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(5);

    /// <summary>Adds <see cref="ISessionStreams"/>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">How patient streams are; null attaches again after 5 s of silence, because an application that is no silo is not told when one dies.</param>
    public static IServiceCollection AddFoxtrotClient(this IServiceCollection services, StreamOptions? options = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISessionStreams>(provider => new SessionStreams(
            provider.GetRequiredService<IGrainFactory>(), options ?? new StreamOptions { StallTimeout = Stall }, provider.GetRequiredService<TimeProvider>(),
            provider.GetService<System.Diagnostics.Metrics.IMeterFactory>()));
        return services;
    }

    /// <summary>Adds an <see cref="IChatClient"/> for one model, and <see cref="ISessionStreams"/>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="tenant">Whose sessions they are.</param>
    public static IServiceCollection AddFoxtrotChatClient(this IServiceCollection services, string model, string tenant = FoxtrotChatClient.DefaultTenant)
    {
        services.AddFoxtrotClient();
        services.AddSingleton<IChatClient>(provider => new FoxtrotChatClient(
            provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<ISessionStreams>(), model, tenant));
        return services;
    }
}
