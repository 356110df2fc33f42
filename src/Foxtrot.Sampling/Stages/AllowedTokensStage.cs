using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>Every token that is not listed becomes impossible.</summary>
internal sealed class AllowedTokensStage : Stage
{
    private readonly int[] _tokens;

    public AllowedTokensStage(IReadOnlyList<int> tokens) => _tokens = [.. tokens.Distinct()];

    public override SamplerStage Name => SamplerStage.AllowedTokenIds;

    public override bool EditsLogits => true;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        Span<float> logits = row.Row;
        Span<float> kept = context.Scratch.Keys.AsSpan(0, _tokens.Length);
        for (int i = 0; i < _tokens.Length; i++)
        {
            kept[i] = logits[_tokens[i]];
        }

        logits.Fill(float.NegativeInfinity);
        for (int i = 0; i < _tokens.Length; i++)
        {
            logits[_tokens[i]] = kept[i];
        }

        return _tokens.Length;
    }
}
