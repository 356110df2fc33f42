using Foxtrot.Contracts.Workers;

namespace Foxtrot.Cluster.Workers;

/// <summary>What one silo says of itself: its models and how busy they are. A gateway has none.</summary>
/// <param name="Silo">Who says it.</param>
/// <param name="Models">Its models.</param>
/// <param name="Draining">Whether it is about to leave and takes no new sessions.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.load_report")]
public sealed record LoadReport([property: Id(0)] SiloAddress Silo, [property: Id(1)] ModelLoad[] Models, [property: Id(2)] bool Draining);

/// <summary>How busy one model is on one silo.</summary>
/// <param name="Info">The model.</param>
/// <param name="Running">Sequences with a slot.</param>
/// <param name="Waiting">Sequences without one.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.model_load")]
public sealed record ModelLoad([property: Id(0)] ModelInfo Info, [property: Id(1)] int Running, [property: Id(2)] int Waiting)
{
    /// <summary>Whose sequences these are, and what the silo has done for each tenant: those that were active within the last minute.</summary>
    [Id(3)]
    public TenantLoad[] Tenants { get; init; } = [];

    /// <summary>Output tokens chosen, or replayed, since the model was opened there; never falls.</summary>
    [Id(4)]
    public long OutputTokens { get; init; }
}

/// <summary>What one model on one silo does for a tenant.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Service">Service divided by weight since the model was opened there; never falls.</param>
/// <param name="Running">Sequences with a slot.</param>
/// <param name="Waiting">Sequences without one.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.tenant_load")]
public sealed record TenantLoad([property: Id(0)] string Tenant, [property: Id(1)] double Service, [property: Id(2)] int Running, [property: Id(3)] int Waiting);
