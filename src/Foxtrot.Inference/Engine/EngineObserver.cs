namespace Foxtrot.Inference.Engine;

/// <summary>Hears of every step on the engine's thread; the default hears nothing. Must be quick.</summary>
public class EngineObserver
{
    /// <summary>Whether steps are to say how long the parts of sampling took; asked before each step.</summary>
    public virtual bool MeasuresSampling => false;

    /// <summary>A step has been done.</summary>
    public virtual void OnStep(in StepReport report)
    {
    }

    /// <summary>Prompts have given first tokens, and the step's decode pass is still to come: who waits for them can have them now.</summary>
    public virtual void OnFirstTokens()
    {
    }

    /// <summary>A generation has got a slot for the first time.</summary>
    public virtual void OnAdmitted(Generation generation)
    {
    }

    /// <summary>A generation has chosen the first output token of its turn; never when it was resumed.</summary>
    public virtual void OnFirstToken(Generation generation)
    {
    }

    /// <summary>A generation has chosen another token.</summary>
    /// <param name="generation">Which.</param>
    /// <param name="interval">Since the one before, in time stamps of the engine's clock.</param>
    public virtual void OnNextToken(Generation generation, long interval)
    {
    }

    /// <summary>A pass has failed; the sequences in it have been finished as failed.</summary>
    public virtual void OnFailure(Exception exception)
    {
    }
}
