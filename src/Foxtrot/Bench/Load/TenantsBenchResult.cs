using System.Text.Json.Serialization;

namespace Foxtrot.Bench.Load;

/// <summary>What <c>foxtrot bench load</c> measured for several tenants at the same time.</summary>
/// <param name="Machine">Where the clients ran.</param>
/// <param name="Rounds">How often everything was measured; figures are over all rounds.</param>
/// <param name="TokensPerSecond">Output tokens of all tenants, while all of them were there.</param>
/// <param name="PromptTokensPerSecond">Prompt tokens of all tenants, likewise.</param>
/// <param name="Errors">Requests that failed, while all of them were there.</param>
/// <param name="Tenants">Each tenant.</param>
internal sealed record TenantsBenchResult(
    MachineDescription Machine,
    int Rounds,
    [property: JsonPropertyName("tokens_per_s")] double TokensPerSecond,
    [property: JsonPropertyName("prompt_tokens_per_s")] double PromptTokensPerSecond,
    int Errors,
    IReadOnlyList<TenantBenchResult> Tenants);

/// <summary>What one tenant got.</summary>
/// <param name="Name">Which.</param>
/// <param name="Alone">With the server to itself; null when not measured.</param>
/// <param name="Together">While the others were there.</param>
/// <param name="Share">Its part of the output tokens while the others were there, 0 to 1.</param>
internal sealed record TenantBenchResult(string Name, LoadBenchResult? Alone, LoadBenchResult Together, double Share)
{
    /// <summary>How many times longer the 99th percentile of the time to first token was with the others there; null when not known.</summary>
    public double? TtftP99Ratio => Together.Ttft.P99 / Alone?.Ttft.P99 is { } ratio ? Math.Round(ratio, 3) : null;

    /// <summary>Output tokens per second of all tenants together, relative to what this one got alone; null when not known.</summary>
    public double? TotalRatio { get; init; }
}
