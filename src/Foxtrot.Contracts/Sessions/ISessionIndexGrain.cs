namespace Foxtrot.Contracts.Sessions;

/// <summary>Which durable sessions a tenant has. Its key is the tenant.</summary>
/// <remarks>An index alone: a session exists whether it is listed or not.</remarks>
[Alias("foxtrot.ISessionIndex")]
public interface ISessionIndexGrain : IGrainWithStringKey
{
    /// <summary>Lists a session, durably; again without effect.</summary>
    [Alias("Add")]
    Task Add(SessionEntry entry);

    /// <summary>Lists a session no more; without effect when it is not listed.</summary>
    [Alias("Remove")]
    Task Remove(string id);

    /// <summary>Sessions from the newest on.</summary>
    /// <param name="after">The last id of the page before; null begins. One that is not listed (any more) gives an empty page.</param>
    /// <param name="limit">Sessions at most, 1 to 1,000.</param>
    [Alias("Page")]
    Task<SessionPage> Page(string? after, int limit);
}

/// <summary>A session in the index.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Created">When it was created.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.session_entry")]
public sealed record SessionEntry([property: Id(0)] string Id, [property: Id(1)] string Model, [property: Id(2)] DateTimeOffset Created);

/// <summary>A part of the index.</summary>
/// <param name="Entries">Sessions, newest first.</param>
/// <param name="More">Whether there are older ones.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.session_page")]
public sealed record SessionPage([property: Id(0)] SessionEntry[] Entries, [property: Id(1)] bool More);
