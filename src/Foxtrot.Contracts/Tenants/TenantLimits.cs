namespace Foxtrot.Contracts.Tenants;

/// <summary>What a tenant may use at most, over the whole cluster; null is no limit.</summary>
/// <remarks>Append-only contract.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.tenant_limits")]
public sealed record TenantLimits
{
    /// <summary>No limits.</summary>
    public static TenantLimits None { get; } = new();

    /// <summary>Requests that generate, per minute; at least 1.</summary>
    [Id(0)]
    public int? RequestsPerMinute { get; init; }

    /// <summary>Prompt and generated tokens, per minute; at least 1.</summary>
    [Id(1)]
    public long? TokensPerMinute { get; init; }

    /// <summary>Sequences on the workers at once, running or waiting for a slot; at least 1.</summary>
    [Id(2)]
    public int? ConcurrentSequences { get; init; }

    /// <summary>Of these, how many may wait for a slot; at least 0.</summary>
    [Id(3)]
    public int? QueueLength { get; init; }

    /// <summary>The largest max_tokens of a request; at least 1. A request without one gets this much.</summary>
    [Id(4)]
    public int? MaxTokens { get; init; }

    /// <summary>Names of the models that it may use; null is all.</summary>
    [Id(5)]
    public string[]? Models { get; init; }

    /// <summary>A request whose predicted wait for a slot is longer is refused at once: 0.01 to 3,600 seconds.</summary>
    [Id(6)]
    public double? MaxWaitSeconds { get; init; }
}
