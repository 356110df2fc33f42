using Foxtrot.Gateway.Security;
using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Models;

namespace Foxtrot.Serving;

/// <summary>Everything that <c>foxtrot serve</c> can be told, validated. Nothing behind it reads configuration.</summary>
internal sealed record ServeOptions
{
    /// <summary>What this process does. Default: everything.</summary>
    public required ServeRole Role { get; init; }

    /// <summary>The models of a worker, each with another name; at least one.</summary>
    public required IReadOnlyList<ModelSource> Models { get; init; }

    /// <summary>Which ONNX file of each model's folder; null chooses.</summary>
    public string? OnnxFile { get; init; }

    /// <summary>Where the models run. Default: the CPU.</summary>
    public required Device Device { get; init; }

    /// <summary>Batching of each model: slots and context.</summary>
    public required EngineOptions Engine { get; init; }

    /// <summary>Loading of each model: threads and whether they spin.</summary>
    public required ModelLoadOptions Loading { get; init; }

    /// <summary>Sequences that may wait for a slot, per model. 0 to 1,000,000, default 256.</summary>
    public required int Queue { get; init; }

    /// <summary>
    /// Where HTTP is served. Default http://127.0.0.1:8080, of a worker any free port; empty where the configuration has endpoints for
    /// Kestrel (<c>Kestrel:Endpoints</c>), which then are the only ones.
    /// </summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Addresses beside <see cref="Urls"/> that answer <c>/metrics</c> without a key, each with a port. Default none.</summary>
    public IReadOnlyList<string> MetricsUrls { get; init; } = [];

    /// <summary>The file with tenants; null is none.</summary>
    public string? Tenants { get; init; }

    /// <summary>The key of the admin API; null is no admin API.</summary>
    public AdminKey? AdminKey { get; init; }

    /// <summary>Origins whose pages may call the API from a browser. Default none.</summary>
    public IReadOnlyList<string> Cors { get; init; } = [];

    /// <summary>Whether the silo collects what the Orleans dashboard shows, and a gateway serves it. Default false.</summary>
    public bool Ops { get; init; }

    /// <summary>How log records are written. Default text.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>Redis for membership and storage, in StackExchange.Redis's notation; null is a cluster of one process.</summary>
    public string? Redis { get; init; }

    /// <summary>Folder for the sessions of a cluster of one process.</summary>
    public required string Data { get; init; }

    /// <summary>How long a stop may take, in which running generations finish or move. 1 s to 1 h, default 30 s.</summary>
    public required TimeSpan Drain { get; init; }
}

/// <summary>A model to serve.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Folder">Laid out as on Hugging Face.</param>
internal sealed record ModelSource(string Name, string Folder);
