namespace Foxtrot.Sampling.Tests;

/// <summary>Short ways to run one row.</summary>
internal static class Rows
{
    public const ulong Seed = 7;

    /// <summary>Logits whose softmax is this distribution.</summary>
    public static float[] FromProbabilities(params double[] probabilities) =>
        probabilities.Select(p => (float)Math.Log(p)).ToArray();

    public static RowSampler Sampler(SamplingParams parameters, int vocabulary, int[]? prompt = null, int[]? endTokens = null, int logprobs = -1) =>
        new(parameters, vocabulary, Seed, 0, prompt ?? [], endTokens ?? [], logprobs, maxOutput: 64);

    /// <summary>Every token's explanation, by id.</summary>
    public static ExplainedToken[] Explain(float[] logits, SamplingParams parameters, int[]? prompt = null, int[]? endTokens = null) =>
        ById(Sampling.Explain.Row(logits, Sampler(parameters, logits.Length, prompt, endTokens), logits.Length));

    public static ExplainedToken[] ById(Explanation explanation) => explanation.Tokens.OrderBy(token => token.Id).ToArray();

    /// <summary>The probabilities after the last stage, by id.</summary>
    public static double[] Final(float[] logits, SamplingParams parameters, int[]? prompt = null, int[]? endTokens = null) =>
        Explain(logits, parameters, prompt, endTokens).Select(token => token.FinalProbability).ToArray();

    public static void AssertDistribution(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }

    /// <summary>Draws one token per call with a fresh copy of the logits.</summary>
    public static TokenDraw Draw(BatchSampler batch, float[] logits, RowSampler sampler, int forced = -1)
    {
        TokenDraw[] draws = new TokenDraw[1];
        batch.Sample((float[])logits.Clone(), logits.Length, [new SampleRow(sampler, forced)], draws);
        return draws[0];
    }
}
