using CsCheck;

namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>Random rows, parameters and histories.</summary>
internal static class SamplingGens
{
    public static Gen<int> Vocabulary { get; } = Gen.Frequency(
        (2, Gen.Int[1, 3]), (4, Gen.Int[4, 40]), (4, Gen.Int[41, 700]), (2, Gen.Int[701, 4000]));

    public static Gen<RowCase> Row { get; } = RowOf(Vocabulary);

    /// <summary>Every stage on or off on its own, off more often, in default, preset-like or random order.</summary>
    /// <param name="vocabulary">Ids and top-k stay below it.</param>
    public static Gen<SamplingParams> Parameters(int vocabulary) =>
        Gen.Select(Edits(vocabulary), Truncations(vocabulary), Order, (edits, truncations, order) => truncations(edits) with { Order = order });

    public static Gen<RowCase> RowOf(Gen<int> vocabulary) =>
        Gen.Select(Gen.Enum<RowShape>(), vocabulary, Gen.ULong, (shape, v, seed) => new RowCase(shape, v, seed));

    /// <summary>Up to <paramref name="longest"/> tokens out of few different ones, so that they repeat.</summary>
    public static Gen<int[]> History(int vocabulary, int longest) => Gen.Int[0, Math.Min(vocabulary, 6) - 1].Array[0, longest];

    /// <summary>Masks, penalties and temperature.</summary>
    private static Gen<SamplingParams> Edits(int vocabulary)
    {
        var token = Gen.Int[0, vocabulary - 1];
        var few = Gen.Int[0, Math.Min(vocabulary, 6) - 1];
        var masks = Gen.Select(
            Maybe(token.Array[1, Math.Min(vocabulary, 300)].Select(ids => (IReadOnlyList<int>?)[.. ids.Distinct()]), null, 1),
            Maybe(few.Array[1, 3].Array[1, 3].Select(words => (IReadOnlyList<IReadOnlyList<int>>)words), [], 1),
            Maybe(Gen.Int[1, 30], 0, 1),
            Maybe(Gen.Int[1, 4], 0, 1),
            (allowed, bad, min, ngram) => new SamplingParams { AllowedTokenIds = allowed, BadWords = bad, MinTokens = min, NoRepeatNgramSize = ngram });
        var penalties = Gen.Select(
            Maybe(Gen.Select(token, Gen.Float[-8, 8]).Array[1, 5].Select(pairs => pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2)), [], 1),
            Maybe(Gen.Double[0.5, 2], 1, 2),
            Maybe(Gen.Double[-2, 2], 0, 2),
            Maybe(Gen.Double[-2, 2], 0, 2),
            (bias, repetition, frequency, presence) => (bias, repetition, frequency, presence));
        var dry = Gen.Select(
            Maybe(Gen.Double[0.1, 2], 0, 2),
            Gen.Double[1, 2],
            Gen.Int[1, 3],
            Maybe(Gen.Int[0, 12], -1, 1),
            Maybe(few.Array[1, 2].Select(ids => ids.ToHashSet()), [], 1),
            (multiplier, b, allowed, last, breakers) => (multiplier, b, allowed, last, breakers));
        var temperature = Gen.Select(
            Maybe(Gen.Double[0.05, 2], 1, 3),
            Maybe(Gen.Double[0.1, 2], 0, 1),
            Gen.Double[0.5, 2],
            (t, range, exponent) => (t, range, exponent));
        return Gen.Select(masks, penalties, dry, temperature, (m, p, d, t) => m with
        {
            LogitBias = p.bias,
            RepetitionPenalty = p.repetition,
            FrequencyPenalty = p.frequency,
            PresencePenalty = p.presence,
            DryMultiplier = d.multiplier,
            DryBase = d.b,
            DryAllowedLength = d.allowed,
            DryPenaltyLastN = d.last,
            DrySequenceBreakers = d.breakers,
            Temperature = t.t,
            DynatempRange = t.range,
            DynatempExponent = t.exponent,
        });
    }

    /// <summary>Truncation stages, each on or off on its own; Mirostat at times.</summary>
    public static Gen<Func<SamplingParams, SamplingParams>> Truncations(int vocabulary)
    {
        var ranked = Gen.Select(
            Maybe(Gen.Double[0.1, 3], -1, 1),
            Maybe(Gen.Frequency((1, Gen.Int[1, Math.Min(vocabulary, 12)]), (1, Gen.Int[1, Math.Min(vocabulary, 100)])), 0, 1),
            Maybe(Gen.Double[0.05, 0.999], 1, 1),
            Maybe(Gen.Double[0.05, 0.999], 1, 1),
            (sigma, k, typical, p) => (sigma, k, typical, p));
        var thresholds = Gen.Select(
            Maybe(Gen.Double[0.001, 1], 0, 1),
            Maybe(Gen.Double[0.00001, 0.1], 0, 1),
            Maybe(Gen.Double[0.00001, 0.3], 0, 1),
            (min, epsilon, eta) => (min, epsilon, eta));
        var chance = Gen.Select(
            Maybe(Gen.Double[0.3, 1], 0, 1),
            Gen.Double[0, 0.6],
            Gen.Frequency((5, 0), (1, 2)),
            Gen.Double[0.5, 8],
            Gen.Double[0, 1],
            (xtc, threshold, mirostat, tau, eta) => (xtc, threshold, mirostat, tau, eta));
        return Gen.Select(ranked, thresholds, chance, (r, t, c) => (Func<SamplingParams, SamplingParams>)(p => p with
        {
            TopNSigma = r.sigma,
            TopK = r.k,
            TypicalP = r.typical,
            TopP = r.p,
            MinP = t.min,
            EpsilonCutoff = t.epsilon,
            EtaCutoff = t.eta,
            XtcProbability = c.xtc,
            XtcThreshold = c.threshold,
            Mirostat = c.mirostat,
            MirostatTau = c.tau,
            MirostatEta = c.eta,
        }));
    }

    private static Gen<IReadOnlyList<SamplerStage>?> Order { get; } = Gen.Frequency(
        (2, Gen.Const((IReadOnlyList<SamplerStage>?)null)),
        (3, Gen.Shuffle(Enum.GetValues<SamplerStage>(), 1, Enum.GetValues<SamplerStage>().Length).Select(stages => (IReadOnlyList<SamplerStage>?)stages)));

    /// <summary>On with <paramref name="weight"/> in <paramref name="weight"/> + 2, otherwise off.</summary>
    private static Gen<T> Maybe<T>(Gen<T> on, T off, int weight) => Gen.Frequency((weight, on), (2, Gen.Const(off)));
}
