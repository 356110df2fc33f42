using Foxtrot.Contracts.Sessions;
using Foxtrot.Sampling;

namespace Foxtrot.Cluster.Sessions;

/// <summary>Turns explanations into what travels.</summary>
public static class ExplanationViews
{
    /// <summary>An explanation with the texts of its tokens.</summary>
    /// <param name="explanation">What the sampler says.</param>
    /// <param name="tokenText">A token's own text.</param>
    public static ExplanationView Of(Explanation explanation, Func<int, string> tokenText) => new()
    {
        Position = explanation.Position,
        Seed = explanation.Seed,
        Choice = explanation.Choice,
        Draw = explanation.Greedy ? "greedy" : explanation.Method == DrawMethod.Gumbel ? "gumbel" : "inverse_cdf",
        U = explanation.U,
        Selected = explanation.SelectedToken,
        Stages = [.. explanation.Stages.Select(s => new StageView(s.Name, s.Value, s.Candidates, s.Removed))],
        Tokens = [.. explanation.Tokens.Select(t => new CandidateView(
            t.Id,
            tokenText(t.Id),
            t.RawLogit,
            t.RawProbability,
            [.. t.ProbabilityAfterStage],
            t.RemovedBy is { } stage ? SamplerOrder.NameOf(stage) : null,
            t.Low,
            t.High,
            t.GumbelScore,
            t.Selected))],
    };
}
