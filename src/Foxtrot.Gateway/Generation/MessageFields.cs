using System.Text.Json;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Fields;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Generation;

/// <summary>The messages of a conversation.</summary>
internal static class MessageFields
{
    /// <summary>A message's fields.</summary>
    public static FieldTable<ChatTurn> Table { get; } = new(
        Field.Of<ChatTurn, string>("role", new WordShape("system", "developer", "user", "assistant", "tool"), "Who speaks.", (m, v) => m with { Role = v }) with { Required = true },
        Field.Of<ChatTurn, string>("content", new ContentShape(), "What is said: a string, or text parts, which are joined.", (m, v) => m with { Content = v }) with { Required = true },
        Field.Of<ChatTurn, string>("name", new TextShape(1, 256), "Who says it, where the model's chat template cares.", (m, v) => m with { Name = v }),
        Field.Of<ChatTurn, string>("tool_call_id", new TextShape(0, 256), "Which tool call a tool's message answers; chat templates do not see it.", (m, _) => m),
        Field.Refused<ChatTurn>("tool_calls"),
        Field.Refused<ChatTurn>("function_call"),
        Field.Refused<ChatTurn>("audio"),
        Field.Refused<ChatTurn>("refusal"));

    /// <summary>A conversation: one message at least.</summary>
    public static Shape<ChatTurn[]> Shape { get; } = new ListShape<ChatTurn>(new ObjectShape<ChatTurn>(Table, new("", "")), 1);
}

/// <summary>What a message says: a text, or parts of type text.</summary>
internal sealed class ContentShape : Shape<string>
{
    private static readonly TextShape Text = new();

    private static readonly FieldTable<(string Type, string Text)> Part = new(
        Field.Of<(string Type, string Text), string>("type", new WordShape("text"), "What sort of part; only text is supported.", (p, v) => (v, p.Text)) with { Required = true },
        Field.Of<(string Type, string Text), string>("text", Text, "The text.", (p, v) => (p.Type, v)) with { Required = true });

    private static readonly ListShape<(string Type, string Text)> Parts = new(new ObjectShape<(string Type, string Text)>(Part, default), 1);

    public override string Expected => "a string or an array of text parts";

    public override OpenApiSchema Schema() => new() { AnyOf = [Text.Schema(), Parts.Schema()] };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out string result)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return Text.TryRead(value, path, errors, out result);
            case JsonValueKind.Array:
                var sound = Parts.TryRead(value, path, errors, out var parts);
                result = string.Concat(parts.Select(p => p.Text));
                return sound;
            default:
                errors.Expected(path, Expected, value);
                result = "";
                return false;
        }
    }
}
