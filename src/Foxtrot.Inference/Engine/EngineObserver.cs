namespace Foxtrot.Inference.Engine;

/// <summary>Hears of every step on the engine's thread; the default hears nothing. Must be quick.</summary>
public class EngineObserver
{
    /// <summary>A step has been done.</summary>
    public virtual void OnStep(in StepReport report)
    {
    }

    /// <summary>A pass has failed; the sequences in it have been finished as failed.</summary>
    public virtual void OnFailure(Exception exception)
    {
    }
}
