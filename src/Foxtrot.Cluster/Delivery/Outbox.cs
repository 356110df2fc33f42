using System.Threading.Channels;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Streams;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Delivery;

/// <summary>Everything that one sink reads on this worker: collects what is new after each step and sends it as one message.</summary>
/// <remarks>
/// One message is under way at a time; what comes meanwhile goes with the next. A sink that does not answer holds up its own
/// streams only, never the engine.
/// </remarks>
internal sealed partial class Outbox
{
    private readonly ITokenSink _sink;
    private readonly Action<Outbox> _gone;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly List<Attachment> _attachments = [];
    private readonly List<StreamStart> _starts = [];
    private readonly List<TokenEvent> _tokens = [];
    private readonly List<(Attachment Attachment, StreamEnd? End)> _ends = [];
    private bool _closed;

    /// <param name="sink">Where to deliver.</param>
    /// <param name="gone">Called when the sink is gone, or nothing is left to deliver.</param>
    /// <param name="logger">Hears of sinks that are gone.</param>
    public Outbox(ITokenSink sink, Action<Outbox> gone, ILogger logger)
    {
        _sink = sink;
        _gone = gone;
        _logger = logger;
    }

    /// <summary>Starts to deliver.</summary>
    public void Begin() => _ = DeliverAsync();

    /// <summary>Takes an attachment in.</summary>
    /// <returns>False when this outbox has been closed: use a new one.</returns>
    public bool TryAdd(Attachment attachment)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _attachments.Add(attachment);
        }

        Signal();
        return true;
    }

    /// <summary>Drops a stream without a word; its reader has left.</summary>
    public void Remove(Attachment attachment)
    {
        lock (_lock)
        {
            _attachments.Remove(attachment);
        }

        attachment.Complete(AttachmentOutcome.ReaderGone);
    }

    /// <summary>Says that something may be new. Cheap; callable from the engine's thread.</summary>
    public void Signal() => _wake.Writer.TryWrite(true);

    private async Task DeliverAsync()
    {
        CallOrigin.Leave();
        try
        {
            while (true)
            {
                await _wake.Reader.ReadAsync();
                if (Collect() is not { } batch)
                {
                    if (TryClose())
                    {
                        return;
                    }

                    continue;
                }

                var unread = await _sink.Deliver(batch);
                Acknowledge(unread ?? []);
                if (unread is not null)
                {
                    Drop(unread);
                }

                CompleteEnded();
            }
        }
#pragma warning disable CA1031 // Whatever happens to a sink, its streams end and the worker goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogSinkGone(_logger, error);
            Close();
        }
    }

    private TokenBatch? Collect()
    {
        _starts.Clear();
        _tokens.Clear();
        _ends.Clear();
        lock (_lock)
        {
            for (var i = _attachments.Count - 1; i >= 0; i--)
            {
                if (Collect(_attachments[i]))
                {
                    _attachments.RemoveAt(i);
                }
            }
        }

        if (_starts.Count + _tokens.Count + _ends.Count == 0)
        {
            return null;
        }

        List<StreamEnd> ends = [];
        foreach (var (_, end) in _ends)
        {
            if (end is not null)
            {
                ends.Add(end);
            }
        }

        return new TokenBatch([.. _starts], [.. _tokens], [.. ends]);
    }

    // Whether the attachment has come to its end.
    private bool Collect(Attachment attachment)
    {
        if (attachment.Start is { } start)
        {
            _starts.Add(start);
            attachment.Start = null;
        }

        // The end before the count: a token that comes in between is then still taken.
        var run = attachment.Run;
        var ended = run.HasEnded;
        var leaving = attachment.Leaving || run.WasAbandoned;
        var count = run.Count;
        for (; attachment.Next < count; attachment.Next++)
        {
            _tokens.Add(run.EventAt(attachment.Stream, attachment.Next));
        }

        if (!leaving && !ended)
        {
            return false;
        }

        var moved = leaving ? new StreamEnd(attachment.Stream, true, 0, default, "", Contracts.Sessions.Usage.None, null, null) : null;
        _ends.Add((attachment, moved ?? attachment.End?.Invoke(attachment)));
        return true;
    }

    private void Acknowledge(long[] unread)
    {
        lock (_lock)
        {
            foreach (var attachment in _attachments)
            {
                Acknowledge(attachment, unread);
            }
        }

        foreach (var (attachment, _) in _ends)
        {
            Acknowledge(attachment, unread);
        }
    }

    private static void Acknowledge(Attachment attachment, long[] unread)
    {
        // One that was added meanwhile has had nothing delivered.
        if (attachment.Start is null && !unread.Contains(attachment.Stream))
        {
            attachment.Acknowledged = attachment.Next;
        }
    }

    private void CompleteEnded()
    {
        foreach (var (attachment, end) in _ends)
        {
            attachment.Complete(end is { Moved: true } ? AttachmentOutcome.Moved : AttachmentOutcome.Delivered);
        }
    }

    private void Drop(long[] unread)
    {
        lock (_lock)
        {
            _attachments.RemoveAll(a =>
            {
                if (!unread.Contains(a.Stream))
                {
                    return false;
                }

                a.Complete(AttachmentOutcome.ReaderGone);
                return true;
            });
        }
    }

    private bool TryClose()
    {
        lock (_lock)
        {
            if (_attachments.Count > 0)
            {
                return false;
            }

            _closed = true;
        }

        _gone(this);
        return true;
    }

    private void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }

        _gone(this);
        foreach (var attachment in _attachments)
        {
            attachment.Complete(AttachmentOutcome.SinkGone);
        }

        foreach (var (attachment, _) in _ends)
        {
            attachment.Complete(AttachmentOutcome.SinkGone);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "a reader of token streams is gone; its streams have been dropped")]
    private static partial void LogSinkGone(ILogger logger, Exception error);
}
