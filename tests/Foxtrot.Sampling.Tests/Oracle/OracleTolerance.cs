namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>How near to a border single precision may decide either way.</summary>
internal sealed record OracleTolerance(double Relative = 5e-7, double Mass = 2e-6)
{
    /// <summary>A few units in the last place of the row's largest logit, and of 1.</summary>
    public double Logit(OracleRow row) => Relative * (1 + row.Logits.Where(double.IsFinite).Max(Math.Abs));
}
