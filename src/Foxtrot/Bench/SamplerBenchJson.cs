using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foxtrot.Bench;

/// <summary>Writes a <see cref="SamplerBenchResult"/> as one JSON document with snake_case names.</summary>
public static partial class SamplerBenchJson
{
    /// <summary>The document, indented, without a final newline.</summary>
    public static string Write(SamplerBenchResult result) => JsonSerializer.Serialize(result, Context.Default.SamplerBenchResult);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        GenerationMode = JsonSourceGenerationMode.Default)]
    [JsonSerializable(typeof(SamplerBenchResult))]
    private sealed partial class Context : JsonSerializerContext;
}
