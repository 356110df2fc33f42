using System.Text.Json;

namespace Foxtrot.Process.Tests.Telemetry;

/// <summary>What one line of a JSON log says: its fields, those of its scopes, and all texts in it as they were before they were escaped.</summary>
internal sealed class LogRecord
{
    private readonly List<(string Name, string Text)> _fields = [];

    private LogRecord(JsonElement line) => Add("", line);

    /// <summary>Every text of the line.</summary>
    public IEnumerable<string> Texts => _fields.SelectMany(entry => new[] { entry.Name, entry.Text });

    /// <summary>Reads a line; null when it is no log record.</summary>
    public static LogRecord? Of(string line)
    {
        if (!line.StartsWith('{'))
        {
            return null;
        }

        using var document = JsonDocument.Parse(line);
        return new(document.RootElement);
    }

    /// <summary>Whether it has a field, itself or in a scope, with a value.</summary>
    public bool Has(string name, string value) => _fields.Contains((name, value));

    /// <summary>A field's value.</summary>
    public string Field(string name) => _fields.First(entry => entry.Name == name).Text;

    private void Add(string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Add(property.Name, property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var entry in value.EnumerateArray())
                {
                    Add(name, entry);
                }

                break;
            default:
                _fields.Add((name, value.ToString()));
                break;
        }
    }
}
