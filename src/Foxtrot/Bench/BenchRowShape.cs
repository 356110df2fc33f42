namespace Foxtrot.Bench;

/// <summary>What the rows of a sampler benchmark look like.</summary>
public enum BenchRowShape
{
    /// <summary>Like a language model's: a Zipf head of 100 tokens with 95 % of the mass over a normal body. The default.</summary>
    Peaked,

    /// <summary>Nearly uniform: no threshold sets a few tokens apart, the worst case for top-p.</summary>
    Flat,
}
