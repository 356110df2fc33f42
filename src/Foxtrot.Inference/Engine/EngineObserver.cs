namespace Foxtrot.Inference.Engine;

/// <summary>Hears of every step on the engine's thread; the default hears nothing. Must be quick.</summary>
public class EngineObserver
{
    /// <summary>A step has been done.</summary>
    public virtual void OnStep(in StepReport report)
    {
    }

    /// <summary>Prompts have given first tokens, and the step's decode pass is still to come: who waits for them can have them now.</summary>
    public virtual void OnFirstTokens()
    {
    }

    /// <summary>A pass has failed; the sequences in it have been finished as failed.</summary>
    public virtual void OnFailure(Exception exception)
    {
    }
}
