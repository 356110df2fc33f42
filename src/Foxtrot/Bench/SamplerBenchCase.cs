using Foxtrot.Sampling;

namespace Foxtrot.Bench;

/// <summary>One named set of sampling parameters to time.</summary>
/// <param name="Name">The <c>case</c> field of the JSON document; never renamed, so that results stay comparable.</param>
/// <param name="Parameters">What is applied to every row.</param>
/// <param name="HistoryTokens">Output tokens that each row's sampler has seen before the first timed draw.</param>
public sealed record SamplerBenchCase(string Name, SamplingParams Parameters, int HistoryTokens = 0)
{
    /// <summary>All cases in the order of the report.</summary>
    public static IReadOnlyList<SamplerBenchCase> All { get; } =
    [
        new("temperature", new SamplingParams { Temperature = 0.8 }),
        new("topk40_topp95_minp05", new SamplingParams { TopK = 40, TopP = 0.95, MinP = 0.05 }),
        new("topp90", new SamplingParams { TopP = 0.9 }),
        new("minp05", new SamplingParams { MinP = 0.05 }),
        new(
            "penalties",
            new SamplingParams { RepetitionPenalty = 1.1, FrequencyPenalty = 0.2, PresencePenalty = 0.1, Temperature = 0.8 },
            HistoryTokens: 512),
        new("greedy", new SamplingParams { Temperature = 0 }),
    ];

    /// <summary>A sampler for one row with the case's history behind it.</summary>
    /// <remarks>
    /// The history's tokens are uniform numbers cubed, scaled to the vocabulary: low ids come often and high ones seldom,
    /// so that, as in a text, many of them repeat.
    /// </remarks>
    /// <param name="batch">Replays the history.</param>
    /// <param name="vocabulary">Tokens per row.</param>
    /// <param name="seed">Of history and draws.</param>
    /// <param name="choice">Tells the rows of a batch apart.</param>
    /// <param name="draws">Draws to have room for, so that none of them allocates.</param>
    /// <param name="scratch">[vocabulary], overwritten.</param>
    /// <returns>The row, ready for its first draw.</returns>
    public SampleRow NewRow(BatchSampler batch, int vocabulary, int seed, int choice, int draws, Span<float> scratch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var sampler = new RowSampler(
            Parameters, vocabulary, (ulong)seed, choice, prompt: [0], endTokens: [], maxOutput: HistoryTokens + draws);
        var random = new Random((seed * 31) + choice);
        Span<TokenDraw> draw = stackalloc TokenDraw[1];
        for (var i = 0; i < HistoryTokens; i++)
        {
            var token = (int)(vocabulary * Math.Pow(random.NextDouble(), 3));
            batch.Sample(scratch, vocabulary, [new SampleRow(sampler, token)], draw);
        }

        return new SampleRow(sampler);
    }

    /// <summary>The case of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static SamplerBenchCase Named(string name) =>
        All.FirstOrDefault(c => c.Name == name)
        ?? throw new ArgumentException($"case must be one of {string.Join(", ", All.Select(c => c.Name))}, but is '{name}'");
}
