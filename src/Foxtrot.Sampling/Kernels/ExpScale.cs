using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Kernels;

/// <summary>How one row's logits become weights: weight = exp(logit / T), divided by a power of two near the largest.</summary>
/// <remarks>
/// A weight is 2^(d·c) · 2^−B with d = logit − origin and c = log2(e) / T held in two floats. The exponent's whole part
/// goes into the result's exponent bits, a polynomial of degree 6 gives the rest: relative error below 1.5e-7.
/// A weight below 2^−126 of the largest is exactly 0. The operations, their order and their rounding are fixed, so all
/// vector widths give the same bits.
/// </remarks>
internal readonly struct ExpScale
{
    /// <summary>1.5 · 2^23: adding it rounds to a whole number, to even on ties, which then stands in the low bits.</summary>
    public const float Rounder = 12582912f;

    // Minimax polynomial of 2^r on [−0.5, 0.5], relative error 2.6e-9 before rounding.
    public const float C1 = 0.69314724f;
    public const float C2 = 0.24022652f;
    public const float C3 = 0.055503104f;
    public const float C4 = 0.009617693f;
    public const float C5 = 0.0013406643f;
    public const float C6 = 0.00015594678f;

    /// <summary>Subtracted from every logit; 0 unless logits are so large for their temperature that precision asks for the maximum.</summary>
    public readonly float Origin;

    /// <summary>The upper part of log2(e) / T.</summary>
    public readonly float SlopeHigh;

    /// <summary>What <see cref="SlopeHigh"/> lost in rounding.</summary>
    public readonly float SlopeLow;

    /// <summary>Smallest distance from the origin that is distinguished; smaller ones (and −∞) have weight 0.</summary>
    public readonly float Floor;

    /// <summary>127 − B.</summary>
    public readonly int ExponentBias;

    private readonly double _inverseTemperature;

    /// <summary>A scale for rows with this largest logit (finite).</summary>
    public ExpScale(float max, double inverseTemperature)
    {
        _inverseTemperature = inverseTemperature;
        double slope = PortableMath.Log2E * inverseTemperature;
        SlopeHigh = (float)slope;
        SlopeLow = (float)(slope - SlopeHigh);
        Origin = Math.Abs(max * slope) <= 1 << 18 ? 0 : max;
        int wholePart = (int)Math.Round((max - Origin) * slope);
        ExponentBias = 127 - wholePart;
        Floor = (float)Math.Max((wholePart - 126.75) / slope, float.MinValue);
    }

    /// <summary>The weight of one logit, with the bits that every vector width gives.</summary>
    public float Weight(float logit) =>
        RowKernels<WidthScalar, float, double>.Weight(logit, new ExpLanes<WidthScalar, float, double>(this));

    /// <summary>ln Σ exp(logit / T), from the sum of the weights.</summary>
    public double LogOfSum(double weights) =>
        PortableMath.Log(weights) + (127 - ExponentBias) * PortableMath.Ln2 + Origin * _inverseTemperature;
}
