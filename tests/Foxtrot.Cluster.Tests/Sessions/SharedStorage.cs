using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Storage;

namespace Foxtrot.Cluster.Tests.Sessions;

/// <summary>Storage that outlives every silo of a test and refuses writes with an old ETag, as real stores do.</summary>
internal sealed class SharedStorage
{
    private readonly ConcurrentDictionary<string, (byte[] Bytes, int ETag)> _records = new();
    private int _conflicts;
    private volatile TaskCompletionSource? _held;

    /// <summary>How often a session has been stored, since it was last not there.</summary>
    public int Writes(GrainId session) => _records.TryGetValue(Key("session", session), out var record) ? record.ETag : 0;

    /// <summary>The next writes meet another writer's.</summary>
    public void RefuseWrites(int count) => _conflicts = count;

    /// <summary>From now on sessions wait for their writes.</summary>
    public void HoldSessions() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What has waited is lost; what comes is written again.</summary>
    public void LoseHeld()
    {
        var held = _held!;
        _held = null;
        held.SetException(new IOException("lost with its worker"));
    }

    /// <summary>Another writer writes everything once more: all ETags in use become old.</summary>
    public void OverwriteAll()
    {
        foreach (var key in _records.Keys)
        {
            _records.AddOrUpdate(key, _ => throw new InvalidOperationException(), (_, old) => (old.Bytes, old.ETag + 1));
        }
    }

    public IGrainStorage For(Serializer serializer) => new Silo(this, serializer);

    private static string Key(string name, GrainId id) => $"{name}/{id}";

    private sealed class Silo(SharedStorage shared, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (shared._records.TryGetValue(Key(stateName, grainId), out var record))
            {
                grainState.State = serializer.Deserialize<T>(record.Bytes);
                grainState.ETag = record.ETag.ToString();
                grainState.RecordExists = true;
            }
            else
            {
                grainState.State = Activator.CreateInstance<T>();
                grainState.ETag = null;
                grainState.RecordExists = false;
            }

            return Task.CompletedTask;
        }

        // Serializes on another thread after a while, as database drivers do: what it is given must not change meanwhile.
        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (stateName == "session" && shared._held is { } held)
            {
                await held.Task;
            }

            var state = grainState.State;
            var before = serializer.SerializeToArray(state);
            await Task.Run(() => Thread.Yield());
            var bytes = serializer.SerializeToArray(state);
            if (!before.AsSpan().SequenceEqual(bytes))
            {
                throw new InvalidOperationException($"{grainId} changed while it was being written");
            }

            if (Interlocked.Decrement(ref shared._conflicts) >= 0)
            {
                throw new InconsistentStateException("stored by another", null, grainState.ETag);
            }

            Write(stateName, grainId, grainState, bytes);
        }

        private void Write<T>(string stateName, GrainId grainId, IGrainState<T> grainState, byte[] bytes)
        {
            var next = shared._records.AddOrUpdate(
                Key(stateName, grainId),
                _ => grainState.ETag is null ? (bytes, 1) : throw new InconsistentStateException("nothing is stored", null, grainState.ETag),
                (_, old) => old.ETag.ToString() == grainState.ETag ? (bytes, old.ETag + 1) : throw new InconsistentStateException("stored by another", old.ETag.ToString(), grainState.ETag));
            grainState.ETag = next.Item2.ToString();
            grainState.RecordExists = true;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            shared._records.TryRemove(Key(stateName, grainId), out _);
            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }
    }
}
