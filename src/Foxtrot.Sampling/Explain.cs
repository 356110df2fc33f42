using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.Kernels;
using Foxtrot.Sampling.Stages;

namespace Foxtrot.Sampling;

/// <summary>Shows how a token is chosen: every stage's effect, the cumulative intervals and the random number.</summary>
/// <remarks>
/// Runs the same code on the same numbers as <see cref="BatchSampler"/> does, so it selects the same token. Changes neither
/// logits nor sampler. Allocates; meant for people, not for every token.
/// </remarks>
public static class Explain
{
    /// <summary>Explains the next draw.</summary>
    /// <param name="logits">[vocabulary], raw; not changed.</param>
    /// <param name="sampler">The sequence's sampler as it stands before the draw.</param>
    /// <param name="top">How many of the most probable tokens to show, ≥ 0.</param>
    /// <exception cref="ArgumentException">The row's length is not the sampler's vocabulary.</exception>
    /// <exception cref="InvalidOperationException">No token is possible, or the logits hold NaN or +∞.</exception>
    public static Explanation Row(ReadOnlySpan<float> logits, RowSampler sampler, int top = 10) =>
        Row(logits, sampler, top, RowKernels.Best);

    internal static Explanation Row(ReadOnlySpan<float> logits, RowSampler sampler, int top, RowKernels kernels)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        if (logits.Length != sampler.Vocabulary)
        {
            throw new ArgumentException($"logits must hold {sampler.Vocabulary} values as the sampler's vocabulary, but holds {logits.Length}.", nameof(logits));
        }

        SamplingScratch scratch = new(kernels);
        CandidateRow row = new(logits.ToArray(), scratch);
        double[] raw = new double[logits.Length];
        Recorder recorder = new(logits.Length, row.Probabilities(raw));
        StepContext context = sampler.Context(scratch);
        DrawOutcome outcome = sampler.Pipeline.Run(ref row, context, recorder);
        if (outcome != DrawOutcome.Chosen)
        {
            throw new InvalidOperationException(outcome == DrawOutcome.NothingPossible
                ? $"No token is possible at position {sampler.Position}: constraints and penalties exclude all of them."
                : $"The logits at position {sampler.Position} hold NaN or +infinity.");
        }

        TokenDraw draw = sampler.Draw(ref row, context, out _);
        return new Explanation(
            sampler.Position,
            sampler.Seed,
            sampler.Choice,
            sampler.Parameters.Draw,
            sampler.Pipeline.IsGreedy,
            double.IsNaN(draw.U) ? null : draw.U,
            draw.Token,
            recorder.Stages,
            ExplainTokens(logits, raw, recorder, sampler, ref row, draw, top));
    }

    private static List<ExplainedToken> ExplainTokens(
        ReadOnlySpan<float> logits, double[] raw, Recorder recorder, RowSampler sampler, ref CandidateRow row, TokenDraw draw, int top)
    {
        double[] low = new double[logits.Length];
        double[] high = new double[logits.Length];
        bool intervals = !double.IsNaN(draw.U);
        if (intervals)
        {
            Array.Fill(low, double.NaN);
            row.Intervals(low, high);
            // Dividing by the total rounds; the comparison that chose the token was made before the division.
            low[draw.Token] = Math.Min(low[draw.Token], draw.U);
            high[draw.Token] = Math.Max(high[draw.Token], Math.BitIncrement(draw.U));
        }

        List<ExplainedToken> tokens = [];
        foreach (int id in MostProbable(logits, top, draw.Token))
        {
            bool survives = recorder.RemovedBy[id] is null && row.PositionOf(id) is >= 0 and var position && row.Survives(position);
            bool gumbel = survives && !sampler.Pipeline.IsGreedy && sampler.Parameters.Draw == DrawMethod.Gumbel;
            tokens.Add(new ExplainedToken(
                id,
                logits[id],
                raw[id],
                [.. recorder.Probabilities.Select(probabilities => probabilities[id])],
                float.IsNegativeInfinity(logits[id]) ? null : recorder.RemovedBy[id],
                intervals && !double.IsNaN(low[id]) ? low[id] : null,
                intervals && !double.IsNaN(low[id]) ? high[id] : null,
                gumbel ? row.GumbelScore(row.View[row.PositionOf(id)], id, sampler.Seed, sampler.Position, sampler.Choice) : null,
                id == draw.Token));
        }

        return tokens;
    }

    private static IEnumerable<int> MostProbable(ReadOnlySpan<float> logits, int top, int selected)
    {
        float[] keys = new float[logits.Length];
        int[] ids = new int[logits.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = -logits[i];
            ids[i] = i;
        }

        float[] sorted = keys;
        Array.Sort(ids, (a, b) => sorted[a] != sorted[b] ? sorted[a].CompareTo(sorted[b]) : a.CompareTo(b));
        int[] shown = ids[..Math.Min(top, ids.Length)];
        return shown.Contains(selected) ? shown : shown.Append(selected);
    }

    /// <summary>Notes every token's probability after each stage, and which stage removed it.</summary>
    private sealed class Recorder(int vocabulary, int candidates) : IStageObserver
    {
        private int _candidates = candidates;

        public List<StageSummary> Stages { get; } = [];

        public List<double[]> Probabilities { get; } = [];

        public SamplerStage?[] RemovedBy { get; } = new SamplerStage?[vocabulary];

        public void After(Stage stage, double value, in CandidateRow row)
        {
            double[] probabilities = new double[vocabulary];
            int left = row.Probabilities(probabilities);
            Stages.Add(new StageSummary(stage.Name, value, left, _candidates - left));
            Probabilities.Add(probabilities);
            _candidates = left;
            for (int token = 0; token < vocabulary; token++)
            {
                int position = row.PositionOf(token);
                if (position < 0 || !row.Survives(position))
                {
                    RemovedBy[token] ??= stage.Name;
                }
            }
        }
    }
}
