namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>All stages in the request's order.</summary>
internal static class OracleChain
{
    public static IReadOnlyList<SamplerStage> Order(SamplingParams p) => p.Order ?? Enum.GetValues<SamplerStage>();

    public static OracleRow Run(OracleRow row, OracleContext context) => Run(row, context, out _);

    /// <param name="isDecided">False when a token lay at the very border of some stage, so that rounding may change the result.</param>
    public static OracleRow Run(OracleRow row, OracleContext context, out bool isDecided)
    {
        isDecided = true;
        foreach (var stage in Order(context.Parameters))
        {
            var outcome = OracleStages.Apply(stage, row, context, new OracleTolerance());
            isDecided &= outcome.IsDecided;
            row = outcome.Row;
        }

        return row;
    }
}
