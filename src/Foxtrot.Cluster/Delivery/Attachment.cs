using Foxtrot.Cluster.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Delivery;

/// <summary>How an attachment came to an end.</summary>
internal enum AttachmentOutcome
{
    /// <summary>All tokens of the run were delivered, and its end where that was wanted.</summary>
    Delivered,

    /// <summary>The reader left.</summary>
    ReaderGone,

    /// <summary>The reader's process does not answer.</summary>
    SinkGone,

    /// <summary>The session left this worker; the reader has been told.</summary>
    Moved,
}

/// <summary>One stream of a sink on one run: what has been delivered of it.</summary>
/// <remarks>Everything but <see cref="Done"/> belongs to the outbox that it was added to.</remarks>
internal sealed class Attachment
{
    private readonly TaskCompletionSource<AttachmentOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The sink's number for the stream.</summary>
    public required long Stream { get; init; }

    /// <summary>What is read.</summary>
    public required SessionRun Run { get; init; }

    /// <summary>Next output token to deliver, within the turn.</summary>
    public required int Next { get; set; }

    /// <summary>First output token, within the turn, that the sink has not acknowledged; 0 before it acknowledged any.</summary>
    public int Acknowledged { get; set; }

    /// <summary>To be delivered first; null when the stream has started already.</summary>
    public StreamStart? Start { get; set; }

    /// <summary>Makes the end; null when the stream goes on with another run.</summary>
    public required Func<Attachment, StreamEnd>? End { get; init; }

    /// <summary>Set when the session is leaving.</summary>
    public volatile bool Leaving;

    /// <summary>Completes when nothing more will be delivered.</summary>
    public Task<AttachmentOutcome> Done => _done.Task;

    /// <summary>Ends it; only the first call counts.</summary>
    public void Complete(AttachmentOutcome outcome) => _done.TrySetResult(outcome);
}
