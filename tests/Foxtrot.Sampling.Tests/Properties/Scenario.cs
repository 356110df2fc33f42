using System.Text.Json;
using CsCheck;
using Foxtrot.Sampling.Tests.Oracle;

namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>One draw with everything that it depends on.</summary>
public sealed record Scenario(RowCase Row, SamplingParams Parameters, int[] Prompt, int[] Output, int[] EndTokens, ulong Seed, int Choice)
{
    internal static Gen<Scenario> Any { get; } = From(SamplingGens.Row);

    /// <summary>Mirostat 2 on any row, without penalties that would hide its course.</summary>
    internal static Gen<Scenario> Mirostat { get; } = Gen.Select(
        SamplingGens.Row, Gen.Double[0.5, 8], Gen.Double[0, 1], Gen.ULong,
        (row, tau, eta, seed) => new Scenario(row, new SamplingParams { Mirostat = 2, MirostatTau = tau, MirostatEta = eta }, [0], [], [], seed, 0));

    /// <summary>Any scenario over a vocabulary of this size.</summary>
    internal static Gen<Scenario> Over(int vocabulary) => From(SamplingGens.RowOf(Gen.Const(vocabulary)));

    /// <summary>Constraints that contradict each other: no token is possible.</summary>
    internal static Gen<Scenario> Impossible { get; } = Everything(SamplingGens.RowOf(Gen.Int[1, 6])).Where(s =>
        OracleChain.Run(OracleRow.From(s.Row.Logits()), s.Context(), out var isDecided).Possible().Length == 0 && isDecided);

    private static Gen<Scenario> From(Gen<RowCase> rows) => Everything(rows).Where(s => s.LeavesAToken());

    private static Gen<Scenario> Everything(Gen<RowCase> rows) => rows.SelectMany(row => Gen.Select(
        SamplingGens.Parameters(row.Vocabulary),
        SamplingGens.History(row.Vocabulary, 24),
        SamplingGens.History(row.Vocabulary, 24),
        SamplingGens.History(row.Vocabulary, 3),
        Gen.ULong,
        Gen.Int[0, 5],
        (parameters, prompt, output, ends, seed, choice) => Create(row, parameters, prompt, output, ends, seed, choice)));

    /// <summary>Truncation in the default order on rows as long as real models have.</summary>
    internal static Gen<Scenario> Long { get; } = SamplingGens.RowOf(Gen.Frequency((6, Gen.Int[16_000, 33_000]), (1, Gen.Int[100_000, 152_000])))
        .SelectMany(row => Gen.Select(
            SamplingGens.Truncations(row.Vocabulary),
            Gen.Double[0.3, 2],
            Gen.ULong,
            (truncations, temperature, seed) => new Scenario(row, truncations(new() { Temperature = temperature }), [0], [], [], seed, 0)));

    /// <summary>Temperature 0 over any edits; no truncation.</summary>
    internal static Gen<Scenario> Greedy { get; } = Any.Select(s => s with
    {
        Parameters = new SamplingParams
        {
            AllowedTokenIds = s.Parameters.AllowedTokenIds,
            BadWords = s.Parameters.BadWords,
            MinTokens = s.Parameters.MinTokens,
            LogitBias = s.Parameters.LogitBias,
            RepetitionPenalty = s.Parameters.RepetitionPenalty,
            FrequencyPenalty = s.Parameters.FrequencyPenalty,
            PresencePenalty = s.Parameters.PresencePenalty,
            NoRepeatNgramSize = s.Parameters.NoRepeatNgramSize,
            DryMultiplier = s.Parameters.DryMultiplier,
            DryBase = s.Parameters.DryBase,
            DryAllowedLength = s.Parameters.DryAllowedLength,
            DryPenaltyLastN = s.Parameters.DryPenaltyLastN,
            DrySequenceBreakers = s.Parameters.DrySequenceBreakers,
            Temperature = 0,
        },
    }).Where(s => s.LeavesAToken());

    /// <summary>A sampler that has the whole history behind it: the output replayed over rows of its own.</summary>
    internal RowSampler Sampler(int logprobs = -1)
    {
        var sampler = new RowSampler(Parameters, Row.Vocabulary, Seed, Choice, Prompt, EndTokens, logprobs);
        foreach (var token in Output)
        {
            One.Draw(sampler, new float[Row.Vocabulary], forced: token);
        }

        return sampler;
    }

    internal OracleContext Context() => new(
        Parameters,
        Prompt,
        Output,
        EndTokens,
        2 * Parameters.MirostatTau,
        DrawRandom.Uniform(Seed, Prompt.Length + Output.Length, Choice, DrawPurpose.Xtc));

    /// <summary>
    /// True when a token is left even if every token at a border is lost: otherwise rounding decides whether a later
    /// constraint finds any token.
    /// </summary>
    private bool LeavesAToken() =>
        OracleChain.Run(OracleRow.From(Row.Logits()), Context(), (outcome, row) => row.Keeping(token => outcome.MustSurvive[token]))
            .Possible().Length > 0;

    public override string ToString() =>
        $"{Row}, {JsonSerializer.Serialize(Parameters)}, order [{string.Join(' ', Parameters.Order ?? [])}], prompt [{string.Join(' ', Prompt)}], "
        + $"output [{string.Join(' ', Output)}], end tokens [{string.Join(' ', EndTokens)}], seed {Seed}, choice {Choice}";

    /// <summary>With mirostat the whole history is prompt, so that mu still has its first value.</summary>
    private static Scenario Create(RowCase row, SamplingParams parameters, int[] prompt, int[] output, int[] ends, ulong seed, int choice) =>
        parameters.Mirostat == 2
            ? new(row, parameters, [.. prompt, .. output], [], ends, seed, choice)
            : new(row, parameters, prompt, output, ends, seed, choice);
}
