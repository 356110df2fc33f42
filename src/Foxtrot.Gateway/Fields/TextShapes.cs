using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Fields;

/// <summary>A text of so many characters (UTF-16 units).</summary>
internal sealed class TextShape(int minimum = 0, int maximum = int.MaxValue) : Shape<string>
{
    public override string Expected => (minimum, maximum) switch
    {
        (0, int.MaxValue) => $"a string",
        (_, int.MaxValue) => $"a string of {minimum} or more characters",
        _ => $"a string of {minimum} to {maximum} characters",
    };

    public override OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.String,
        MinLength = minimum == 0 ? null : minimum,
        MaxLength = maximum == int.MaxValue ? null : maximum,
    };

    /// <summary>The text of a JSON string; false when it is none, or holds half a surrogate pair.</summary>
    public static bool TryText(JsonElement value, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // The only way that a JSON string in valid UTF-8 has no text: an escape such as \ud83d without its other half.
            return false;
        }
    }

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out string result)
    {
        result = "";
        if (TryText(value, out var text))
        {
            if (text.Length >= minimum && text.Length <= maximum)
            {
                result = text;
                return true;
            }

            errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"{path} must be {Expected}, but has {text.Length}"));
            return false;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            errors.Add(path, $"{path} must be valid Unicode, but has half a surrogate pair in {FieldErrors.Shorten(value.GetRawText())}");
            return false;
        }

        errors.Expected(path, Expected, value);
        return false;
    }
}

/// <summary>One of a few words.</summary>
internal sealed class WordShape(params string[] words) : Shape<string>
{
    public override string Expected => words.Length == 1 ? $"\"{words[0]}\"" : "one of " + string.Join(", ", words.Select(w => $"\"{w}\""));

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.String, Enum = [.. words] };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out string result)
    {
        if (TextShape.TryText(value, out var text) && Array.IndexOf(words, text) >= 0)
        {
            result = text;
            return true;
        }

        errors.Expected(path, Expected, value);
        result = "";
        return false;
    }
}
