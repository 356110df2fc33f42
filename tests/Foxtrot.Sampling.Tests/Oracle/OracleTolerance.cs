namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>How near to a border single precision may decide either way.</summary>
internal sealed record OracleTolerance(double Relative = 5e-7, double Mass = 2e-6)
{
    /// <summary>Logits so far below the largest have a probability of less than 1e-26: their rounding shows nowhere.</summary>
    private const double Negligible = 60;

    /// <summary>A few units in the last place of the row's largest logit, and of 1.</summary>
    public double Logit(OracleRow row)
    {
        var max = row.Max();
        return Relative * (1 + row.Logits.Where(l => l > max - Negligible).Max(Math.Abs));
    }
}
