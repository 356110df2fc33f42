namespace Foxtrot.Bench;

/// <summary>Makes rows of logits to sample from, the same on every machine.</summary>
/// <remarks>
/// Peaked: the body is normal with deviation 2.5, as measured logits roughly are; 100 tokens at random ids have
/// probabilities proportional to rank^−1.2 (Zipf) and 95 % of the mass together at temperature 1, whatever the vocabulary.
/// The most likely token has a probability of about 0.26. Flat: normal with deviation 0.25.
/// </remarks>
public static class BenchRows
{
    /// <summary>Smallest vocabulary in which head and body exist.</summary>
    public const int LeastVocabulary = 1000;

    private const int HeadTokens = 100;
    private const double HeadMass = 0.95;
    private const double HeadExponent = 1.2;
    private const double BodyDeviation = 2.5;
    private const double FlatDeviation = 0.25;

    /// <summary>Fills <paramref name="logits"/>, whole rows of <paramref name="vocabulary"/> entries each, row-major.</summary>
    /// <param name="logits">Overwritten; its length is a multiple of <paramref name="vocabulary"/>.</param>
    /// <param name="vocabulary">Tokens per row, at least <see cref="LeastVocabulary"/>.</param>
    /// <param name="shape">Peaked or flat.</param>
    /// <param name="seed">The same seed gives the same rows.</param>
    public static void Fill(Span<float> logits, int vocabulary, BenchRowShape shape, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, LeastVocabulary);
        var random = new Random(seed);
        var deviation = shape == BenchRowShape.Flat ? FlatDeviation : BodyDeviation;
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = (float)(deviation * Normal(random));
        }

        if (shape == BenchRowShape.Peaked)
        {
            for (var start = 0; start < logits.Length; start += vocabulary)
            {
                AddHead(logits.Slice(start, vocabulary), random);
            }
        }
    }

    private static void AddHead(Span<float> row, Random random)
    {
        double body = 0;
        foreach (var l in row)
        {
            body += Math.Exp(l);
        }

        double ranks = 0;
        for (var rank = 1; rank <= HeadTokens; rank++)
        {
            ranks += Math.Pow(rank, -HeadExponent);
        }

        var top = Math.Log(body * HeadMass / (1 - HeadMass) / ranks);
        var taken = new HashSet<int>();
        for (var rank = 1; rank <= HeadTokens; rank++)
        {
            int token;
            do
            {
                token = random.Next(row.Length);
            }
            while (!taken.Add(token));

            row[token] = (float)(top - (HeadExponent * Math.Log(rank)));
        }
    }

    /// <summary>Box and Muller's transform.</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
