using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>Looks at a row after each stage, for explanations.</summary>
internal interface IStageObserver
{
    /// <summary>Called after a stage has done its work; the row must not be changed.</summary>
    void After(Stage stage, double value, in CandidateRow row);
}

/// <summary>A request's active stages in order: what the parameters come to.</summary>
internal sealed class Pipeline
{
    private readonly Stage[] _stages;

    /// <summary>Compiles valid parameters.</summary>
    public Pipeline(SamplingParams parameters, ReadOnlySpan<int> endTokens)
    {
        IsGreedy = parameters.Temperature == 0;
        IReadOnlyList<SamplerStage> order = parameters.Order ?? SamplerOrder.Default;
        bool mirostat = parameters.Mirostat == 2 && !IsGreedy && order.Contains(SamplerStage.Mirostat);
        List<Stage> stages = [];
        foreach (SamplerStage name in order)
        {
            if (Create(name, parameters, endTokens) is { } stage
                && (stage.EditsLogits || (!IsGreedy && (!mirostat || name is SamplerStage.Temperature or SamplerStage.Mirostat))))
            {
                stages.Add(stage);
            }
        }

        _stages = [.. stages];
        Mirostat = stages.OfType<MirostatStage>().FirstOrDefault();
        CountsTokens = stages.Any(stage => stage is RepetitionPenaltyStage or FrequencyPresenceStage);
    }

    /// <summary>Temperature 0: only logits are edited, and the largest wins.</summary>
    public bool IsGreedy { get; }

    /// <summary>The stage whose mu is advanced after each draw, if it is on.</summary>
    public MirostatStage? Mirostat { get; }

    /// <summary>Whether any stage needs the numbers of tokens.</summary>
    public bool CountsTokens { get; }

    /// <summary>True when no stage is active.</summary>
    public bool IsEmpty => _stages.Length == 0;

    /// <summary>Runs all stages over a row.</summary>
    public DrawOutcome Run(ref CandidateRow row, in StepContext context, IStageObserver? observer = null)
    {
        RowMeter? meter = row.Scratch.Meter;
        foreach (Stage stage in _stages)
        {
            double value;
            meter?.Enter(stage.EditsLogits ? RowPart.Penalties : RowPart.Truncate);
            if (stage.EditsLogits)
            {
                row.Materialise();
                value = stage.Apply(ref row, context);
                row.Edited();
            }
            else
            {
                if (Check(row.Max) is not DrawOutcome.Chosen and var outcome)
                {
                    return outcome;
                }

                value = stage.Apply(ref row, context);
            }

            observer?.After(stage, value, row);
        }

        return Check(row.Max);
    }

    private static DrawOutcome Check(float max) =>
        float.IsFinite(max) ? DrawOutcome.Chosen
        : float.IsNegativeInfinity(max) ? DrawOutcome.NothingPossible
        : DrawOutcome.InvalidLogits;

    /// <summary>The stage, or null where its parameter is off.</summary>
    private static Stage? Create(SamplerStage name, SamplingParams p, ReadOnlySpan<int> endTokens) => name switch
    {
        SamplerStage.AllowedTokenIds when p.AllowedTokenIds is not null => new AllowedTokensStage(p.AllowedTokenIds),
        SamplerStage.BadWords when p.BadWords.Count > 0 => new BadWordsStage(p.BadWords),
        SamplerStage.MinTokens when p.MinTokens > 0 && !endTokens.IsEmpty => new MinTokensStage(p.MinTokens, endTokens.ToArray()),
        SamplerStage.LogitBias when p.LogitBias.Count > 0 => new LogitBiasStage(p.LogitBias),
        SamplerStage.RepetitionPenalty when p.RepetitionPenalty != 1 => new RepetitionPenaltyStage(p.RepetitionPenalty),
        SamplerStage.FrequencyPresencePenalty when p.FrequencyPenalty != 0 || p.PresencePenalty != 0 =>
            new FrequencyPresenceStage(p.FrequencyPenalty, p.PresencePenalty),
        SamplerStage.NoRepeatNgram when p.NoRepeatNgramSize > 0 => new NoRepeatNgramStage(p.NoRepeatNgramSize),
        SamplerStage.Dry when p.DryMultiplier > 0 && p.DryPenaltyLastN != 0 =>
            new DryStage(p.DryMultiplier, p.DryBase, p.DryAllowedLength, p.DryPenaltyLastN, p.DrySequenceBreakers),
        SamplerStage.Temperature when p.Temperature != 1 || p.DynatempRange > 0 =>
            new TemperatureStage(p.Temperature, p.DynatempRange, p.DynatempExponent),
        SamplerStage.TopNSigma when p.TopNSigma > 0 => new TopNSigmaStage(p.TopNSigma),
        SamplerStage.TopK when p.TopK > 0 => new TopKStage(p.TopK),
        SamplerStage.TypicalP when p.TypicalP < 1 => new TypicalStage(p.TypicalP),
        SamplerStage.TopP when p.TopP < 1 => new TopPStage(p.TopP),
        SamplerStage.MinP when p.MinP > 0 => new MinPStage(p.MinP),
        SamplerStage.EpsilonCutoff when p.EpsilonCutoff > 0 => new EpsilonStage(p.EpsilonCutoff),
        SamplerStage.EtaCutoff when p.EtaCutoff > 0 => new EtaStage(p.EtaCutoff),
        SamplerStage.Xtc when p.XtcProbability > 0 && p.XtcThreshold <= 0.5 => new XtcStage(p.XtcProbability, p.XtcThreshold),
        SamplerStage.Mirostat when p.Mirostat == 2 => new MirostatStage(p.MirostatTau, p.MirostatEta),
        _ => null,
    };
}
