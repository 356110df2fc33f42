namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>Stages that move the logits of single tokens.</summary>
internal static class OraclePenalties
{
    public static OracleRow LogitBias(OracleRow row, OracleContext context) =>
        row.Edited((token, l) => l + context.Parameters.LogitBias.GetValueOrDefault(token));

    /// <summary>Tokens of prompt and output, however often they occur: l / r when positive, l · r otherwise.</summary>
    public static OracleRow Repetition(OracleRow row, OracleContext context)
    {
        var r = context.Parameters.RepetitionPenalty;
        var seen = context.History.ToHashSet();
        return row.Edited((token, l) => !seen.Contains(token) ? l : l > 0 ? l / r : l * r);
    }

    /// <summary>Output tokens only: l − frequency · count − presence.</summary>
    public static OracleRow FrequencyPresence(OracleRow row, OracleContext context)
    {
        var p = context.Parameters;
        var counts = context.Output.CountBy(token => token).ToDictionary();
        return row.Edited((token, l) => counts.TryGetValue(token, out var count)
            ? l - (p.FrequencyPenalty * count) - p.PresencePenalty
            : l);
    }
}
