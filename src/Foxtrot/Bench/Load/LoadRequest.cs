using System.Text.Json;

namespace Foxtrot.Bench.Load;

/// <summary>The requests of one measurement: where they go and what they say.</summary>
internal sealed record LoadRequest(LoadBenchOptions Options, string Model)
{
    // Ids that every vocabulary of practical size has and that are neither bytes nor special tokens in most.
    private const int FirstId = 300;
    private const int LastId = 2000;

    private static readonly string[] Words = ["the", "cat", "and", "a", "dog", "went", "to", "see", "big", "tree", "in", "sun", "with", "her", "red", "ball"];

    /// <summary>Relative to the server.</summary>
    public string Path => Options.Chat ? "v1/chat/completions" : "v1/completions";

    /// <summary>Whether to ask for a reply of full length, which not every server knows.</summary>
    public bool IgnoreEnd { get; init; } = !Options.KeepEnd;

    /// <summary>Whether to ask for a count of tokens at the end, which not every server knows.</summary>
    public bool IncludeUsage { get; init; } = true;

    /// <summary>Writes one request's body.</summary>
    /// <param name="number">Which; random prompts differ by it.</param>
    /// <param name="tokens">Output tokens; null is what the options say.</param>
    public ReadOnlyMemory<byte> Body(int number, int? tokens = null)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", Model);
            WritePrompt(json, new Random(unchecked((Options.Seed * 1_000_003) + number)));
            json.WriteNumber("max_tokens", tokens ?? Options.Tokens);
            json.WriteBoolean("stream", true);
            if (IncludeUsage)
            {
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }

            if (IgnoreEnd)
            {
                json.WriteBoolean("ignore_eos", true);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private void WritePrompt(Utf8JsonWriter json, Random random)
    {
        if (Options.Chat)
        {
            json.WriteStartArray("messages");
            json.WriteStartObject();
            json.WriteString("role", "user");
            json.WriteString("content", Options.Prompt ?? string.Join(' ', random.GetItems(Words, Options.PromptTokens)));
            json.WriteEndObject();
            json.WriteEndArray();
            return;
        }

        if (Options.Prompt is { } prompt)
        {
            json.WriteString("prompt", prompt);
            return;
        }

        json.WriteStartArray("prompt");
        for (var i = 0; i < Options.PromptTokens; i++)
        {
            json.WriteNumberValue(random.Next(FirstId, LastId));
        }

        json.WriteEndArray();
    }
}
