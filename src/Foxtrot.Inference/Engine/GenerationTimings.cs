namespace Foxtrot.Inference.Engine;

/// <summary>When things happened to a generation, as time stamps of the engine's <see cref="TimeProvider"/>; 0 when not yet.</summary>
public sealed record GenerationTimings
{
    /// <summary>Handed to the engine.</summary>
    public long Submitted { get; internal set; }

    /// <summary>Given a slot.</summary>
    public long Admitted { get; internal set; }

    /// <summary>First output token chosen.</summary>
    public long FirstToken { get; internal set; }

    /// <summary>Ended.</summary>
    public long Finished { get; internal set; }
}
