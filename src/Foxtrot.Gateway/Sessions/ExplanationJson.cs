using System.Globalization;
using System.Text.Json;
using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Gateway.Sessions;

/// <summary>Writes how tokens were, or would have been, chosen. Infinite numbers are null.</summary>
public static class ExplanationJson
{
    /// <summary>One token's way through the stages.</summary>
    /// <param name="json">Gets an object.</param>
    /// <param name="at">Which output token, from 0.</param>
    /// <param name="view">How it was chosen.</param>
    public static void Write(Utf8JsonWriter json, int at, ExplanationView view)
    {
        json.WriteStartObject();
        json.WriteString("object", "explanation");
        json.WriteNumber("at", at);
        json.WriteNumber("position", view.Position);
        json.WriteString("seed", view.Seed.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("choice", view.Choice);
        json.WriteString("draw", view.Draw);
        Number(json, "u", view.U);
        json.WriteNumber("selected", view.Selected);
        json.WriteStartArray("stages");
        foreach (var stage in view.Stages)
        {
            json.WriteStartObject();
            json.WriteString("name", stage.Name);
            Number(json, "value", stage.Value);
            json.WriteNumber("candidates", stage.Candidates);
            json.WriteNumber("removed", stage.Removed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("tokens");
        foreach (var candidate in view.Tokens)
        {
            Write(json, candidate);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>How often each token was drawn.</summary>
    internal static void Write(Utf8JsonWriter json, ResampleView view)
    {
        json.WriteStartObject();
        json.WriteString("object", "resample");
        json.WriteNumber("at", view.At);
        json.WriteNumber("draws", view.Draws);
        json.WriteStartArray("tokens");
        foreach (var token in view.Tokens)
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Token);
            json.WriteString("text", token.Text);
            json.WriteNumber("count", token.Count);
            json.WriteBoolean("original", token.Original);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CandidateView candidate)
    {
        json.WriteStartObject();
        json.WriteNumber("id", candidate.Id);
        json.WriteString("text", candidate.Text);
        Number(json, "logit", candidate.Logit);
        Number(json, "probability", candidate.Probability);
        json.WriteStartArray("probability_after_stage");
        foreach (var probability in candidate.ProbabilityAfterStage)
        {
            json.WriteNumberValue(double.IsFinite(probability) ? probability : 0);
        }

        json.WriteEndArray();
        json.WriteString("removed_by", candidate.RemovedBy);
        Number(json, "low", candidate.Low);
        Number(json, "high", candidate.High);
        Number(json, "gumbel_score", candidate.GumbelScore);
        json.WriteBoolean("selected", candidate.Selected);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value && double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
