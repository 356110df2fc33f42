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
public sealed record ModelLoad([property: Id(0)] ModelInfo Info, [property: Id(1)] int Running, [property: Id(2)] int Waiting);
