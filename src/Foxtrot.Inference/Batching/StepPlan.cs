namespace Foxtrot.Inference.Batching;

/// <summary>What one step does about prompts.</summary>
public enum PrefillKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The next run of a sequence that is part of the way through its prompt: <see cref="StepChoices.Continued"/>.</summary>
    Continue,

    /// <summary>The waiting sequence whose turn it is gets a slot and feeds its first run.</summary>
    Admit,

    /// <summary>Waiting sequences get slots and feed their whole first runs in one right-padded pass.</summary>
    AdmitBatch,
}

/// <summary>One step: slots given up, at most one prefill pass, and every decode row by one token.</summary>
/// <param name="DecodeRows">Rows of the decode pass, without the preempted ones; 0 for none.</param>
/// <param name="Prefill">What the prefill pass does.</param>
/// <param name="Sequences">Sequences in the prefill pass; who gets slots is in <see cref="StepChoices.Admissions"/>.</param>
/// <param name="Width">Tokens per sequence in the prefill pass: the run's length, or the padded, even length of a batch.</param>
/// <param name="Preemptions">Sequences that give up their slots first: <see cref="StepChoices.Preemptions"/>.</param>
public readonly record struct StepPlan(int DecodeRows, PrefillKind Prefill, int Sequences, int Width, int Preemptions = 0)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => DecodeRows == 0 && Prefill == PrefillKind.None;
}
