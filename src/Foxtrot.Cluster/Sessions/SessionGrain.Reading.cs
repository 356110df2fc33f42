using Foxtrot.Cluster.Delivery;
using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Sessions;

/// <content>Readers.</content>
internal sealed partial class SessionGrain
{
    /// <inheritdoc/>
    public async Task<Refusal?> Attach(AttachRequest attach)
    {
        if (!Exists || _model is null)
        {
            return NotFound().Refusal;
        }

        Absorb();
        var last = State.Turns.Count - 1;
        if (attach.From < 0 || attach.From > MostOutputs)
        {
            return OutOfRange("from", attach.From, MostOutputs);
        }

        if (IsRunning)
        {
            await HonourAsync(attach.From, attach.Delivered);
        }

        var (first, _) = SessionLog.Locate(State, Math.Min(attach.From, Math.Max(SessionLog.Outputs(State), 0)));
        var start = new StreamStart(
            attach.Stream, State.Epoch, State.PromptTokens, Turn.Seed, _model.Info.Hash, _model.Info.Fingerprint, _model.Info.Exact, null);
        for (var turn = first; turn <= last; turn++)
        {
            if (turn < last && State.Turns[turn].Count == 0)
            {
                continue;
            }

            var outcome = await ReadAsync(attach, turn, turn == last, start);
            if (outcome == AttachmentOutcome.Moved)
            {
                return null;
            }

            if (outcome != AttachmentOutcome.Delivered)
            {
                break;
            }

            start = null;
        }

        await StoreReadAsync();
        return null;
    }

    /// <inheritdoc/>
    public async Task Acknowledge(int upTo, int[] delivered)
    {
        if (!Exists || _model is null)
        {
            return;
        }

        Absorb();
        upTo = Math.Min(upTo, MostOutputs);
        if (IsRunning)
        {
            await HonourAsync(upTo, delivered);
        }

        SessionUsage.AcknowledgeAhead(State, upTo);
        await StoreReadAsync();
    }

    /// <inheritdoc/>
    public Task Detach(long stream)
    {
        if (_attachments.Remove(stream, out var entry))
        {
            entry.Outbox.Remove(entry.Attachment);
        }

        return Task.CompletedTask;
    }

    private int MostOutputs => SessionLog.OutputsBefore(State, State.Turns.Count - 1) + (IsRunning ? Turn.MaxTokens : Turn.Count);

    // Delivers one turn.
    private async Task<AttachmentOutcome> ReadAsync(AttachRequest attach, int turn, bool isLast, StreamStart? start)
    {
        var run = isLast ? _run : null;
        var ending = isLast ? _ending : null;
        if (run is null)
        {
            if (State.Turns[turn].Count == 0)
            {
                var end = new StreamEnd(attach.Stream, false, SessionLog.Outputs(State), Turn.Finish ?? Finish.Cancelled, "", SessionViews.UsageOf(State), null, null);
                await attach.Sink.Deliver(new TokenBatch(start is null ? [] : [start], [], [end]));
                return AttachmentOutcome.Delivered;
            }

            // A turn that ended before this activation: its tokens are known, their probabilities are computed again.
            run = RunStart.Replay(_model!, _key.Tenant, State, turn);
            ending = new TurnEnding(_key, _model!, State, State.Turns[turn]);
        }

        var attachment = new Attachment
        {
            Stream = attach.Stream,
            Run = run,
            Next = Math.Max(attach.From - run.FirstIndex, 0),
            Start = start,
            End = isLast ? ending!.End : null,
        };
        var rewinds = _rewinds;
        _attachments[attach.Stream] = (_runtime.Delivery.Attach(attach.Sink, attachment), attachment);
        var outcome = await attachment.Done;
        _attachments.Remove(attach.Stream);
        ObserveEnd(attachment, rewinds);
        _ = SettleAsync();
        return outcome;
    }

    // A reader may have been given tokens that were never saved here. On a worker that computes the same bits they come again by
    // themselves; on another one they are taken as they are.
    private async Task HonourAsync(int upTo, int[] delivered)
    {
        var from = upTo - delivered.Length;
        var first = SessionLog.OutputsBefore(State, State.Turns.Count - 1);
        var known = first + Turn.Count;
        if (delivered.Length == 0 || upTo <= known || from > known || !Turn.Inexact)
        {
            return;
        }

        var run = _run;
        _run = null;
        run?.Abandon();
        SessionLog.Append(State, delivered.AsSpan(known - from));
        State.CompletionTokens += upTo - known;
        Turn.Count = upTo - first;
        Turn.Forced = Turn.Count;
        await SaveAsync();
        if (await TryResumeAsync())
        {
            Begin();
        }
    }
}
