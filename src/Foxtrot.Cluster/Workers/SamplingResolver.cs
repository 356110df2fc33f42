using Foxtrot.Contracts.Sessions;
using Foxtrot.Inference.Models;
using Foxtrot.Inference.Text;
using Foxtrot.Inference.Tokenization;
using Foxtrot.Sampling;

namespace Foxtrot.Cluster.Workers;

/// <summary>Turns sampling settings into parameters and back.</summary>
internal static class SamplingResolver
{
    private const string InverseCdf = "inverse_cdf";
    private const string Gumbel = "gumbel";

    /// <summary>What applies to a request: its settings where they say something, else the model's, else off. Every field has a value, but for lists that are absent.</summary>
    public static SamplingSettings Resolve(SamplingSettings asked, GenerationDefaults defaults)
    {
        var resolved = asked.Over(Settings(ModelDefaults.Of(defaults)));
        return resolved with { DrySequenceBreakers = resolved.DrySequenceBreakers ?? [.. TokenConstraints.DefaultDryBreakers] };
    }

    /// <summary>The parameters of resolved settings.</summary>
    /// <param name="settings">Resolved.</param>
    /// <param name="tokenizer">The model's, for texts.</param>
    /// <param name="errors">Takes what cannot be read; ranges are checked with the whole request.</param>
    public static SamplingParams Parameters(SamplingSettings settings, ITokenizer tokenizer, List<ParameterError> errors)
    {
        var off = SamplingParams.Default;
        if (settings.BadWords is { } words && words.Contains(""))
        {
            errors.Add(new("bad_words", "bad_words must hold texts of at least one character, but one is empty"));
        }

        return new SamplingParams
        {
            Temperature = settings.Temperature ?? off.Temperature,
            TopK = settings.TopK ?? off.TopK,
            TopP = settings.TopP ?? off.TopP,
            MinP = settings.MinP ?? off.MinP,
            TypicalP = settings.TypicalP ?? off.TypicalP,
            TopNSigma = settings.TopNSigma ?? off.TopNSigma,
            EpsilonCutoff = settings.EpsilonCutoff ?? off.EpsilonCutoff,
            EtaCutoff = settings.EtaCutoff ?? off.EtaCutoff,
            XtcProbability = settings.XtcProbability ?? off.XtcProbability,
            XtcThreshold = settings.XtcThreshold ?? off.XtcThreshold,
            DynatempRange = settings.DynatempRange ?? off.DynatempRange,
            DynatempExponent = settings.DynatempExponent ?? off.DynatempExponent,
            Mirostat = settings.Mirostat ?? off.Mirostat,
            MirostatTau = settings.MirostatTau ?? off.MirostatTau,
            MirostatEta = settings.MirostatEta ?? off.MirostatEta,
            RepetitionPenalty = settings.RepetitionPenalty ?? off.RepetitionPenalty,
            FrequencyPenalty = settings.FrequencyPenalty ?? off.FrequencyPenalty,
            PresencePenalty = settings.PresencePenalty ?? off.PresencePenalty,
            NoRepeatNgramSize = settings.NoRepeatNgramSize ?? off.NoRepeatNgramSize,
            DryMultiplier = settings.DryMultiplier ?? off.DryMultiplier,
            DryBase = settings.DryBase ?? off.DryBase,
            DryAllowedLength = settings.DryAllowedLength ?? off.DryAllowedLength,
            DryPenaltyLastN = settings.DryPenaltyLastN ?? off.DryPenaltyLastN,
            DrySequenceBreakers = settings.DryMultiplier > 0
                ? TokenConstraints.DryBreakers(tokenizer, settings.DrySequenceBreakers ?? TokenConstraints.DefaultDryBreakers)
                : off.DrySequenceBreakers,
            MinTokens = settings.MinTokens ?? off.MinTokens,
            LogitBias = settings.LogitBias ?? off.LogitBias,
            AllowedTokenIds = settings.AllowedTokenIds,
            BadWords = TokenConstraints.BadWords(tokenizer, settings.BadWords?.Where(w => w.Length > 0) ?? []),
            Draw = Draw(settings.Draw, errors),
            Order = Order(settings.SamplerOrder, errors),
        };
    }

    /// <summary>The settings of parameters that no text is needed for.</summary>
    private static SamplingSettings Settings(SamplingParams parameters) => new()
    {
        Temperature = parameters.Temperature,
        TopK = parameters.TopK,
        TopP = parameters.TopP,
        MinP = parameters.MinP,
        TypicalP = parameters.TypicalP,
        TopNSigma = parameters.TopNSigma,
        EpsilonCutoff = parameters.EpsilonCutoff,
        EtaCutoff = parameters.EtaCutoff,
        XtcProbability = parameters.XtcProbability,
        XtcThreshold = parameters.XtcThreshold,
        DynatempRange = parameters.DynatempRange,
        DynatempExponent = parameters.DynatempExponent,
        Mirostat = parameters.Mirostat,
        MirostatTau = parameters.MirostatTau,
        MirostatEta = parameters.MirostatEta,
        RepetitionPenalty = parameters.RepetitionPenalty,
        FrequencyPenalty = parameters.FrequencyPenalty,
        PresencePenalty = parameters.PresencePenalty,
        NoRepeatNgramSize = parameters.NoRepeatNgramSize,
        DryMultiplier = parameters.DryMultiplier,
        DryBase = parameters.DryBase,
        DryAllowedLength = parameters.DryAllowedLength,
        DryPenaltyLastN = parameters.DryPenaltyLastN,
        MinTokens = parameters.MinTokens,
        Draw = parameters.Draw == DrawMethod.Gumbel ? Gumbel : InverseCdf,
        SamplerOrder = [.. (parameters.Order ?? SamplerOrder.Default).Select(SamplerOrder.NameOf)],
    };

    private static DrawMethod Draw(string? name, List<ParameterError> errors)
    {
        switch (name)
        {
            case null or InverseCdf:
                return DrawMethod.InverseCdf;
            case Gumbel:
                return DrawMethod.Gumbel;
            default:
                errors.Add(new("draw", $"draw must be {InverseCdf} or {Gumbel}, but is '{name}'"));
                return DrawMethod.InverseCdf;
        }
    }

    private static IReadOnlyList<SamplerStage>? Order(string[]? names, List<ParameterError> errors)
    {
        if (names is null)
        {
            return null;
        }

        if (names is [var name] && SamplerOrder.TryGetPreset(name, out var preset))
        {
            return preset;
        }

        var order = new List<SamplerStage>(names.Length);
        foreach (var stageName in names)
        {
            if (SamplerOrder.TryParse(stageName, out var stage))
            {
                order.Add(stage);
            }
            else
            {
                errors.Add(new("sampler_order", $"sampler_order must be a preset (default, transformers, vllm, llama.cpp) or a list of stages ({string.Join(", ", SamplerOrder.Default.Select(SamplerOrder.NameOf))}), but has '{stageName}'"));
            }
        }

        return order;
    }
}
