using System.Collections;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Security;

/// <summary>Who makes a request, as far as is known: one per request, among its features and around all of its log lines.</summary>
/// <param name="requestId">The request's id.</param>
internal sealed class Caller(string requestId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>Who it is; null before it is known, and on routes that belong to nobody.</summary>
    public Tenant? Tenant { get; set; }

    /// <summary>The session that it is about, of several the first; null before it is known, and where there is none.</summary>
    public SessionId? Session { get; set; }

    /// <inheritdoc/>
    public int Count => 3;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("RequestId", requestId),
        1 => new("Tenant", Tenant?.Id),
        2 => new("Session", Session?.ToString()),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <summary>Starts a request's.</summary>
    public static Caller Of(HttpContext context)
    {
        var caller = new Caller(context.TraceIdentifier);
        context.Features.Set(caller);
        return caller;
    }

    /// <summary>Notes which session a request is about, for its log lines.</summary>
    public static void Note(HttpContext context, SessionId session) => context.Features.Get<Caller>()?.Session = session;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
        yield return this[1];
        yield return this[2];
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As log lines show it.</summary>
    public override string ToString() => (Tenant, Session) switch
    {
        ({ } tenant, { } session) => $"{requestId} of {tenant.Id}, session {session}",
        ({ } tenant, null) => $"{requestId} of {tenant.Id}",
        _ => requestId,
    };
}
