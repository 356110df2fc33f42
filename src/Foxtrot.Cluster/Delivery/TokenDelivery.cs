using System.Collections.Concurrent;
using Foxtrot.Contracts.Streams;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Delivery;

/// <summary>Brings the tokens of this worker's runs to the sinks that read them: one message per step and sink.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TokenDelivery(ILogger<TokenDelivery> logger)
{
    private readonly ConcurrentDictionary<ITokenSink, Outbox> _outboxes = new();
    private Outbox[] _signalled = [];

    /// <summary>Starts to deliver a run to a sink.</summary>
    /// <returns>The outbox that took it, for leaving early.</returns>
    public Outbox Attach(ITokenSink sink, Attachment attachment)
    {
        Outbox outbox;
        do
        {
            outbox = _outboxes.GetOrAdd(sink, static (s, self) => self.Open(s), this);
        }
        while (!outbox.TryAdd(attachment));

        // An end without a step, as when a waiting sequence is cancelled, is news too.
        _ = attachment.Run.Generation.Completion.ContinueWith(
            static (_, o) => ((Outbox)o!).Signal(), outbox, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return outbox;
    }

    /// <summary>A step has been done. Called on the engine's thread.</summary>
    public void StepDone()
    {
        foreach (var outbox in Volatile.Read(ref _signalled))
        {
            outbox.Signal();
        }
    }

    private Outbox Open(ITokenSink sink)
    {
        var outbox = new Outbox(sink, gone => Remove(sink, gone), logger);
        outbox.Begin();
        lock (_outboxes)
        {
            _signalled = [.. _signalled, outbox];
        }

        return outbox;
    }

    private void Remove(ITokenSink sink, Outbox outbox)
    {
        _outboxes.TryRemove(new KeyValuePair<ITokenSink, Outbox>(sink, outbox));
        lock (_outboxes)
        {
            _signalled = [.. _signalled.Where(o => o != outbox)];
        }
    }
}
