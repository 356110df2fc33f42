using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Services;

namespace Foxtrot.Serving;

/// <summary>Orleans' own dashboard: silos, grains by type, calls by method. For administrators: the gateway asks for the admin key below <c>/ops</c>.</summary>
/// <remarks>
/// Every silo then counts once a second, and its grain calls pass a filter, which measures only while somebody looks. What is collected
/// is kept on gateways, so that workers do nothing else than work. Without it, no silo takes any of its grains.
/// </remarks>
internal static class OrleansDashboard
{
    /// <summary>Where it is.</summary>
    public const string Root = "/ops/orleans";

    // A grain's state is its tenant's, with texts.
    private static readonly PathString GrainState = Root + "/GrainState";

    /// <summary>What a silo needs for it.</summary>
    public static Action<ISiloBuilder> Collect(ServeOptions options) => silo =>
    {
        if (options.Ops)
        {
            // Logs go where logging sends them, not to a page.
            silo.AddDashboard(dashboard => dashboard.HideTrace = true);
        }

        if (!options.Ops || options.Role == ServeRole.Worker)
        {
            silo.Services.PostConfigure<GrainTypeOptions>(types =>
                types.Classes.RemoveWhere(type => type.Assembly == typeof(DashboardOptions).Assembly && !type.IsAssignableTo(typeof(IGrainService))));
        }
    };

    /// <summary>Serves its page and the data of it.</summary>
    /// <param name="app">With the gateway's routes, whose authentication it relies on.</param>
    /// <param name="options">Whether it is wanted.</param>
    public static void Map(WebApplication app, ServeOptions options)
    {
        if (options.Ops)
        {
            app.MapOrleansDashboard(Root).ExcludeFromDescription().AddEndpointFilter(async (call, next) =>
                call.HttpContext.Request.Path.StartsWithSegments(GrainState) ? Results.NotFound() : await next(call));
        }
    }
}
