using Foxtrot.Cluster.Sessions;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Text;
using Foxtrot.Sampling;

namespace Foxtrot.Cluster.Workers;

/// <summary>Starts turns of sessions on a model's engine.</summary>
internal static class RunStart
{
    /// <summary>What the engine is asked for a turn: its log with the outputs known so far, which are replayed.</summary>
    /// <param name="state">The session.</param>
    /// <param name="turn">Which turn.</param>
    /// <param name="sampling">Its parameters.</param>
    /// <param name="outputs">Output tokens of the turn at most.</param>
    public static GenerationRequest Request(SessionState state, int turn, SamplingParams sampling, int outputs)
    {
        var asked = state.Turns[turn];
        return new GenerationRequest
        {
            Log = SessionLog.Build(state, turn, Math.Min(asked.Count, outputs)),
            Sampling = sampling,
            Seed = asked.Seed,
            Choice = asked.Choice,

            // Without new text in between, the engine sees earlier outputs and these as one stretch.
            MaxTokens = outputs > int.MaxValue / 2 ? outputs : outputs + SessionLog.Continued(state, turn),
            EndTokens = asked.EndTokens,
            LogProbabilities = asked.LogProbabilities,
            Priority = asked.Priority,
        };
    }

    /// <summary>Starts or resumes a turn.</summary>
    /// <param name="model">Where.</param>
    /// <param name="tenant">Whose session it is.</param>
    /// <param name="state">The session; must not change while this runs.</param>
    /// <param name="turn">Which turn.</param>
    /// <param name="resumed">Whether it was accepted before, so that no queue turns it away and nothing is charged twice.</param>
    /// <param name="permit">Given back when it ends, and at once when it does not start.</param>
    /// <returns>What runs, or why it would have to wait for too long.</returns>
    public static Outcome<SessionRun> Start(WorkerModel model, string tenant, SessionState state, int turn, bool resumed, SequencePermit permit)
    {
        SessionRun? run = null;
        try
        {
            var started = Start(model, tenant, state, turn, state.Turns[turn].MaxTokens, resumed, mayRefuse: !resumed);
            run = started.Value;
            return started;
        }
        finally
        {
            permit.ReleaseAfter(run?.Generation.Completion ?? Task.CompletedTask);
        }
    }

    /// <summary>Replays a turn that has ended, for its text and probabilities: nothing is drawn.</summary>
    public static SessionRun Replay(WorkerModel model, string tenant, SessionState state, int turn) =>
        Start(model, tenant, state, turn, state.Turns[turn].Count, resumed: false, mayRefuse: false).Value!;

    private static Outcome<SessionRun> Start(
        WorkerModel model, string tenant, SessionState state, int turn, int outputs, bool resumed, bool mayRefuse)
    {
        var asked = state.Turns[turn];
        var sampling = SamplingResolver.Parameters(asked.Sampling, model.Served.Tokenizer, []);
        var request = Request(state, turn, sampling, outputs);
        var continued = SessionLog.Continued(state, turn);
        var text = new OutputText(model.Served.Tokenizer, asked.Stop, request.MaxTokens, continued);
        var started = model.Submit(tenant, request with { Monitor = text, Resumed = resumed }, mayRefuse);
        return started.Value is { } generation
            ? new SessionRun(model, generation, text, SessionLog.OutputsBefore(state, turn), continued, asked.Start)
            : started.Refusal!;
    }
}
