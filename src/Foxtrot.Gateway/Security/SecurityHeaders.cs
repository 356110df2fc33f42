using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Security;

/// <summary>Tells browsers what not to do with answers: guess their type, show them in frames, load or send anything elsewhere.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private static readonly PathString Browser = "/scalar";

    // The API's browser is one page with an inline script and styles of its own making; it talks to this server alone.
    private const string PagePolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments(Browser) ? PagePolicy : DataPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    }
}
