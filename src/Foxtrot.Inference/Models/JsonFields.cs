using System.Globalization;
using System.Text.Json;

namespace Foxtrot.Inference.Models;

/// <summary>Typed reading of one JSON object; every error names the file, the field and the value.</summary>
internal readonly struct JsonFields
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly string _file;
    private readonly string _prefix;
    private readonly JsonElement _object;

    private JsonFields(string file, string prefix, JsonElement value)
    {
        _file = file;
        _prefix = prefix;
        _object = value;
    }

    /// <summary>Reads a file whose root is an object; null when the file does not exist.</summary>
    public static JsonFields? Read(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var bytes = File.ReadAllBytes(path).AsMemory();
            var start = bytes.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
            using var document = JsonDocument.Parse(bytes[start..], Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonFields(path, "", document.RootElement.Clone())
                : throw new ModelException($"{path}: the root must be a JSON object, not {Kind(document.RootElement)}.");
        }
        catch (JsonException error)
        {
            var line = (error.LineNumber ?? 0) + 1;
            var column = (error.BytePositionInLine ?? 0) + 1;
            throw new ModelException($"{path}: not valid JSON at line {line}, byte {column}.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be read: {ModelException.FirstLine(error.Message)}", error);
        }
    }

    /// <summary>The object under a field; null when absent or null.</summary>
    public JsonFields? Object(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Object ? new JsonFields(_file, _prefix + field + ".", value) : throw Wrong(field, value, "an object");
    }

    /// <summary>The value as it stands; false when absent or null.</summary>
    public bool TryGet(string field, out JsonElement value) =>
        _object.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A string; null when absent.</summary>
    public string? String(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        return Text(field, value, "a string");
    }

    /// <summary>A value as text.</summary>
    /// <param name="field">The field it belongs to, for messages.</param>
    /// <param name="value">What should be a string.</param>
    /// <param name="expected">What the field should hold.</param>
    public string Text(string field, JsonElement value, string expected)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(field, value, expected);
        }
        catch (InvalidOperationException error)
        {
            throw new ModelException($"{_file}: {_prefix}{field} is not valid Unicode.", error);
        }
    }

    /// <summary>A boolean; null when absent.</summary>
    public bool? Boolean(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(field, value, "true or false");
    }

    /// <summary>A finite number; null when absent.</summary>
    public double? Number(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(field, value, "a finite number");
    }

    /// <summary>A whole number under the first of several names that is present; null when none is.</summary>
    public int? Integer(int minimum, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (TryGet(field, out var value))
            {
                return Whole(value, out var number) && number >= minimum
                    ? number
                    : throw Wrong(field, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {int.MaxValue}"));
            }
        }

        return null;
    }

    /// <summary>As <see cref="Integer"/>, but a field that must be there.</summary>
    public int RequiredInteger(int minimum, params ReadOnlySpan<string> fields) =>
        Integer(minimum, fields) ?? throw new ModelException($"{_file}: {_prefix}{fields[0]} is missing.");

    /// <summary>One token id or a list of them; null when absent.</summary>
    public IReadOnlyList<int>? Tokens(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return [Token(field, value)];
        }

        var tokens = new List<int>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            tokens.Add(Token(field, item));
        }

        return tokens;
    }

    /// <summary>An error about a field's value.</summary>
    public ModelException Wrong(string field, JsonElement value, string expected)
    {
        var text = value.GetRawText();
        text = text.Length <= 60 ? text : text[..60] + "…";
        return new ModelException($"{_file}: {_prefix}{field} must be {expected}, not {text.ReplaceLineEndings(" ")}.");
    }

    private int Token(string field, JsonElement value) =>
        Whole(value, out var token) && token >= 0 ? token : throw Wrong(field, value, "a token id (a whole number of at least 0) or a list of them");

    // Configurations written by other languages say 512.0 now and then.
    private static bool Whole(JsonElement value, out int number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var real) || real != Math.Floor(real) || Math.Abs(real) > int.MaxValue)
        {
            return false;
        }

        number = (int)real;
        return true;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => value.GetRawText(),
    };
}
