using System.Globalization;
using Foxtrot.Contracts;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway.Http;

/// <summary>Around every request: its id, also around its log lines, and one form for everything that goes wrong before the first byte.</summary>
internal sealed partial class GatewayMiddleware(
    RequestDelegate next, GatewayOptions options, GatewayInstruments instruments, ILogger<GatewayMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        RequestIds.Assign(context);
        CallOrigin.RequestId = context.TraceIdentifier;
        var caller = Caller.Of(context);
        using var scope = log.BeginScope(caller);
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentType: null, ContentLength: null or 0 })
            {
                await ErrorBody.WriteAsync(context, OfStatus(context));
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            var error = failure.ToError(options);
            if (error.Status >= 500)
            {
                LogFailure(log, failure, context.TraceIdentifier, context.Request.Path);
            }

            instruments.Failed(caller, error);
            await ErrorBody.WriteAsync(context, error);
        }
    }

    private static ApiError OfStatus(HttpContext context)
    {
        var path = FieldErrors.Shorten(context.Request.Path.Value ?? "/");
        return context.Response.StatusCode switch
        {
            404 => new(404, $"there is no {context.Request.Method} {path}", Code: "unknown_url"),
            405 => new(405, $"{path} must be called with {context.Response.Headers.Allow}, but was with {context.Request.Method}", Code: "method_not_allowed"),
            var status => new(status, string.Create(CultureInfo.InvariantCulture, $"{context.Request.Method} {path} failed with {status}")),
        };
    }

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId} to {Path} failed")]
    private static partial void LogFailure(ILogger log, Exception failure, string requestId, string path);
}
