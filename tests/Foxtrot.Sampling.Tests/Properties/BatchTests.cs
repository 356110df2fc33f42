using CsCheck;

namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>What else is in the batch never shows: not its size, its order, nor the number of threads.</summary>
public sealed class BatchTests
{
    private static readonly Gen<Scenario[]> Batches = Gen.Frequency((4, Gen.Int[1, 60]), (1, Gen.Int[1000, 3000]))
        .SelectMany(vocabulary => Scenario.Over(vocabulary).Array[2, 12]);

    [Fact]
    public void A_row_gives_the_same_bits_in_a_batch_as_alone() => new FixedCases(stream: 10).ForEach(Batches, 300, batch =>
    {
        var alone = batch.Select(s => Sample([s], threads: 1)[0]).ToArray();
        Assert.Equal(alone, Sample(batch, threads: 1));
    });

    [Fact]
    public void The_number_of_threads_changes_no_bit() => new FixedCases(stream: 11).ForEach(Batches, 100, batch =>
    {
        var one = Sample(batch, threads: 1);
        Assert.Equal(one, Sample(batch, threads: 2));
        Assert.Equal(one, Sample(batch, threads: 5));
    });

    [Fact]
    public void Permuting_the_batch_permutes_the_results() =>
        new FixedCases(stream: 12).ForEach(Gen.Select(Batches, Gen.ULong), 300, input =>
        {
            var (batch, seed) = input;
            var random = new RowNumbers(seed);
            var order = Enumerable.Range(0, batch.Length).OrderBy(_ => random.Next()).ToArray();
            var straight = Sample(batch, threads: 1);
            var permuted = Sample([.. order.Select(i => batch[i])], threads: 1);
            Assert.Equal([.. order.Select(i => straight[i])], permuted);
        });

    [Fact]
    public void A_large_batch_over_many_threads_gives_the_same_bits_as_its_rows_alone()
    {
        // Enough work per row that a sampler spreads it, whatever it takes for worthwhile.
        var batch = new FixedCases(stream: 13).Take(Scenario.Over(20_000), 64).ToArray();
        var alone = batch.Select(s => Sample([s], threads: 1)[0]).ToArray();
        Assert.Equal(alone, Sample(batch, threads: 4));
    }

    [Fact]
    public void Sampling_again_from_the_same_seed_and_position_gives_the_same_bits() =>
        new FixedCases(stream: 14).ForEach(Scenario.Any, 500, scenario =>
            Assert.Equal(One.Draw(scenario.Sampler(), scenario.Row.Logits()), One.Draw(scenario.Sampler(), scenario.Row.Logits())));

    private static TokenDraw[] Sample(Scenario[] batch, int threads)
    {
        using var sampler = new BatchSampler(threads);
        var vocabulary = batch[0].Row.Vocabulary;
        var logits = batch.SelectMany(s => s.Row.Logits()).ToArray();
        var draws = new TokenDraw[batch.Length];
        sampler.Sample(logits, vocabulary, [.. batch.Select(s => new SampleRow(s.Sampler()))], draws);
        return draws;
    }
}
