using System.Threading.Tasks.Sources;

namespace Foxtrot.Inference.Engine;

/// <summary>One reader of a generation: a reusable wait, so that waiting for a token allocates nothing.</summary>
/// <remarks>One wait at a time.</remarks>
internal sealed class TokenReader : IValueTaskSource<bool>, IDisposable
{
    private readonly Generation _generation;
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private bool _waiting;
    private int _index;

    public TokenReader(Generation generation)
    {
        _generation = generation;
        generation.AddReader(this);
    }

    /// <summary>The next reader of the same generation; kept by the generation.</summary>
    public TokenReader? Next { get; set; }

    /// <summary>Waits until the token at an index exists.</summary>
    /// <returns>False when the generation ended before that index.</returns>
    public async ValueTask<bool> WaitAsync(int index, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_generation.IsReadable(index))
        {
            return true;
        }

        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TokenReader)state!).Stop(token), this);
        return await Begin(index, cancellationToken);
    }

    public void Dispose() => _generation.RemoveReader(this);

    public bool GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Called by the generation whenever it has changed.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            TryComplete();
        }
    }

    private ValueTask<bool> Begin(int index, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _source.Reset();
            _index = index;
            _waiting = true;
            TryComplete();
            if (cancellationToken.IsCancellationRequested)
            {
                Stop(cancellationToken);
            }

            return new ValueTask<bool>(this, _source.Version);
        }
    }

    // The reason is read before the count: a token published in between is then still seen.
    private void TryComplete()
    {
        if (!_waiting)
        {
            return;
        }

        var ended = _generation.FinishReason is not null;
        var readable = _generation.IsReadable(_index);
        if (readable || ended)
        {
            _waiting = false;
            _source.SetResult(readable);
        }
    }

    private void Stop(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiting)
            {
                _waiting = false;
                _source.SetException(new OperationCanceledException(cancellationToken));
            }
        }
    }
}
