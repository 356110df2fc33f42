using Foxtrot.Contracts;

namespace Foxtrot.Client;

/// <summary>A request was refused, or its generation failed; <see cref="Refusal"/> says why.</summary>
public sealed class FoxtrotException : Exception
{
    /// <summary>An exception for a refusal.</summary>
    public FoxtrotException(Refusal refusal, Exception? inner = null)
        : base(refusal.Message, inner) => Refusal = refusal;

    /// <summary>Why.</summary>
    public Refusal Refusal { get; }
}
