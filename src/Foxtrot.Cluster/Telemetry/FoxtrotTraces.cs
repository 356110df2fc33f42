using System.Diagnostics;

namespace Foxtrot.Cluster.Telemetry;

/// <summary>The source of all of Foxtrot's spans, and the attributes that they share.</summary>
/// <remarks>
/// A request that is not sampled makes none: spans begin only under one that is recorded. Never the text of a prompt or an output,
/// but where the gateway was told to.
/// </remarks>
public static class FoxtrotTraces
{
    /// <summary>The source's name.</summary>
    public const string Name = "Foxtrot";

    /// <summary>Attribute: the model's name, as the conventions for generative AI call it.</summary>
    public const string Model = "gen_ai.request.model";

    /// <summary>Attribute: what went wrong, in a word.</summary>
    public const string Error = "error.type";

    /// <summary>Makes the spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Starts a span under the current one and makes it the current one; null when what goes on is not recorded.</summary>
    public static Activity? Start(string name) => Activity.Current is { Recorded: true } ? Source.StartActivity(name) : null;
}
