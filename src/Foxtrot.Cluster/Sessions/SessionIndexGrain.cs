using System.Globalization;
using Foxtrot.Contracts.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Foxtrot.Cluster.Sessions;

/// <inheritdoc cref="ISessionIndexGrain"/>
/// <remarks>Holds all entries in memory and stores them in chunks. Adds that come while a chunk is being written go with its next write.</remarks>
[Reentrant]
internal sealed class SessionIndexGrain([FromKeyedServices("sessions")] IGrainStorage storage) : Grain, ISessionIndexGrain
{
    /// <summary>Entries per stored chunk.</summary>
    public const int ChunkSize = 256;

    private const int MostPerPage = 1000;

    private readonly List<Chunk> _chunks = [];

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // A chunk is never removed, so the first one that is missing ends the index.
        for (var read = await ReadAsync(0); read.State.RecordExists; read = await ReadAsync(_chunks.Count))
        {
            _chunks.Add(read);
        }
    }

    /// <inheritdoc/>
    public Task Add(SessionEntry entry)
    {
        if (Find(entry.Id) is { } known)
        {
            return SaveAsync(known.Chunk);
        }

        if (_chunks.Count == 0 || _chunks[^1].Entries.Count >= ChunkSize)
        {
            _chunks.Add(new Chunk(_chunks.Count, new GrainState<SessionIndexChunk>(new SessionIndexChunk())));
        }

        _chunks[^1].Entries.Add(entry);
        _chunks[^1].Changes++;
        return SaveAsync(_chunks[^1]);
    }

    /// <inheritdoc/>
    public Task Remove(string id)
    {
        if (Find(id) is not { } known)
        {
            return Task.CompletedTask;
        }

        known.Chunk.Entries.RemoveAt(known.Index);
        known.Chunk.Changes++;
        return SaveAsync(known.Chunk);
    }

    /// <inheritdoc/>
    public Task<SessionPage> Page(string? after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostPerPage);
        var (chunk, index) = (_chunks.Count - 1, _chunks.Count == 0 ? -1 : _chunks[^1].Entries.Count - 1);
        if (after is not null)
        {
            if (Find(after) is not { } known)
            {
                return Task.FromResult(new SessionPage([], false));
            }

            (chunk, index) = (known.Chunk.Number, known.Index - 1);
        }

        var page = new List<SessionEntry>(limit);
        for (; chunk >= 0; chunk--, index = chunk >= 0 ? _chunks[chunk].Entries.Count - 1 : -1)
        {
            for (; index >= 0; index--)
            {
                if (page.Count == limit)
                {
                    return Task.FromResult(new SessionPage([.. page], true));
                }

                page.Add(_chunks[chunk].Entries[index]);
            }
        }

        return Task.FromResult(new SessionPage([.. page], false));
    }

    private (Chunk Chunk, int Index)? Find(string id)
    {
        for (var c = _chunks.Count - 1; c >= 0; c--)
        {
            var index = _chunks[c].Entries.FindLastIndex(e => e.Id == id);
            if (index >= 0)
            {
                return (_chunks[c], index);
            }
        }

        return null;
    }

    private async Task<Chunk> ReadAsync(int number)
    {
        var state = new GrainState<SessionIndexChunk>(new SessionIndexChunk());
        await storage.ReadStateAsync(Name(number), GrainContext.GrainId, state);
        return state.State is null || state.State.Version <= SessionIndexChunk.CurrentVersion
            ? new Chunk(number, state)
            : throw new NotSupportedException($"the session index of '{this.GetPrimaryKeyString()}' was stored by a newer version ({state.State.Version}) than this one ({SessionIndexChunk.CurrentVersion}) knows");
    }

    private async Task SaveAsync(Chunk chunk)
    {
        var wanted = chunk.Changes;
        while (chunk.Saved < wanted)
        {
            if (chunk.Write is { IsCompleted: false } running)
            {
                await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                continue;
            }

            chunk.Write = WriteAsync(chunk);
            await chunk.Write;
        }
    }

    private async Task WriteAsync(Chunk chunk)
    {
        var changes = chunk.Changes;
        try
        {
            await storage.WriteStateAsync(Name(chunk.Number), GrainContext.GrainId, chunk.State);
        }
        catch (InconsistentStateException)
        {
            // Another activation wrote: what it wrote is read before anything else is answered.
            DeactivateOnIdle();
            throw;
        }

        chunk.Saved = changes;
    }

    private static string Name(int chunk) => string.Create(CultureInfo.InvariantCulture, $"index-{chunk}");

    private sealed class Chunk(int number, GrainState<SessionIndexChunk> state)
    {
        public int Number { get; } = number;

        public GrainState<SessionIndexChunk> State { get; } = state;

        public List<SessionEntry> Entries => State.State!.Entries;

        public int Changes { get; set; }

        public int Saved { get; set; }

        public Task? Write { get; set; }
    }
}
