using System.Text.Json;

namespace Foxtrot.Gateway.Fields;

/// <summary>Everything wrong with one request, so that it is said at once.</summary>
internal sealed class FieldErrors
{
    private const int Shown = 20;
    private const int ValueCharacters = 60;

    private readonly List<string> _messages = [];
    private int _count;

    /// <summary>The first field at fault; null when none is.</summary>
    public string? First { get; private set; }

    /// <summary>Whether there is an error.</summary>
    public bool Any => _count > 0;

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>All messages in one.</summary>
    public string Message => _count > Shown
        ? string.Join("; ", _messages) + $"; and {_count - Shown} more"
        : string.Join("; ", _messages);

    /// <summary>Adds an error.</summary>
    /// <param name="field">The field at fault, such as <c>messages[0].role</c>.</param>
    /// <param name="message">The whole sentence, which names the field, the bound and the value.</param>
    public void Add(string field, string message)
    {
        First ??= field;
        if (_count++ < Shown)
        {
            _messages.Add(message);
        }
    }

    /// <summary>Adds that a value is not what the field takes.</summary>
    public void Expected(string field, string expected, JsonElement value) => Add(field, $"{field} must be {expected}, but is {Show(value)}");

    /// <summary>A value as a message shows it: short.</summary>
    public static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "an empty array" : "an array",
        JsonValueKind.Object => "an object",
        _ => Shorten(value.GetRawText()),
    };

    /// <summary>A text, cut where messages would become too long.</summary>
    public static string Shorten(string text) => text.Length <= ValueCharacters ? text : text[..ValueCharacters] + "...";
}
