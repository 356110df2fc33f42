namespace Foxtrot.Inference.Engine;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model chose an end token.</summary>
    EndToken,

    /// <summary>The request's monitor saw what it was waiting for, such as a stop string.</summary>
    StopString,

    /// <summary>The requested number of tokens or the context's end was reached.</summary>
    Length,

    /// <summary>The caller cancelled.</summary>
    Cancelled,

    /// <summary>The engine could not go on; the generation carries the error.</summary>
    Failed,
}
