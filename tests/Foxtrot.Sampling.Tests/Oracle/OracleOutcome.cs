namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>What a stage does to a row when numbers are exact, and what single precision may do instead.</summary>
/// <param name="Row">The row after the stage.</param>
/// <param name="MustSurvive">Tokens that survive however the last bits are rounded.</param>
/// <param name="MaySurvive">Tokens that survive for some rounding: those that must, and those at the very border.</param>
internal sealed record OracleOutcome(OracleRow Row, bool[] MustSurvive, bool[] MaySurvive)
{
    /// <summary>No token is near a border: the set of survivors is beyond doubt.</summary>
    public bool IsDecided => MustSurvive.AsSpan().SequenceEqual(MaySurvive);

    /// <summary>A stage that depends on no threshold.</summary>
    public static OracleOutcome Exact(OracleRow row)
    {
        var possible = Enumerable.Range(0, row.Vocabulary).Select(row.IsPossible).ToArray();
        return new OracleOutcome(row, possible, possible);
    }
}
