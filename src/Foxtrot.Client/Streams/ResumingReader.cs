using System.Threading.Channels;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Contracts.Workers;

namespace Foxtrot.Client.Streams;

/// <summary>Attaches to a session, and again from the next token on whenever its worker is lost or the session moves.</summary>
internal sealed partial class ResumingReader : GenerationReader
{
    private readonly Channel<TokenEvent> _tokens = Channel.CreateUnbounded<TokenEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource<Refusal?> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private readonly List<int> _delivered = [];
    private readonly TokenRouter _router;
    private readonly ITokenSink _sink;
    private readonly ReaderCalls _calls;
    private readonly StreamOptions _options;
    private readonly TimeProvider _time;
    private TaskCompletionSource<StreamEnd> _ended = NewEnd();
    private Task<Refusal?>? _call;
    private long _attempt;
    private long _progress;
    private int _next;
    private int _epoch;
    private string? _interruption;
    private long _interrupted;

    public ResumingReader(
        TokenRouter router,
        ITokenSink sink,
        ReaderCalls calls,
        int from,
        StreamOptions options,
        TimeProvider time)
    {
        _router = router;
        _sink = sink;
        _calls = calls;
        _next = from;
        _options = options;
        _time = time;
    }

    /// <summary>Counts resumptions; null does not.</summary>
    public StreamInstruments? Instruments { get; init; }

    /// <summary>Starts to attach.</summary>
    /// <param name="comesBack">Whether somebody else's reader did before.</param>
    public ResumingReader Begin(bool comesBack)
    {
        _progress = _time.GetTimestamp();
        if (comesBack)
        {
            Interrupt(StreamInstruments.GatewayLost);
        }

        _ = DriveAsync();
        return this;
    }

    /// <inheritdoc/>
    public override ValueTask<Refusal?> StartAsync(CancellationToken cancellationToken) => new(_accepted.Task.WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => _tokens.Reader.WaitToReadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryRead(out TokenEvent token) => _tokens.Reader.TryRead(out token);

    /// <inheritdoc/>
    public override async Task CancelAsync()
    {
        try
        {
            await _calls.Cancel();
        }
        catch (Exception lost) when (WorkerLoss.Is(lost))
        {
            // What ran there runs no more; the stream resumes and is cancelled by being disposed of.
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return default;
        }

        _disposed.Cancel();
        long attempt;
        lock (_lock)
        {
            attempt = _attempt;
            _attempt = 0;
        }

        if (attempt != 0 && End is null)
        {
            _router.Close(attempt);
            Forget(DetachAsync(attempt));
        }

        return default;
    }

    /// <summary>Called by the router.</summary>
    public void OnStart(StreamStart start)
    {
        lock (_lock)
        {
            if (start.Stream != _attempt)
            {
                return;
            }

            _epoch = Math.Max(_epoch, start.Epoch);
            Start = start;
            _progress = _time.GetTimestamp();
        }

        Instruments?.Begun(Key.Model);
        _accepted.TrySetResult(null);
    }

    /// <summary>Called by the router.</summary>
    public void OnToken(in TokenEvent token)
    {
        lock (_lock)
        {
            // A token that is not the next one belongs to an attachment that has been given up.
            if (token.Stream != _attempt || token.Index != _next)
            {
                return;
            }

            _next++;
            _delivered.Add(token.Token);
            _progress = _time.GetTimestamp();
            GoOn();
            _tokens.Writer.TryWrite(token);
        }
    }

    /// <summary>Called by the router.</summary>
    public void OnEnd(StreamEnd end)
    {
        lock (_lock)
        {
            if (end.Stream != _attempt)
            {
                return;
            }

            if (!end.Moved && end.Tokens == _next)
            {
                GoOn();
                Complete(end);
            }

            _ended.TrySetResult(end);
        }
    }

    // The first reason counts, until there is progress.
    private void Interrupt(string reason)
    {
        lock (_lock)
        {
            if (_interruption is null)
            {
                (_interruption, _interrupted) = (reason, _time.GetTimestamp());
            }
        }
    }

    private void GoOn()
    {
        if (_interruption is { } reason)
        {
            _interruption = null;
            Instruments?.Resumed(Key.Model, reason, _time.GetElapsedTime(_interrupted));
        }
    }

    private static TaskCompletionSource<StreamEnd> NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task DetachAsync(long attempt) => await _calls.Detach(attempt);

    private void Complete(StreamEnd end)
    {
        End = end;
        _accepted.TrySetResult(null);
        _tokens.Writer.TryComplete();
    }

    private void Refuse(Refusal refusal)
    {
        lock (_lock)
        {
            if (End is not null)
            {
                return;
            }

            End = new StreamEnd(0, false, _next, Finish.Failed, "", new Usage(Start?.PromptTokens ?? 0, _next), null, refusal);
            _accepted.TrySetResult(refusal);
            _tokens.Writer.TryComplete();
        }
    }

    private static void Forget(Task task) =>
        _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}

/// <summary>The grain calls behind a reader.</summary>
/// <param name="Attach">Reads; returns once what was read is stored, where that is.</param>
/// <param name="Detach">Leaves early.</param>
/// <param name="Cancel">Stops generating.</param>
/// <param name="Acknowledge">Says again what was read, when a worker was lost that may not have stored it; null where that is not stored.</param>
internal sealed record ReaderCalls(Func<AttachRequest, Task<Refusal?>> Attach, Func<long, Task> Detach, Func<Task> Cancel, Func<int, int[], Task>? Acknowledge);
