namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>All stages in the request's order.</summary>
internal static class OracleChain
{
    public static IReadOnlyList<SamplerStage> Order(SamplingParams p) => p.Order ?? Enum.GetValues<SamplerStage>();

    public static OracleRow Run(OracleRow row, OracleContext context)
    {
        foreach (var stage in Order(context.Parameters))
        {
            row = OracleStages.Apply(stage, row, context, new OracleTolerance()).Row;
        }

        return row;
    }
}
