using System.Collections.Concurrent;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Client.Streams;

/// <summary>The sink of this process: hands what workers deliver to the readers of its streams.</summary>
internal sealed class TokenRouter : ITokenSink
{
    private readonly ConcurrentDictionary<long, ResumingReader> _readers = new();
    private long _last;

    /// <summary>Numbers a new attachment of a reader.</summary>
    public long Open(ResumingReader reader)
    {
        var number = Interlocked.Increment(ref _last);
        _readers[number] = reader;
        return number;
    }

    /// <summary>Ends an attachment; what still arrives for it is told to stop.</summary>
    public void Close(long number) => _readers.TryRemove(number, out _);

    /// <inheritdoc/>
    public Task<long[]?> Deliver(TokenBatch batch)
    {
        List<long>? unread = null;
        foreach (var start in batch.Starts)
        {
            if (_readers.TryGetValue(start.Stream, out var reader))
            {
                reader.OnStart(start);
            }
            else
            {
                (unread ??= []).Add(start.Stream);
            }
        }

        // The tokens of a stream lie side by side: one look-up for each stretch.
        var current = 0L;
        ResumingReader? target = null;
        foreach (ref readonly var token in batch.Tokens.AsSpan())
        {
            if (token.Stream != current)
            {
                current = token.Stream;
                if (!_readers.TryGetValue(current, out target))
                {
                    (unread ??= []).Add(current);
                }
            }

            target?.OnToken(token);
        }

        foreach (var end in batch.Ends)
        {
            if (_readers.TryGetValue(end.Stream, out var reader))
            {
                reader.OnEnd(end);
            }
        }

        return unread is null ? Nothing : Task.FromResult<long[]?>([.. unread]);
    }

    private static Task<long[]?> Nothing { get; } = Task.FromResult<long[]?>(null);
}
