using Foxtrot.Contracts.Streams;
using Foxtrot.Contracts.Workers;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Http;

/// <summary>What exceptions and failed generations mean to the client.</summary>
internal static class Failures
{
    /// <summary>Lost infrastructure may come back; anything else unexpected is a bug.</summary>
    public static ApiError ToError(this Exception failure, GatewayOptions options) => failure switch
    {
        ApiException expected => expected.Error,
        BadHttpRequestException bad => new(bad.StatusCode, bad.Message, Code: "bad_request"),
        _ when WorkerLoss.Is(failure) =>
            new(503, "no worker answered; try again", Code: "unavailable", RetryAfterSeconds: options.UnavailableRetrySeconds),
        _ => ApiError.Internal,
    };

    /// <summary>Why a generation ended that has no proper end; null when it has one.</summary>
    public static ApiError? ToError(this StreamEnd? end) => end switch
    {
        null => ApiError.Internal,
        { Error: { } refusal } => ApiError.Of(refusal),
        { Finish: Finish.Failed } => ApiError.Internal,
        { Finish: Finish.Cancelled } => new(503, "the generation was cancelled", Code: "cancelled", RetryAfterSeconds: 1),
        _ => null,
    };
}
