namespace Foxtrot.Sampling.Tests.HandComputed;

/// <summary>One row whose final distribution was worked out on paper.</summary>
/// <param name="Claim">What the case shows, as the test's display name.</param>
/// <param name="Weights">e^logit per token, so that probabilities are fractions; 0 is a logit of −∞.</param>
public sealed record HandComputedCase(string Claim, double[] Weights, SamplingParams Parameters, double[] Expected)
{
    public int[] Prompt { get; init; } = [];

    public int[] Output { get; init; } = [];

    public int[] EndTokens { get; init; } = [];

    public float[] Logits => [.. Weights.Select(w => (float)Math.Log(w))];

    public override string ToString() => Claim;
}
