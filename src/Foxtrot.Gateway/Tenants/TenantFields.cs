using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Fields;

namespace Foxtrot.Gateway.Tenants;

/// <summary>The fields of tenants: of the admin API, and of the tenants file.</summary>
internal static class TenantFields
{
    private const int LongestName = 100;
    private const int MostModels = 1000;

    private static readonly Shape<string> KeyName = new TextShape(0, LongestName);
    private static readonly Shape<int> Count = new IntegerShape(1);

    /// <summary>What a tenant may use at most.</summary>
    public static FieldTable<TenantLimits> Limits { get; } = new(
        Field.Of<TenantLimits, int>("requests_per_minute", Count, "Requests that generate, per minute.", (l, v) => l with { RequestsPerMinute = v }),
        Field.Of<TenantLimits, int>("tokens_per_minute", Count, "Prompt and generated tokens, per minute.", (l, v) => l with { TokensPerMinute = v }),
        Field.Of<TenantLimits, int>("concurrent_sequences", Count, "Sequences at once, running or waiting for a slot.", (l, v) => l with { ConcurrentSequences = v }),
        Field.Of<TenantLimits, int>("queue_length", new IntegerShape(0), "Of these, how many may wait for a slot.", (l, v) => l with { QueueLength = v }),
        Field.Of<TenantLimits, int>("max_tokens", Count, "The largest max_tokens of a request, and what one without it gets.", (l, v) => l with { MaxTokens = v }),
        Field.Of<TenantLimits, string[]>("models", new ListShape<string>(new TextShape(1, 256), 0, MostModels), "Names of the models that it may use; all without it.", (l, v) => l with { Models = v }),
        Field.Of<TenantLimits, double>("max_wait_seconds", new NumberShape(0.01, 3600), "A request that would wait longer for a slot is refused at once.", (l, v) => l with { MaxWaitSeconds = v }));

    /// <summary>What can be changed of a tenant.</summary>
    public static FieldTable<Tenant> Replace { get; } = new(
        Field.Of<Tenant, double>("weight", new NumberShape(0.01, 1000), "Its share of the hardware relative to others; 1 without it.", (t, v) => t with { Weight = v }),
        Field.Of<Tenant, TenantLimits>("limits", new ObjectShape<TenantLimits>(Limits, TenantLimits.None), "What it may use at most; a limit that is absent is none.", (t, v) => t with { Limits = v }));

    /// <summary>A new tenant.</summary>
    public static FieldTable<Tenant> Create { get; } = new(
    [
        Field.Of<Tenant, string>("id", new TenantIdShape(), "Its name in keys, metrics and the ledger.", (t, v) => t with { Id = v }) with { Required = true },
        .. Replace.Fields,
    ]);

    /// <summary>A new key.</summary>
    public static FieldTable<NewKey> Key { get; } = new(
        Field.Of<NewKey, string>("name", KeyName, "What its owner calls it.", (k, v) => k with { Name = v }),
        Field.Of<NewKey, DateTimeOffset>("expires", new TimeShape(), "From when on it is refused; never without it.", (k, v) => k with { Expires = v }));

    /// <summary>The tenants file.</summary>
    public static FieldTable<Tenant[]> File { get; } = new(
        Field.Of<Tenant[], Tenant[]>("tenants", new ListShape<Tenant>(new ObjectShape<Tenant>(FileTenant(), Empty), 0, TenantsAtMost), "The tenants.", (_, v) => v) with { Required = true });

    /// <summary>What a tenant without any field is read as.</summary>
    public static Tenant Empty => new() { Id = "" };

    private static int TenantsAtMost => 10_000;

    private static FieldTable<Tenant> FileTenant()
    {
        var key = new FieldTable<TenantKey>(
            Field.Of<TenantKey, string>("name", KeyName, "What its owner calls it.", (k, v) => k with { Name = v }),
            Field.Of<TenantKey, byte[]>("hash", new KeyHashShape(), "Its hash, as foxtrot key prints it.", (k, v) => k with { Hash = v, Id = ApiKey.IdOf(v) }) with { Required = true },
            Field.Of<TenantKey, DateTimeOffset>("expires", new TimeShape(), "From when on it is refused.", (k, v) => k with { Expires = v }));
        var keys = new ListShape<TenantKey>(new ObjectShape<TenantKey>(key, new TenantKey { Id = "", Hash = [] }), 0, 100);
        return new([.. Create.Fields, Field.Of<Tenant, TenantKey[]>("keys", keys, "Its API keys, as hashes.", (t, v) => t with { Keys = v })]);
    }
}

/// <summary>A key to be made.</summary>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Expires">From when on it is refused; null is never.</param>
internal sealed record NewKey(string Name, DateTimeOffset? Expires);
