using Foxtrot.Cluster.Delivery;
using Foxtrot.Cluster.Sessions;
using Foxtrot.Contracts.Metering;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Metering;

/// <summary>Reports what a generation that is not stored has used on this worker; counts include what earlier workers generated of it.</summary>
/// <remarks>
/// Nothing waits for it. An application's reader (one that reports nothing itself) that goes on elsewhere although this worker lives
/// cannot be told from one that has left: its request then counts as aborted, with the tokens that it was given here as delivered.
/// </remarks>
/// <param name="ledger">Where to report.</param>
/// <param name="key">The generation.</param>
/// <param name="request">What was asked for.</param>
/// <param name="promptTokens">Tokens of its prompt.</param>
/// <param name="epoch">Which of its workers this is, from 1.</param>
internal sealed class GenerationMeter(ILedger ledger, SessionKey key, SessionRequest request, int promptTokens, int epoch)
{
    /// <summary>It was accepted: what has to be paid whatever comes is known.</summary>
    public void Started() => Report(new UsageCounts(), 0, isDone: false, opens: true);

    /// <summary>Its last reader has left it here, and it stops.</summary>
    /// <param name="run">The generation, stopped or about to.</param>
    /// <param name="last">How the reader had it delivered.</param>
    /// <param name="outcome">How that ended.</param>
    public async Task EndAsync(SessionRun run, Attachment last, AttachmentOutcome outcome)
    {
        // A step may be under way, whose token is generated too.
        await run.Generation.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A reader that is alive says itself what it gave its client, and whether that one stayed.
        var isAborted = outcome == AttachmentOutcome.SinkGone
            || (request.Reader is null && outcome != AttachmentOutcome.Moved && (outcome == AttachmentOutcome.ReaderGone || run.Finish is Finish.Cancelled or Finish.Failed));
        var counts = new UsageCounts { GeneratedTokens = run.Count, Aborted = isAborted && key.Session.IsFirst ? 1 : 0 };

        // What was sent to a process that is gone may have reached it.
        var taken = outcome == AttachmentOutcome.SinkGone ? last.Next : last.Acknowledged;
        Report(counts, taken, isDone: outcome != AttachmentOutcome.Moved, opens: false);
        if (isAborted && !key.Session.IsFirst)
        {
            ledger.Report(key.Tenant, new LedgerReport
            {
                Entry = key.Session.First.ToString(),
                Model = key.Model,
                Source = LedgerSource.Worker,
                Counts = new UsageCounts { Aborted = 1 },
            });
        }
    }

    private void Report(UsageCounts counts, long taken, bool isDone, bool opens) => ledger.Report(key.Tenant, new LedgerReport
    {
        Entry = key.Session.ToString(),
        Model = key.Model,
        Source = LedgerSource.Worker,
        Counts = counts with
        {
            Requests = key.Session.IsFirst ? 1 : 0,
            PromptTokens = request.SharesPrompt ? 0 : promptTokens,
        },
        Taken = taken,
        Opens = opens,
        Done = isDone,
        Reader = request.Reader,
        Epoch = epoch,
    });
}
