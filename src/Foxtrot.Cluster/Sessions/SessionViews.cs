using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Inference.Text;

namespace Foxtrot.Cluster.Sessions;

/// <summary>Shows sessions to their owners.</summary>
internal static class SessionViews
{
    /// <summary>A session as it is.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="model">Its model; null when this silo has lost it.</param>
    /// <param name="state">Its state, with what its run has generated taken over.</param>
    /// <param name="run">The last turn's run, when there is one.</param>
    /// <param name="ending">Says how that turn ended.</param>
    public static SessionView Of(SessionKey key, WorkerModel? model, SessionState state, SessionRun? run, TurnEnding? ending)
    {
        var turn = state.Turns[^1];
        return new SessionView
        {
            Id = key.Session.ToString(),
            Model = key.Model,
            Created = state.Created,
            Status = turn.Finish is null ? SessionStatus.Running : SessionStatus.Finished,
            Finish = turn.Finish,
            Seed = turn.Seed,
            Choice = turn.Choice,
            Sampling = turn.Sampling,
            MaxTokens = turn.MaxTokens,
            Stop = turn.Stop,
            Tokens = SessionLog.OutputTokens(state),
            Text = model is null ? "" : Text(model, state),
            Usage = UsageOf(state),
            Lineage = state.Lineage,
            Receipt = model is null || turn.Finish is not (Finish.Stop or Finish.Length) ? null : Receipt(key, model, state, run, ending),
            Exact = state.Exact,
            Epoch = state.Epoch,
            Error = turn.Error is { } error ? new Refusal(RefusalKind.Failed, $"generation failed: {error}", Code: "generation_failed") : null,
        };
    }

    /// <summary>What it has cost.</summary>
    public static Usage UsageOf(SessionState state) => new(state.PromptTokens, state.CompletionTokens);

    /// <summary>The text of all turns' output.</summary>
    public static string Text(WorkerModel model, SessionState state) =>
        string.Concat(Enumerable.Range(0, state.Turns.Count).Select(turn => Text(model, state, turn)));

    /// <summary>The text of one turn's output, up to a stop string.</summary>
    public static string Text(WorkerModel model, SessionState state, int turn)
    {
        var asked = state.Turns[turn];
        var continued = SessionLog.Continued(state, turn);
        var tokens = SessionLog.Tokens(state).Slice(asked.Start - continued, continued + asked.Count);
        return Text(model, tokens, continued, asked.Stop, asked.Finish is not null);
    }

    /// <summary>The text of output tokens.</summary>
    /// <param name="model">Whose tokens.</param>
    /// <param name="tokens">Tokens of earlier turns that these continue, and these.</param>
    /// <param name="continued">How many belong to earlier turns.</param>
    /// <param name="stops">Stop strings.</param>
    /// <param name="ended">Whether nothing follows, so that held-back text is shown.</param>
    public static string Text(WorkerModel model, ReadOnlySpan<int> tokens, int continued, string[] stops, bool ended)
    {
        var text = new OutputText(model.Served.Tokenizer, stops, tokens.Length, continued);
        var pieces = new List<string>();
        for (var i = 0; i < tokens.Length; i++)
        {
            text.Observe(tokens[i]);
            if (i >= continued)
            {
                pieces.Add(text.Piece(i));
            }
        }

        if (ended)
        {
            pieces.Add(text.Rest());
        }

        return string.Concat(pieces);
    }

    private static Receipt Receipt(SessionKey key, WorkerModel model, SessionState state, SessionRun? run, TurnEnding? ending)
    {
        if (run is not null && ending is not null)
        {
            return ending.Receipt(run, state.Turns[^1].Count);
        }

        var turn = state.Turns[^1];
        return new TurnEnding(key, model, state, turn).Receipt(
            SessionLog.Build(state, state.Turns.Count - 1, turn.Count), [.. SessionLog.Tokens(state).Slice(turn.Start, turn.Count)]);
    }
}
