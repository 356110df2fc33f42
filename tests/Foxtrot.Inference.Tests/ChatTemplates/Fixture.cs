using System.Text.Json;
using Foxtrot.Inference.ChatTemplates;

namespace Foxtrot.Inference.Tests.ChatTemplates;

/// <summary>Reads the fixtures; what they expect was printed by Jinja2, see Fixtures/oracle.py.</summary>
internal static class Fixture
{
    /// <summary>The oracle's clock: 5 July 2024, 09:04:03.</summary>
    private static readonly TimeProvider Clock = new FixedClock();

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "ChatTemplates", "Fixtures");

    public static JsonElement Json(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file)));
        return document.RootElement.Clone();
    }

    public static string Render(string template, JsonElement conversation)
    {
        var messages = new List<ChatMessage>();
        var variables = new Dictionary<string, JsonElement>();
        foreach (JsonProperty property in conversation.EnumerateObject())
        {
            if (property.Name != "messages")
            {
                variables.Add(property.Name, property.Value);
                continue;
            }

            messages.AddRange(property.Value.EnumerateArray().Select(Message));
        }

        return ChatTemplate.Parse(template).Render(messages, new ChatTemplateContext { Variables = variables, Time = Clock });
    }

    private static ChatMessage Message(JsonElement message) =>
        new(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!)
        {
            Fields = message.EnumerateObject()
                .Where(field => field.Name is not ("role" or "content"))
                .ToDictionary(field => field.Name, field => field.Value),
        };

    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2024, 7, 5, 9, 4, 3, TimeSpan.Zero);
    }
}
