using System.Text.Json;
using System.Text.Json.Serialization;
using Foxtrot.Bench.Load;
using Foxtrot.Bench.Scale;

namespace Foxtrot.Bench;

/// <summary>Writes the result of a bench as one JSON document with snake_case names.</summary>
internal static partial class BenchJson
{
    /// <summary>The document, indented, without a final newline.</summary>
    public static string Write(SamplerBenchResult result) => JsonSerializer.Serialize(result, Context.Default.SamplerBenchResult);

    /// <summary>The document, indented, without a final newline.</summary>
    public static string Write(EngineBenchResult result) => JsonSerializer.Serialize(result, Context.Default.EngineBenchResult);

    /// <summary>The document, indented, without a final newline.</summary>
    public static string Write(LoadBenchResult result) => JsonSerializer.Serialize(result, Context.Default.LoadBenchResult);

    /// <summary>The document, indented, without a final newline.</summary>
    public static string Write(TenantsBenchResult result) => JsonSerializer.Serialize(result, Context.Default.TenantsBenchResult);

    /// <summary>The document, indented, without a final newline.</summary>
    public static string Write(ScaleBenchResult result) => JsonSerializer.Serialize(result, Context.Default.ScaleBenchResult);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        GenerationMode = JsonSourceGenerationMode.Default)]
    [JsonSerializable(typeof(SamplerBenchResult))]
    [JsonSerializable(typeof(EngineBenchResult))]
    [JsonSerializable(typeof(LoadBenchResult))]
    [JsonSerializable(typeof(TenantsBenchResult))]
    [JsonSerializable(typeof(ScaleBenchResult))]
    private sealed partial class Context : JsonSerializerContext;
}
