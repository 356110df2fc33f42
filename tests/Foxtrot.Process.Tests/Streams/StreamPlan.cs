using System.Text.Json.Nodes;

namespace Foxtrot.Process.Tests.Streams;

/// <summary>Which part of the API a stream uses.</summary>
internal enum StreamKind
{
    /// <summary><c>POST /v1/chat/completions</c>, streaming.</summary>
    Chat,

    /// <summary><c>POST /v1/completions</c>, streaming.</summary>
    Completion,

    /// <summary><c>POST /v1/sessions</c> and its stream.</summary>
    Native,
}

/// <summary>A stream to run, over and over: always the same request.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Kind">Which part of the API.</param>
/// <param name="Body">The request's JSON.</param>
internal sealed record StreamPlan(string Name, StreamKind Kind, JsonObject Body)
{
    /// <summary>The bundled model.</summary>
    public const string Model = "foxtrot-stories";

    /// <summary>The maximum of output tokens, over all choices.</summary>
    public int MaxTokens => Body["max_tokens"]!.GetValue<int>() * (Body["n"]?.GetValue<int>() ?? 1);
}
