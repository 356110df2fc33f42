using Foxtrot.Contracts;
using Foxtrot.Gateway.Fields;

namespace Foxtrot.Gateway.Http;

/// <summary>A failure as the API says it: a status, and the four keys of an error body.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Message">For people.</param>
/// <param name="Param">The field at fault; null when there is none.</param>
/// <param name="Code">A stable word for programs; null when there is none.</param>
/// <param name="RetryAfterSeconds">When trying again makes sense; 0 when it does not.</param>
internal sealed record ApiError(int Status, string Message, string? Param = null, string? Code = null, int RetryAfterSeconds = 0)
{
    /// <summary>What sort of failure, in OpenAI's words.</summary>
    public string Type => Status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        409 => "conflict_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    /// <summary>A bug.</summary>
    public static ApiError Internal { get; } = new(500, "the server failed; the response's x-request-id finds the reason in its log", Code: "internal_error");

    /// <summary>A wrong request.</summary>
    public static ApiError Of(FieldErrors errors) => new(400, errors.Message, errors.First is "" ? null : errors.First, "invalid_value");

    /// <summary>The one map from refusals to statuses.</summary>
    public static ApiError Of(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.Invalid => new(400, refusal.Message, refusal.Param, refusal.Code ?? "invalid_value"),
        RefusalKind.NotFound => new(404, refusal.Message, refusal.Param, refusal.Code ?? "not_found"),
        RefusalKind.Conflict => new(409, refusal.Message, refusal.Param, refusal.Code ?? "conflict"),
        RefusalKind.QueueFull => new(429, refusal.Message, refusal.Param, refusal.Code ?? "queue_full", Math.Max(1, refusal.RetryAfterSeconds)),
        RefusalKind.Forbidden => new(403, refusal.Message, refusal.Param, refusal.Code ?? "not_allowed"),
        RefusalKind.Unavailable => new(503, refusal.Message, refusal.Param, refusal.Code ?? "unavailable", Math.Max(1, refusal.RetryAfterSeconds)),
        _ => new(500, refusal.Message, refusal.Param, refusal.Code ?? "internal_error"),
    };
}

/// <summary>Ends a request with an error, from wherever it was noticed before the first byte of the answer.</summary>
internal sealed class ApiException(ApiError error) : Exception(error.Message)
{
    /// <summary>What to say.</summary>
    public ApiError Error { get; } = error;
}
