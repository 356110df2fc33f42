using System.Runtime.CompilerServices;

namespace Foxtrot.Inference.Engine;

/// <summary>A running or finished generation: its tokens so far, readable by anyone from any index, and its end.</summary>
/// <remarks>Thread-safe. Written by the engine's thread alone; readers never hold it up.</remarks>
public sealed class Generation
{
    private const int NotFinished = -1;

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Generation> _cancel;
    private readonly Lock _lock = new();
    private readonly GeneratedToken[] _tokens;
    private TokenReader? _readers;
    private int _count;
    private int _finish = NotFinished;

    internal Generation(GenerationRequest request, int capacity, long submitted, Action<Generation> cancel)
    {
        Request = request;
        Timings = new GenerationTimings { Submitted = submitted };
        _tokens = new GeneratedToken[capacity];
        _cancel = cancel;
    }

    /// <summary>What was asked for.</summary>
    public GenerationRequest Request { get; }

    /// <summary>Number of output tokens so far, replayed ones included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The output token at an index below <see cref="Count"/>.</summary>
    public GeneratedToken this[int index] => index < Count
        ? _tokens[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"only {Count} tokens have been generated");

    /// <summary>When things happened to it.</summary>
    public GenerationTimings Timings { get; }

    /// <summary>Why it ended; null while it runs.</summary>
    public FinishReason? FinishReason => Volatile.Read(ref _finish) is var reason and not NotFinished ? (FinishReason)reason : null;

    /// <summary>What went wrong, when it failed.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Ends when the generation does, whatever the reason.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Asks the engine to stop before its next step; tokens generated until then remain.</summary>
    public void Cancel() => _cancel(this);

    /// <summary>The output token ids so far.</summary>
    public int[] TokenIds()
    {
        var ids = new int[Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = _tokens[i].Id;
        }

        return ids;
    }

    /// <summary>Reads output tokens from an index on, as they come, until the generation ends.</summary>
    /// <exception cref="InvalidOperationException">The generation failed.</exception>
    public async IAsyncEnumerable<GeneratedToken> ReadAsync(int from = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = new TokenReader(this);
        for (var index = from; await reader.WaitAsync(index, cancellationToken); index++)
        {
            yield return _tokens[index];
        }

        if (FinishReason == Engine.FinishReason.Failed)
        {
            throw new InvalidOperationException($"generation failed: {Error?.Message}", Error);
        }
    }

    /// <summary>Waits until the output token at an index exists.</summary>
    /// <returns>False when the generation ended before that index.</returns>
    public async ValueTask<bool> WaitAsync(int index, CancellationToken cancellationToken = default)
    {
        using var reader = new TokenReader(this);
        return await reader.WaitAsync(index, cancellationToken);
    }

    internal void Publish(in GeneratedToken token)
    {
        _tokens[_count] = token;
        // A full fence: the new count is visible before the readers are looked at, so that none sleeps past it.
        Interlocked.Increment(ref _count);
        WakeReaders();
    }

    /// <summary>Ends it; only the first call counts.</summary>
    internal void Finish(FinishReason reason, Exception? error = null)
    {
        lock (_lock)
        {
            if (_finish != NotFinished)
            {
                return;
            }

            Error = error;
            Interlocked.Exchange(ref _finish, (int)reason);
        }

        WakeReaders();
        _completion.SetResult();
    }

    /// <summary>The engine's own record of it.</summary>
    internal Sequence? Sequence { get; set; }

    internal bool IsReadable(int index) => index < Count;

    internal void AddReader(TokenReader reader)
    {
        lock (_lock)
        {
            reader.Next = _readers;
            _readers = reader;
        }
    }

    internal void RemoveReader(TokenReader reader)
    {
        lock (_lock)
        {
            if (_readers == reader)
            {
                _readers = reader.Next;
                return;
            }

            for (var r = _readers; r is not null; r = r.Next)
            {
                if (r.Next == reader)
                {
                    r.Next = reader.Next;
                    return;
                }
            }
        }
    }

    private void WakeReaders()
    {
        if (Volatile.Read(ref _readers) is null)
        {
            return;
        }

        lock (_lock)
        {
            for (var r = _readers; r is not null; r = r.Next)
            {
                r.Wake();
            }
        }
    }
}
