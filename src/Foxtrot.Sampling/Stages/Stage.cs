using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>One active stage of a request: it edits logits or narrows the candidates.</summary>
/// <remarks>Immutable; what changes from step to step arrives in the context.</remarks>
internal abstract class Stage
{
    /// <summary>Which stage this is.</summary>
    public abstract SamplerStage Name { get; }

    /// <summary>True when the stage writes single logits of the row and so needs earlier cuts written into it.</summary>
    public virtual bool EditsLogits => false;

    /// <summary>Does the stage's work.</summary>
    /// <returns>The value to show for this step: the parameter, or what it came to (temperature, mu, entropy-dependent limits).</returns>
    public abstract double Apply(ref CandidateRow row, in StepContext context);
}
