using System.Globalization;
using System.Text.Json;
using Foxtrot.Inference.Tokenization;
using Foxtrot.Sampling;

namespace Foxtrot.Output;

/// <summary>An explanation as JSON.</summary>
internal static class ExplanationJson
{
    /// <summary>Writes it as a document.</summary>
    public static void Write(TextWriter output, Explanation explanation, ITokenizer tokenizer)
    {
        using var document = new JsonDocumentWriter(output);
        Write(document.Json, explanation, tokenizer);
    }

    /// <summary>Writes it as an object.</summary>
    public static void Write(Utf8JsonWriter json, Explanation explanation, ITokenizer tokenizer)
    {
        json.WriteStartObject();
        json.WriteNumber("position", explanation.Position);
        json.WriteString("seed", explanation.Seed.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("choice", explanation.Choice);
        json.WriteString("draw", explanation.Greedy ? "greedy" : explanation.Method == DrawMethod.Gumbel ? "gumbel" : "inverse_cdf");
        WriteNullable(json, "u", explanation.U);
        json.WriteNumber("selected", explanation.SelectedToken);
        json.WriteStartArray("stages");
        foreach (var stage in explanation.Stages)
        {
            json.WriteStartObject();
            json.WriteString("name", stage.Name);
            json.WriteNumber("value", stage.Value);
            json.WriteNumber("candidates", stage.Candidates);
            json.WriteNumber("removed", stage.Removed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("tokens");
        foreach (var token in explanation.Tokens)
        {
            WriteToken(json, token, tokenizer);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter json, ExplainedToken token, ITokenizer tokenizer)
    {
        json.WriteStartObject();
        json.WriteNumber("id", token.Id);
        json.WriteString("text", tokenizer.TokenText(token.Id));
        WriteNullable(json, "logit", token.RawLogit);
        json.WriteNumber("probability", token.RawProbability);
        json.WriteStartArray("probability_after_stage");
        foreach (var probability in token.ProbabilityAfterStage)
        {
            json.WriteNumberValue(probability);
        }

        json.WriteEndArray();
        if (token.RemovedBy is { } stage)
        {
            json.WriteString("removed_by", SamplerOrder.NameOf(stage));
        }
        else
        {
            json.WriteNull("removed_by");
        }

        WriteNullable(json, "low", token.Low);
        WriteNullable(json, "high", token.High);
        WriteNullable(json, "gumbel_score", token.GumbelScore);
        json.WriteBoolean("selected", token.Selected);
        json.WriteEndObject();
    }

    // JSON has no infinities: a logit of −inf is null.
    private static void WriteNullable(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
