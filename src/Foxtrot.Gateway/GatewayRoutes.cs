using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.OpenAi;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Foxtrot.Gateway;

/// <summary>Maps the gateway.</summary>
public static class GatewayRoutes
{
    /// <summary>Maps all routes, and puts request ids and error bodies around everything that the application answers.</summary>
    public static WebApplication MapFoxtrotGateway(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        var services = app.Services.GetRequiredService<GenerateServices>();
        var models = app.Services.GetRequiredService<ModelRoutes>();
        var chat = new GenerateRoute(new ChatFormat(), ChatFields.Table(options), ChatFields.Check, options, services);
        var completions = new GenerateRoute(new CompletionFormat(), CompletionFields.Table(options), CompletionFields.Check, options, services);
        app.UseMiddleware<GatewayMiddleware>();
        app.MapGet("/v1/models", models.ListAsync);
        app.MapGet("/v1/models/{**id}", models.GetAsync);
        app.MapPost("/v1/chat/completions", chat.HandleAsync);
        app.MapPost("/v1/completions", completions.HandleAsync);
        return app;
    }
}
