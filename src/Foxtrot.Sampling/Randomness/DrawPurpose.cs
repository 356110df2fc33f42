namespace Foxtrot.Sampling;

/// <summary>What a random number is for. No two purposes ever share a number.</summary>
/// <remarks>The numbers are part of what a stored seed means: they never change and are never used again.</remarks>
public enum DrawPurpose : uint
{
    /// <summary>The uniform number that chooses a token.</summary>
    Token = 0,

    /// <summary>The coin that decides whether XTC applies.</summary>
    Xtc = 1,

    /// <summary>Gumbel noise, one number per token.</summary>
    Gumbel = 2,

    /// <summary>Acceptance of a speculated token.</summary>
    SpeculativeAcceptance = 3,
}
