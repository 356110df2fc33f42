using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>A constant is added to chosen tokens' logits.</summary>
internal sealed class LogitBiasStage : Stage
{
    private readonly KeyValuePair<int, float>[] _biases;

    public LogitBiasStage(IReadOnlyDictionary<int, float> biases) => _biases = [.. biases];

    public override SamplerStage Name => SamplerStage.LogitBias;

    public override bool EditsLogits => true;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        Span<float> logits = row.Row;
        foreach ((int token, float bias) in _biases)
        {
            logits[token] = OrderedBits.ToFiniteFloat((double)logits[token] + bias);
        }

        return _biases.Length;
    }
}
