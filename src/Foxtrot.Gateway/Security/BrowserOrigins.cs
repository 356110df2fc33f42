using Foxtrot.Gateway.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Foxtrot.Gateway.Security;

/// <summary>Which pages in browsers may call the API (CORS): none, unless some are named. The admin API and the pages of operators are for none.</summary>
internal static class BrowserOrigins
{
    private const string Any = "*";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];

    private static readonly string[] Exposed =
    [
        RequestIds.Header, "Location", "Retry-After", "WWW-Authenticate",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];

    /// <summary>Registers the origins.</summary>
    public static void AddBrowserOrigins(this IServiceCollection services, IReadOnlyList<string> origins)
    {
        if (origins.Count == 0)
        {
            return;
        }

        // Without credentials: keys are put into a header by whoever has them, never by a browser on its own.
        services.AddCors(cors => cors.AddDefaultPolicy(policy =>
        {
            (origins.Contains(Any) ? policy.AllowAnyOrigin() : policy.WithOrigins([.. origins]))
                .WithMethods(Methods).AllowAnyHeader().WithExposedHeaders(Exposed);
        }));
    }

    /// <summary>Answers preflight requests, which have no key, and marks answers for the origins.</summary>
    public static void UseBrowserOrigins(this WebApplication app)
    {
        if (app.Services.GetService<ICorsService>() is not null)
        {
            app.UseWhen(context => !context.Request.Path.StartsWithSegments("/admin") && !context.Request.Path.StartsWithSegments("/ops"), branch => branch.UseCors());
        }
    }
}
