using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Security;

/// <summary>Tells browsers what not to do with answers: guess their type, show them in frames, load or send anything elsewhere.</summary>
internal sealed partial class SecurityHeaders(RequestDelegate next)
{
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    // Of the API's browser and of operators.
    private static readonly PathString[] Pages = ["/scalar", "/ops"];

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = DataPolicy;
        return MayBePage(context.Request.Path) ? PageAsync(context) : next(context);
    }

    private static bool MayBePage(PathString path) =>
        !Path.HasExtension(path.Value) && Array.Exists(Pages, pages => path.StartsWithSegments(pages));

    /// <summary>
    /// What a page may do: run this server's scripts and the inline ones that the page itself has, by their hashes; style
    /// itself; and talk to this server alone.
    /// </summary>
    private static string PagePolicy(string page)
    {
        var inline = InlineScript().Matches(page).Select(m => $" 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(m.Groups[1].Value)))}'");
        return $"default-src 'none'; script-src 'self'{string.Concat(inline)}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    // The page is small and somebody else's; its policy follows from what it is.
    private async Task PageAsync(HttpContext context)
    {
        var output = context.Response.Body;
        using var page = new MemoryStream();
        context.Response.Body = page;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = output;
        }

        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
        {
            context.Response.Headers.ContentSecurityPolicy = PagePolicy(Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length));
        }

        if (page.Length > 0)
        {
            await output.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), context.RequestAborted);
        }
    }

    [GeneratedRegex("<script(?![^>]*\\bsrc=)[^>]*>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex InlineScript();
}
