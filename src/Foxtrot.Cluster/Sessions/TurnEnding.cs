using Foxtrot.Cluster.Delivery;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Inference.Engine;

namespace Foxtrot.Cluster.Sessions;

/// <summary>Says how a turn ended, to every reader the same: finish reason, usage, receipt.</summary>
/// <remarks>Reads nothing of the session that changes while the turn runs; callable from any thread.</remarks>
internal sealed class TurnEnding
{
    private readonly SessionKey _key;
    private readonly WorkerModel _model;
    private readonly TurnState _turn;
    private readonly Usage _before;
    private readonly bool _exact;
    private readonly int _shared;

    /// <param name="key">The session.</param>
    /// <param name="model">Where the turn runs.</param>
    /// <param name="state">The session as the turn starts or resumes.</param>
    /// <param name="turn">The turn.</param>
    public TurnEnding(SessionKey key, WorkerModel model, SessionState state, TurnState turn)
    {
        _key = key;
        _model = model;
        _turn = turn;
        _shared = turn.Count;
        _before = new Usage(state.PromptTokens, state.CompletionTokens);
        _exact = state.Exact && !turn.Inexact;
    }

    /// <summary>The session.</summary>
    public SessionKey Key => _key;

    /// <summary>What the session has cost once the turn has a number of output tokens.</summary>
    public Usage UsageAt(int count) => _before with { CompletionTokens = _before.CompletionTokens + Math.Max(count - _shared, 0) };

    /// <summary>The end of a stream on the turn's run.</summary>
    public StreamEnd End(Attachment attachment)
    {
        var run = attachment.Run;
        var count = run.Count;
        var finish = _turn.Finish ?? run.Finish;
        return new StreamEnd(
            attachment.Stream,
            false,
            run.FirstIndex + count,
            finish,
            run.Rest,
            UsageAt(count),
            finish is Finish.Stop or Finish.Length ? Receipt(run, count) : null,
            finish == Finish.Failed ? Failure(run) : null);
    }

    /// <summary>What went wrong with a run that failed.</summary>
    public static Refusal Failure(SessionRun run) => new(
        run.Generation.Error is InvalidOperationException ? RefusalKind.Invalid : RefusalKind.Failed,
        $"generation failed: {run.Generation.Error?.Message}",
        Code: "generation_failed");

    /// <summary>The receipt of a run's output.</summary>
    public Receipt Receipt(SessionRun run, int count) => Receipt(run.Generation.Request.Log, run.Tokens(0, count));

    /// <summary>The receipt of a turn's output.</summary>
    /// <param name="log">Everything before it, at least.</param>
    /// <param name="output">The output.</param>
    public Receipt Receipt(TokenLog log, int[] output) => new()
    {
        Session = _key.Session.ToString(),
        Model = _key.Model,
        ModelHash = _model.Info.Hash,
        Fingerprint = _turn.Fingerprint.Length > 0 ? _turn.Fingerprint : _model.Info.Fingerprint,
        SamplerVersion = _model.Info.SamplerVersion,
        Seed = _turn.Seed,
        Choice = _turn.Choice,
        Sampling = _turn.Sampling,
        MaxTokens = _turn.MaxTokens,
        Stop = _turn.Stop,
        EndTokens = _turn.EndTokens,
        PromptHash = SessionHashes.Of(log, _turn.Start),
        Forced = _turn.Forced,
        Tokens = output.Length,
        OutputHash = SessionHashes.Of(output),
        Exact = _exact && _model.Info.Exact,
    };
}
