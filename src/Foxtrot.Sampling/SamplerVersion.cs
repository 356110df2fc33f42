namespace Foxtrot.Sampling;

/// <summary>Which numeric definition of sampling this is.</summary>
public static class SamplerVersion
{
    /// <summary>
    /// Grows whenever the same logits, parameters, seed and position could give another token than before; part of every
    /// worker's fingerprint.
    /// </summary>
    public const int Current = 1;
}
