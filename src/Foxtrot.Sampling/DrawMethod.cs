namespace Foxtrot.Sampling;

/// <summary>How a token is chosen from the final distribution. Temperature 0 overrides it: arg max, no random number.</summary>
public enum DrawMethod
{
    /// <summary>One uniform number against cumulative probabilities in ascending token-id order. The default.</summary>
    InverseCdf,

    /// <summary>Arg max of logit + Gumbel noise, one noise number per token (Gumbel-max; Maddison et al. 2014, arXiv:1411.0030).</summary>
    Gumbel,
}
