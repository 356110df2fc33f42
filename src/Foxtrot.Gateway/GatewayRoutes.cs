using Foxtrot.Gateway.Admin;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Metering;
using Foxtrot.Gateway.OpenAi;
using Foxtrot.Gateway.OpenApi;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Sessions;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;

namespace Foxtrot.Gateway;

/// <summary>Maps the gateway.</summary>
public static class GatewayRoutes
{
    private static readonly int[] Generating = [400, 403, 404, 413, 429, 500, 503];
    private static readonly int[] Changing = [400, 403, 404, 409, 413, 429, 500, 503];

    /// <summary>
    /// Maps the OpenAI-compatible routes, the native ones, those of administrators, the API's description and its browser, and puts
    /// request ids, error bodies and the question for a key around everything that the application answers.
    /// </summary>
    /// <param name="app">The application; call this before other middleware that answers by itself.</param>
    public static WebApplication MapFoxtrotGateway(this WebApplication app)
    {
        app.UseMiddleware<GatewayMiddleware>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseBrowserOrigins();
        app.UseMiddleware<Authentication>();
        app.UseMiddleware<RateLimitHeaders>();
        MapOpenAi(app);
        MapSessions(app);
        AdminRoutes.Map(app);
        app.MapOpenApi(ApiDescription.Path);
        app.MapScalarApiReference("/scalar", scalar =>
        {
            scalar.Title = "Foxtrot";
            scalar.OpenApiRoutePattern = ApiDescription.Path;

            // Everything comes from this process: nothing is loaded from elsewhere, and nothing is sent there.
            scalar.DefaultFonts = false;
            scalar.ProxyUrl = null;
        });
        return app;
    }

    private static void MapOpenAi(WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        var services = app.Services.GetRequiredService<GenerateServices>();
        var models = app.Services.GetRequiredService<ModelRoutes>();
        var chat = new GenerateRoute(new ChatFormat(), ChatFields.Table(options), ChatFields.Check, options, services);
        var completions = new GenerateRoute(new CompletionFormat(), CompletionFields.Table(options), CompletionFields.Check, options, services);
        app.MapGet("/v1/models", models.ListAsync)
            .Describe(new("listModels", "Lists the models that are served now.") { Answer = "ModelList", Failures = [500] });
        app.MapGet("/v1/models/{**id}", models.GetAsync)
            .Describe(new("getModel", "Shows a model.") { Answer = "Model" });
        app.MapPost("/v1/chat/completions", chat.HandleAsync)
            .Describe(new("createChatCompletion", "Answers a conversation.") { Body = chat.Table.ToSchema(), Answer = "ChatCompletion", Events = ["ChatCompletionChunk", "Error"], Failures = Generating });
        app.MapPost("/v1/completions", completions.HandleAsync)
            .Describe(new("createCompletion", "Continues texts.") { Body = completions.Table.ToSchema(), Answer = "Completion", Events = ["CompletionChunk", "Error"], Failures = Generating });
    }

    private static void MapSessions(WebApplication app)
    {
        app.MapGet("/v1/usage", app.Services.GetRequiredService<UsageRoute>().HandleAsync)
            .Describe(new("getUsage", "Shows what the tenant has used, by UTC day and model.") { Query = UsageRoute.Table.ToSchema(), Answer = "TenantUsage", Failures = [400, 500, 503] });
        var sessions = app.Services.GetRequiredService<SessionRoutes>();
        app.MapPost("/v1/sessions", sessions.CreateAsync)
            .Describe(new("createSession", "Creates a durable session and starts it.") { Body = sessions.CreateTable.ToSchema(), Status = 201, Answer = "Session", Failures = Changing });
        app.MapGet("/v1/sessions", sessions.ListAsync)
            .Describe(new("listSessions", "Lists sessions, newest first.") { Query = SessionFields.List.ToSchema(), Answer = "SessionList", Failures = [400, 500, 503] });
        app.MapGet("/v1/sessions/{id}", sessions.GetAsync)
            .Describe(new("getSession", "Shows a session.") { Answer = "Session" });
        app.MapDelete("/v1/sessions/{id}", sessions.DeleteAsync)
            .Describe(new("deleteSession", "Cancels and forgets a session.") { Answer = "SessionDeleted" });
        app.MapGet("/v1/sessions/{id}/stream", app.Services.GetRequiredService<SessionStream>().HandleAsync)
            .Describe(new("streamSession", "Streams a session's output from any token on; Last-Event-ID goes on after a token.") { Query = SessionFields.Stream.ToSchema(), Events = ["SessionStart", "SessionToken", "SessionEnd", "Error"] });
        app.MapPost("/v1/sessions/{id}/continue", sessions.ContinueAsync)
            .Describe(new("continueSession", "Starts another turn.") { Body = sessions.ContinueTable.ToSchema(), Answer = "Session", Failures = Changing });
        app.MapPost("/v1/sessions/{id}/fork", sessions.ForkAsync)
            .Describe(new("forkSession", "Makes a session that shares the first output tokens of this one.") { Body = SessionFields.Fork.ToSchema(), Status = 201, Answer = "Session", Failures = Changing });
        app.MapPost("/v1/sessions/{id}/rewind", sessions.RewindAsync)
            .Describe(new("rewindSession", "Keeps only the first output tokens.") { Body = SessionFields.Rewind.ToSchema(), Answer = "Session", Failures = Changing });
        app.MapPost("/v1/sessions/{id}/cancel", sessions.CancelAsync)
            .Describe(new("cancelSession", "Stops generating.") { Answer = "Session" });
        app.MapGet("/v1/sessions/{id}/explain", sessions.ExplainAsync)
            .Describe(new("explainToken", "Shows how an output token was chosen.") { Query = SessionFields.Explain.ToSchema(), Answer = "Explanation", Failures = [400, 403, 404, 429, 500, 503] });
        app.MapPost("/v1/sessions/{id}/resample", sessions.ResampleAsync)
            .Describe(new("resampleToken", "Draws an output token again, with other seeds or parameters.") { Body = SessionFields.Resample.ToSchema(), Answer = "Resample", Failures = Changing });
        app.MapPost("/v1/verify", app.Services.GetRequiredService<VerifyRoute>().HandleAsync)
            .Describe(new("verifyReceipt", "Replays a receipt's turn and compares.") { Body = SessionFields.Verify.ToSchema(), Answer = "Verification", Failures = Changing });
    }
}
