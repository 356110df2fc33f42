using System.Text.Json;
using Foxtrot.Inference.Engine;
using Foxtrot.Sampling;

namespace Foxtrot.Output;

/// <summary>The parameters of a request, by their names in the API: with the seed, all that its text depends on.</summary>
internal static class ParametersJson
{
    /// <summary>Writes an object with every parameter, those that are off included.</summary>
    public static void Write(Utf8JsonWriter json, GenerationRequest request)
    {
        var p = request.Sampling;
        json.WriteStartObject();
        json.WriteNumber("max_tokens", request.MaxTokens);
        JsonDocumentWriter.WriteArray(json, "end_token_ids", [.. request.EndTokens]);
        json.WriteNumber("temperature", p.Temperature);
        json.WriteNumber("top_k", p.TopK);
        json.WriteNumber("top_p", p.TopP);
        json.WriteNumber("min_p", p.MinP);
        json.WriteNumber("typical_p", p.TypicalP);
        json.WriteNumber("top_n_sigma", p.TopNSigma);
        json.WriteNumber("epsilon_cutoff", p.EpsilonCutoff);
        json.WriteNumber("eta_cutoff", p.EtaCutoff);
        json.WriteNumber("xtc_probability", p.XtcProbability);
        json.WriteNumber("xtc_threshold", p.XtcThreshold);
        json.WriteNumber("dynatemp_range", p.DynatempRange);
        json.WriteNumber("dynatemp_exponent", p.DynatempExponent);
        json.WriteNumber("mirostat", p.Mirostat);
        json.WriteNumber("mirostat_tau", p.MirostatTau);
        json.WriteNumber("mirostat_eta", p.MirostatEta);
        json.WriteNumber("repetition_penalty", p.RepetitionPenalty);
        json.WriteNumber("frequency_penalty", p.FrequencyPenalty);
        json.WriteNumber("presence_penalty", p.PresencePenalty);
        json.WriteNumber("no_repeat_ngram_size", p.NoRepeatNgramSize);
        json.WriteNumber("dry_multiplier", p.DryMultiplier);
        json.WriteNumber("dry_base", p.DryBase);
        json.WriteNumber("dry_allowed_length", p.DryAllowedLength);
        json.WriteNumber("dry_penalty_last_n", p.DryPenaltyLastN);
        JsonDocumentWriter.WriteArray(json, "dry_sequence_breaker_ids", [.. p.DrySequenceBreakers.Order()]);
        json.WriteNumber("min_tokens", p.MinTokens);
        json.WriteStartObject("logit_bias");
        foreach (var (id, bias) in p.LogitBias.OrderBy(b => b.Key))
        {
            json.WriteNumber(id.ToString(System.Globalization.CultureInfo.InvariantCulture), bias);
        }

        json.WriteEndObject();
        if (p.AllowedTokenIds is { } allowed)
        {
            JsonDocumentWriter.WriteArray(json, "allowed_token_ids", [.. allowed]);
        }
        else
        {
            json.WriteNull("allowed_token_ids");
        }

        json.WriteStartArray("bad_word_ids");
        foreach (var word in p.BadWords)
        {
            json.WriteRawValue($"[{string.Join(", ", word)}]");
        }

        json.WriteEndArray();
        json.WriteString("draw", p.Draw == DrawMethod.Gumbel ? "gumbel" : "inverse_cdf");
        json.WriteStartArray("sampler_order");
        foreach (var stage in p.Order ?? SamplerOrder.Default)
        {
            json.WriteStringValue(SamplerOrder.NameOf(stage));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
