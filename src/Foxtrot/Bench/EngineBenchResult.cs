using System.Text.Json.Serialization;

namespace Foxtrot.Bench;

/// <summary>What <c>foxtrot bench engine</c> measured.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Rows">One per case.</param>
internal sealed record EngineBenchResult(MachineDescription Machine, string Model, IReadOnlyList<EngineBenchRow> Rows);

/// <summary>One measured case: the engine and the bare loop of the same shape, taken in turns in the same run.</summary>
/// <param name="Phase">decode or prefill.</param>
/// <param name="Batch">Rows.</param>
/// <param name="Context">Tokens per row.</param>
/// <param name="TokensPerSecond">The engine's, everything included.</param>
/// <param name="BareTokensPerSecond">The bare loop's.</param>
internal sealed record EngineBenchRow(
    string Phase,
    int Batch,
    int Context,
    [property: JsonPropertyName("tokens_per_s")] double TokensPerSecond,
    [property: JsonPropertyName("bare_tokens_per_s")] double BareTokensPerSecond)
{
    /// <summary>Engine over bare loop; 1 is free of cost.</summary>
    public double Ratio => Math.Round(TokensPerSecond / BareTokensPerSecond, 4);
}
