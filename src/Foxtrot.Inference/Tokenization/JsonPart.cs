using System.Text.Json;

namespace Foxtrot.Inference.Tokenization;

/// <summary>A value in a JSON file that knows where it is, so that every complaint can say so.</summary>
internal readonly struct JsonPart
{
    private readonly string _file;

    private JsonPart(string file, string path, JsonElement element)
    {
        _file = file;
        Path = path;
        Element = element;
    }

    /// <summary>Where it is: "model.merges[3]".</summary>
    public string Path { get; }

    /// <summary>The value itself.</summary>
    public JsonElement Element { get; }

    /// <summary>Whether it is absent or null.</summary>
    public bool IsNull => Element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>The <c>type</c> of a component.</summary>
    public string Type => Text("type");

    /// <summary>Reads a file. A string that is no valid Unicode surfaces as InvalidOperationException and counts as "cannot be read" too.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Makes something of its top-level object.</param>
    /// <exception cref="TokenizerException">The file cannot be read, is not JSON, or <paramref name="read"/> refused it.</exception>
    public static T ReadFile<T>(string path, Func<JsonPart, T> read)
    {
        var file = System.IO.Path.GetFileName(path);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return read(new JsonPart(file, "", document.RootElement).Expect(JsonValueKind.Object));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"{file}: cannot be read: {e.Message} ({path})", e);
        }
    }

    /// <summary>A member of an object; absent members are null parts.</summary>
    public JsonPart this[string name] =>
        new(_file, Path.Length == 0 ? name : $"{Path}.{name}", Expect(JsonValueKind.Object).Element.TryGetProperty(name, out var member) ? member : default);

    /// <summary>The elements of an array.</summary>
    public JsonPart[] Items()
    {
        Expect(JsonValueKind.Array);
        var items = new List<JsonPart>(Element.GetArrayLength());
        foreach (var item in Element.EnumerateArray())
        {
            items.Add(new JsonPart(_file, $"{Path}[{items.Count}]", item));
        }

        return [.. items];
    }

    /// <summary>The object itself, when it has no other members than these.</summary>
    /// <exception cref="TokenizerException">It has another one, which might change results.</exception>
    public JsonPart Only(params ReadOnlySpan<string> names)
    {
        Expect(JsonValueKind.Object);
        foreach (var member in Element.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                throw this[member.Name].Error("is not supported");
            }
        }

        return this;
    }

    /// <summary>The value of this part as text.</summary>
    public string Text()
    {
        Expect(JsonValueKind.String);
        return Element.GetString()!;
    }

    /// <summary>A member as text.</summary>
    public string Text(string name) => this[name].Text();

    /// <summary>A member as a single UTF-16 character.</summary>
    public char Character(string name, char whenAbsent) => this[name] switch
    {
        { IsNull: true } => whenAbsent,
        var part => part.Text() is [var c] ? c : throw part.Error($"'{part.Text()}' must be one character below U+10000"),
    };

    /// <summary>A member as true or false.</summary>
    public bool Flag(string name, bool whenAbsent)
    {
        var part = this[name];
        return part.Element.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => whenAbsent,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw part.Error("must be true or false"),
        };
    }

    /// <summary>The value of this part as a whole number from 0 up.</summary>
    public int Number(int most = int.MaxValue) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) && value >= 0 && value <= most
            ? value
            : throw Error($"must be a whole number from 0 to {most}, but is {Shown()}");

    /// <summary>The part itself, when it is of a kind.</summary>
    public JsonPart Expect(JsonValueKind kind) => Element.ValueKind == kind ? this : throw Error($"must be {kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => "a string",
    }}, but is {Shown()}");

    /// <summary>A complaint about this part.</summary>
    public TokenizerException Error(string complaint) => new(Path.Length == 0 ? $"{_file}: the file {complaint}" : $"{_file}: {Path} {complaint}");

    /// <summary>The complaint that a component of this type is not known here.</summary>
    public TokenizerException Unsupported(string what) => new($"{_file}: {what} type '{Type}' is not supported{(Path.Length == 0 ? "" : $" ({Path})")}");

    private string Shown() => Element.ValueKind switch
    {
        JsonValueKind.Undefined => "absent",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Element.GetRawText() is { Length: > 40 } longText ? longText[..40] + "…" : Element.GetRawText(),
    };
}
