using System.Text.Json;
using Foxtrot.Cluster.Sessions;
using Foxtrot.Inference.Tokenization;
using Foxtrot.Sampling;

namespace Foxtrot.Output;

/// <summary>An explanation as JSON, exactly as the server gives it.</summary>
internal static class ExplanationJson
{
    /// <summary>Writes it as a document.</summary>
    public static void Write(TextWriter output, int at, Explanation explanation, ITokenizer tokenizer)
    {
        using var document = new JsonDocumentWriter(output);
        Write(document.Json, at, explanation, tokenizer);
    }

    /// <summary>Writes it as an object.</summary>
    public static void Write(Utf8JsonWriter json, int at, Explanation explanation, ITokenizer tokenizer) =>
        Gateway.Sessions.ExplanationJson.Write(json, at, ExplanationViews.Of(explanation, tokenizer.TokenText));
}
