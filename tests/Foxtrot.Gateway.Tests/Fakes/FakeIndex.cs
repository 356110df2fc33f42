using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>An index in memory.</summary>
internal sealed class FakeIndex : ISessionIndexGrain
{
    public List<SessionEntry> Entries { get; } = [];

    public Task Add(SessionEntry entry)
    {
        Entries.Insert(0, entry);
        return Task.CompletedTask;
    }

    public Task Remove(string id)
    {
        Entries.RemoveAll(e => e.Id == id);
        return Task.CompletedTask;
    }

    public Task<SessionPage> Page(string? after, int limit)
    {
        var rest = Entries.Skip(after is null ? 0 : Entries.FindIndex(e => e.Id == after) + 1).ToArray();
        return Task.FromResult(new SessionPage([.. rest.Take(limit)], rest.Length > limit));
    }
}
