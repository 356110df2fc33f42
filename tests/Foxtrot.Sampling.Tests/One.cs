namespace Foxtrot.Sampling.Tests;

/// <summary>A batch of one row, for tests in which the batch is not the point.</summary>
internal static class One
{
    /// <summary>Draws, or replays <paramref name="forced"/>, from a copy of the row.</summary>
    public static TokenDraw Draw(RowSampler sampler, ReadOnlySpan<float> logits, int forced = -1)
    {
        using var batch = new BatchSampler();
        var draws = new TokenDraw[1];
        batch.Sample(logits.ToArray(), logits.Length, [new SampleRow(sampler, forced)], draws);
        return draws[0];
    }
}
