namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>All stages in the request's order.</summary>
internal static class OracleChain
{
    public static IReadOnlyList<SamplerStage> Order(SamplingParams p) => p.Order ?? Enum.GetValues<SamplerStage>();

    public static OracleRow Run(OracleRow row, OracleContext context) => Run(row, context, out _);

    /// <param name="isDecided">False when a token lay at the very border of some stage, so that rounding may change the result.</param>
    public static OracleRow Run(OracleRow row, OracleContext context, out bool isDecided)
    {
        var decided = true;
        var result = Run(row, context, (outcome, after) =>
        {
            decided &= outcome.IsDecided;
            return after;
        });
        isDecided = decided;
        return result;
    }

    /// <param name="next">Told every stage's outcome and exact row; gives the row that the next stage receives.</param>
    public static OracleRow Run(OracleRow row, OracleContext context, Func<OracleOutcome, OracleRow, OracleRow> next)
    {
        foreach (var stage in Order(context.Parameters))
        {
            var outcome = OracleStages.Apply(stage, row, context, new OracleTolerance());
            row = next(outcome, outcome.Row);
        }

        return row;
    }
}
