using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Telemetry;

/// <summary>What workers say of sessions, each line with its request, session and tenant as fields; never text, nor what a refusal quotes.</summary>
/// <remarks>Fields and no scopes: what a scope opens around, loops that outlive the request among it, would carry them too.</remarks>
internal static partial class SessionLogLines
{
    [LoggerMessage(Level = LogLevel.Information, Message = "session {Session} of {Tenant} goes on with {Model} after {Tokens} tokens of its turn, for request {RequestId}")]
    public static partial void Resumed(this ILogger logger, string? requestId, SessionId session, string tenant, string model, int tokens);

    [LoggerMessage(Level = LogLevel.Information, Message = "session {Session} of {Tenant} ended with {Model} by {Finish} after {Tokens} tokens of its turn, for request {RequestId}")]
    public static partial void Ended(this ILogger logger, string? requestId, SessionId session, string tenant, string model, Finish finish, int tokens);

    [LoggerMessage(Level = LogLevel.Information, Message = "session {Session} of {Tenant} was refused by {Model}: {Kind} {Code}, for request {RequestId}")]
    public static partial void Refused(this ILogger logger, string? requestId, SessionId session, string tenant, string model, RefusalKind kind, string? code);

    [LoggerMessage(Level = LogLevel.Information, Message = "session {Session} of {Tenant} leaves this worker after {Tokens} tokens of its turn, for request {RequestId}")]
    public static partial void Left(this ILogger logger, string? requestId, SessionId session, string tenant, int tokens);

    [LoggerMessage(Level = LogLevel.Warning, Message = "session {Session} of {Tenant} has been taken over by another worker; this activation stops, for request {RequestId}")]
    public static partial void Fenced(this ILogger logger, string? requestId, SessionId session, string tenant, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "session {Session} of {Tenant} could not be saved; it stops here and resumes when it is read again, for request {RequestId}")]
    public static partial void Unsaved(this ILogger logger, string? requestId, SessionId session, string tenant, Exception error);
}
