using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Foxtrot.Output;

/// <summary>Writes one indented JSON document to a text writer when it is disposed of.</summary>
internal sealed class JsonDocumentWriter : IDisposable
{
    private readonly MemoryStream _buffer = new();
    private readonly TextWriter _output;

    public JsonDocumentWriter(TextWriter output)
    {
        _output = output;
        Json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Where to write.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>Writes numbers in one line.</summary>
    public static void WriteArray(Utf8JsonWriter json, string name, ReadOnlySpan<int> values)
    {
        json.WritePropertyName(name);
        json.WriteRawValue($"[{string.Join(", ", values.ToArray())}]");
    }

    public void Dispose()
    {
        Json.Dispose();
        _output.Write(Encoding.UTF8.GetString(_buffer.GetBuffer(), 0, (int)_buffer.Length));
        _output.Write('\n');
        _output.Flush();
        _buffer.Dispose();
    }
}
