using System.Globalization;
using System.Text.Json;
using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Gateway.Sessions;

/// <summary>Writes sampling parameters by the names under which requests give them; those left to the model are absent.</summary>
internal static class SamplingJson
{
    /// <summary>Writes an object.</summary>
    public static void Write(Utf8JsonWriter json, SamplingSettings settings)
    {
        json.WriteStartObject();
        Write(json, "allowed_token_ids", settings.AllowedTokenIds);
        Write(json, "bad_words", settings.BadWords);
        Write(json, "min_tokens", settings.MinTokens);
        WriteBias(json, settings.LogitBias);
        Write(json, "repetition_penalty", settings.RepetitionPenalty);
        Write(json, "frequency_penalty", settings.FrequencyPenalty);
        Write(json, "presence_penalty", settings.PresencePenalty);
        Write(json, "no_repeat_ngram_size", settings.NoRepeatNgramSize);
        Write(json, "dry_multiplier", settings.DryMultiplier);
        Write(json, "dry_base", settings.DryBase);
        Write(json, "dry_allowed_length", settings.DryAllowedLength);
        Write(json, "dry_penalty_last_n", settings.DryPenaltyLastN);
        Write(json, "dry_sequence_breakers", settings.DrySequenceBreakers);
        Write(json, "temperature", settings.Temperature);
        Write(json, "dynatemp_range", settings.DynatempRange);
        Write(json, "dynatemp_exponent", settings.DynatempExponent);
        Write(json, "top_n_sigma", settings.TopNSigma);
        Write(json, "top_k", settings.TopK);
        Write(json, "typical_p", settings.TypicalP);
        Write(json, "top_p", settings.TopP);
        Write(json, "min_p", settings.MinP);
        Write(json, "epsilon_cutoff", settings.EpsilonCutoff);
        Write(json, "eta_cutoff", settings.EtaCutoff);
        Write(json, "xtc_probability", settings.XtcProbability);
        Write(json, "xtc_threshold", settings.XtcThreshold);
        Write(json, "mirostat", settings.Mirostat);
        Write(json, "mirostat_tau", settings.MirostatTau);
        Write(json, "mirostat_eta", settings.MirostatEta);
        if (settings.Draw is { } draw)
        {
            json.WriteString("draw", draw);
        }

        Write(json, "sampler_order", settings.SamplerOrder);
        json.WriteEndObject();
    }

    /// <summary>Writes an array of texts, if there is one.</summary>
    public static void Write(Utf8JsonWriter json, string name, string[]? texts)
    {
        if (texts is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an array of integers, if there is one.</summary>
    public static void Write(Utf8JsonWriter json, string name, int[]? numbers)
    {
        if (numbers is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void WriteBias(Utf8JsonWriter json, Dictionary<int, float>? bias)
    {
        if (bias is null)
        {
            return;
        }

        json.WriteStartObject("logit_bias");
        foreach (var (token, value) in bias)
        {
            json.WriteNumber(token.ToString(CultureInfo.InvariantCulture), value);
        }

        json.WriteEndObject();
    }
}
