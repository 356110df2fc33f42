using System.Buffers;
using System.Text;
using System.Text.Json;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.OpenAi;

namespace Foxtrot.Gateway.Telemetry;

/// <summary>Prompts and outputs as the JSON of <c>gen_ai.input.messages</c> and <c>gen_ai.output.messages</c>.</summary>
/// <remarks>Source: OpenTelemetry's semantic conventions for generative AI. A prompt of token ids has no text and is left out.</remarks>
internal static class MessageJson
{
    /// <summary>What was asked: messages as they are, a text as a user's.</summary>
    public static string Of(IEnumerable<Prompt> prompts) => Write(json =>
    {
        foreach (var prompt in prompts)
        {
            foreach (var message in prompt.Messages ?? (prompt.Text is { } text ? [new ChatTurn("user", text)] : []))
            {
                WriteMessage(json, message.Role, message.Content, null);
            }
        }
    });

    /// <summary>What was answered.</summary>
    public static string Of(IEnumerable<Choice> choices, Func<Choice, string> reason) => Write(json =>
    {
        foreach (var choice in choices)
        {
            WriteMessage(json, "assistant", choice.Text, reason(choice));
        }
    });

    private static string Write(Action<Utf8JsonWriter> messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            messages(json);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, string content, string? reason)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteStartArray("parts");
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("content", content);
        json.WriteEndObject();
        json.WriteEndArray();
        if (reason is not null)
        {
            json.WriteString("finish_reason", reason);
        }

        json.WriteEndObject();
    }
}
