namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>Maps a stage and its parameters to the definition; a stage that is off leaves the row as it is.</summary>
internal static class OracleStages
{
    public static OracleOutcome Apply(SamplerStage stage, OracleRow row, OracleContext context, OracleTolerance tolerance)
    {
        var p = context.Parameters;
        return stage switch
        {
            _ when row.Possible().Length == 0 => OracleOutcome.Exact(row),
            SamplerStage.AllowedTokenIds => OracleOutcome.Exact(OracleMasks.AllowedTokenIds(row, context)),
            SamplerStage.BadWords => OracleOutcome.Exact(OracleMasks.BadWords(row, context)),
            SamplerStage.MinTokens => OracleOutcome.Exact(OracleMasks.MinTokens(row, context)),
            SamplerStage.LogitBias => OracleOutcome.Exact(OraclePenalties.LogitBias(row, context)),
            SamplerStage.RepetitionPenalty => OracleOutcome.Exact(OraclePenalties.Repetition(row, context)),
            SamplerStage.FrequencyPresencePenalty => OracleOutcome.Exact(OraclePenalties.FrequencyPresence(row, context)),
            SamplerStage.NoRepeatNgram => OracleOutcome.Exact(OracleMasks.NoRepeatNgram(row, context)),
            SamplerStage.Dry => OracleOutcome.Exact(OracleDry.Apply(row, context)),
            SamplerStage.Temperature => OracleOutcome.Exact(OracleTemperature.Apply(row, context)),
            SamplerStage.Mirostat when p.Mirostat == 2 => OracleTruncation.Mirostat(row, context.Mu, tolerance),
            _ when p.Mirostat == 2 && OracleChain.Order(p).Contains(SamplerStage.Mirostat) => OracleOutcome.Exact(row),
            SamplerStage.TopNSigma when p.TopNSigma > 0 => OracleTruncation.TopNSigma(row, p.TopNSigma, tolerance),
            SamplerStage.TopK when p.TopK > 0 => OracleTruncation.TopK(row, p.TopK, tolerance),
            SamplerStage.TypicalP when p.TypicalP < 1 => OracleTruncation.TypicalP(row, p.TypicalP, tolerance),
            SamplerStage.TopP when p.TopP < 1 => OracleTruncation.TopP(row, p.TopP, tolerance),
            SamplerStage.MinP when p.MinP > 0 => OracleTruncation.MinP(row, p.MinP, tolerance),
            SamplerStage.EpsilonCutoff when p.EpsilonCutoff > 0 => OracleTruncation.EpsilonCutoff(row, p.EpsilonCutoff, tolerance),
            SamplerStage.EtaCutoff when p.EtaCutoff > 0 => OracleTruncation.EtaCutoff(row, p.EtaCutoff, tolerance),
            SamplerStage.Xtc when p.XtcProbability > 0 => OracleTruncation.Xtc(row, p.XtcProbability, p.XtcThreshold, context.XtcCoin, tolerance),
            _ => OracleOutcome.Exact(row),
        };
    }
}
