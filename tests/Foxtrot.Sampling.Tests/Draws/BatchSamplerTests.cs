using Foxtrot.Sampling.Kernels;
using Foxtrot.Sampling.Tests.Kernels;

namespace Foxtrot.Sampling.Tests.Draws;

public class BatchSamplerTests
{
    /// <summary>One of everything: all fast paths, all stages, all draws.</summary>
    internal static readonly SamplingParams[] Requests =
    [
        new(),
        new() { Temperature = 0 },
        new() { Temperature = 0.7, TopK = 40, TopP = 0.95, MinP = 0.05 },
        new() { TopP = 0.9 },
        new() { TopP = 0.9, MinP = 0.01, Order = SamplerOrder.LlamaCpp, Temperature = 1.3 },
        new() { MinP = 0.05 },
        new() { MinP = 1e-6 },
        new() { TopK = 2000 },
        new() { TopK = 9000, TypicalP = 0.8 },
        new() { TopNSigma = 1, DynatempRange = 0.5 },
        new() { EpsilonCutoff = 1e-4, EtaCutoff = 1e-3 },
        new() { XtcProbability = 1, XtcThreshold = 0.001 },
        new() { Mirostat = 2, MirostatTau = 3 },
        new() { Draw = DrawMethod.Gumbel },
        new() { Draw = DrawMethod.Gumbel, TopK = 50, Temperature = 0.5 },
        new() { RepetitionPenalty = 1.2, FrequencyPenalty = 0.3, PresencePenalty = 0.1, NoRepeatNgramSize = 3, DryMultiplier = 0.8 },
        new() { TopP = 0.8, RepetitionPenalty = 1.5, Order = [SamplerStage.TopP, SamplerStage.Temperature, SamplerStage.RepetitionPenalty], Temperature = 0.9 },
    ];

    private const int Vocabulary = 20_011;
    private const int Steps = 3;

    private static float[] Row(int request, int step) => RowKernelsTests.RandomRow(100 * request + step, Vocabulary, spread: 0.5 + request % 4);

    private static RowSampler[] Samplers() =>
        Requests.Select((parameters, i) => new RowSampler(parameters, Vocabulary, (ulong)i * 977, i % 3, [1, 2, 3, 1, 2], [0], logprobs: 3)).ToArray();

    /// <summary>Draws of all requests over some steps, in this order of rows.</summary>
    private static TokenDraw[,] Run(BatchSampler batch, int[] order)
    {
        RowSampler[] samplers = Samplers();
        TokenDraw[,] all = new TokenDraw[Requests.Length, Steps];
        TokenDraw[] draws = new TokenDraw[order.Length];
        for (int step = 0; step < Steps; step++)
        {
            float[] logits = [.. order.SelectMany(request => Row(request, step))];
            batch.Sample(logits, Vocabulary, [.. order.Select(request => new SampleRow(samplers[request]))], draws);
            for (int i = 0; i < order.Length; i++)
            {
                all[order[i], step] = draws[i];
            }
        }

        return all;
    }

    private static int[] InOrder => [.. Enumerable.Range(0, Requests.Length)];

    [Fact]
    public void Tokens_and_probabilities_have_the_same_bits_for_every_register_width()
    {
        using BatchSampler scalar = new(1, RowKernelsTests.Scalar);
        TokenDraw[,] expected = Run(scalar, InOrder);
        foreach (RowKernels kernels in RowKernelsTests.Vectors)
        {
            using BatchSampler vector = new(1, kernels);

            Assert.Equal(expected, Run(vector, InOrder));
        }
    }

    [Fact]
    public void The_number_of_threads_and_the_order_of_rows_change_nothing()
    {
        using BatchSampler one = new();
        using BatchSampler three = new(maxThreads: 3);
        TokenDraw[,] expected = Run(one, InOrder);
        int[] shuffled = [.. InOrder];
        for (int round = 0; round < 10; round++)
        {
            new Random(round).Shuffle(shuffled);

            Assert.Equal(expected, Run(three, shuffled));
        }
    }

    [Fact]
    public void A_row_alone_gives_what_it_gives_in_a_batch()
    {
        using BatchSampler batch = new();
        TokenDraw[,] expected = Run(batch, InOrder);

        foreach (int request in InOrder)
        {
            TokenDraw[,] alone = Run(batch, [request]);
            for (int step = 0; step < Steps; step++)
            {
                Assert.Equal(expected[request, step], alone[request, step]);
            }
        }
    }

    [Fact]
    public void The_explanation_selects_the_token_that_is_drawn()
    {
        using BatchSampler batch = new();
        RowSampler[] samplers = Samplers();
        for (int request = 0; request < Requests.Length; request++)
        {
            float[] row = Row(request, 0);
            Explanation explanation = Explain.Row(row, samplers[request], Vocabulary);

            TokenDraw draw = Rows.Draw(batch, row, samplers[request]);

            Assert.Equal(draw.Token, explanation.SelectedToken);
            ExplainedToken selected = Assert.Single(explanation.Tokens, token => token.Selected);
            Assert.Equal(draw.Token, selected.Id);
            Assert.Null(selected.RemovedBy);
            Assert.Equal(1, explanation.Tokens.Sum(token => token.FinalProbability), 1e-6);
            Assert.Equal(1, explanation.Tokens.Sum(token => token.RawProbability), 1e-6);
            if (!double.IsNaN(draw.U))
            {
                Assert.Equal(draw.U, explanation.U);
                Assert.True(selected.Low <= draw.U && draw.U < selected.High);
                Assert.Equal(draw.Probability, selected.FinalProbability, 1e-9);
                Assert.Equal(draw.Probability, selected.High!.Value - selected.Low!.Value, 1e-9);
            }
        }
    }

    [Fact]
    public void Rows_may_be_scattered_over_the_logits()
    {
        using BatchSampler batch = new();
        RowSampler first = Rows.Sampler(new() { Temperature = 0 }, 3);
        RowSampler second = Rows.Sampler(new() { Temperature = 0 }, 3);
        TokenDraw[] draws = new TokenDraw[2];

        batch.Sample([9, 0, 0, 0, 9, 0, 0, 0, 9], 3, [2, 0], [new SampleRow(first), new SampleRow(second)], draws);

        Assert.Equal([2, 0], draws.Select(draw => draw.Token));
    }

    [Fact]
    public void Forced_tokens_advance_the_sampler_as_if_they_had_been_drawn()
    {
        using BatchSampler batch = new();
        for (int request = 0; request < Requests.Length; request++)
        {
            RowSampler drawn = Samplers()[request];
            RowSampler forced = Samplers()[request];
            for (int step = 0; step < Steps; step++)
            {
                int token = Rows.Draw(batch, Row(request, step), drawn).Token;

                Assert.Equal(token, Rows.Draw(batch, Row(request, step), forced, token).Token);

                Assert.Equal(drawn.Tokens.ToArray(), forced.Tokens.ToArray());
                Assert.Equal(drawn.Mu, forced.Mu);
                Assert.Equal(drawn.Logprobs!.Chosen, forced.Logprobs!.Chosen);
                Assert.Equal(drawn.Logprobs.Tokens.ToArray(), forced.Logprobs.Tokens.ToArray());
            }

            Assert.Equal(Rows.Draw(batch, Row(request, Steps), drawn), Rows.Draw(batch, Row(request, Steps), forced));
        }
    }

    [Fact]
    public void Logprobs_are_those_of_the_untouched_logits()
    {
        using BatchSampler batch = new();
        SamplingParams parameters = new() { Temperature = 0, LogitBias = new Dictionary<int, float> { [2] = 50 } };
        RowSampler sampler = Rows.Sampler(parameters, 5, logprobs: 3);

        Rows.Draw(batch, Rows.FromProbabilities(0.2, 0.3, 0.05, 0.2, 0.25), sampler);

        Assert.Equal(Math.Log(0.05), sampler.Logprobs!.Chosen, 1e-6);
        Assert.Equal([1, 4, 0], sampler.Logprobs.Tokens.ToArray());
        Rows.AssertDistribution([Math.Log(0.3), Math.Log(0.25), Math.Log(0.2)], sampler.Logprobs.Values.ToArray());
    }

    [Fact]
    public void Sampling_allocates_nothing()
    {
        using BatchSampler batch = new();
        RowSampler[] samplers = Requests.Select(parameters => new RowSampler(parameters, Vocabulary, 1, 0, [1, 2], [0], logprobs: 2, maxOutput: 200)).ToArray();
        SampleRow[] rows = [.. samplers.Select(sampler => new SampleRow(sampler))];
        TokenDraw[] draws = new TokenDraw[rows.Length];
        float[] source = [.. Requests.SelectMany((_, request) => Row(request, 0))];
        float[] logits = new float[source.Length];
        // The least of several windows: the runtime may itself allocate on this thread while it compiles hot methods anew.
        long least = long.MaxValue;
        for (int window = 0; window < 6; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int step = 0; step < 10; step++)
            {
                source.CopyTo(logits, 0);
                batch.Sample(logits, Vocabulary, rows, draws);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void Greedy_takes_the_lowest_id_among_the_largest()
    {
        using BatchSampler batch = new();
        float[] row = new float[2000];
        row[700] = row[701] = row[1999] = 3;

        TokenDraw draw = Rows.Draw(batch, row, Rows.Sampler(new() { Temperature = 0, Draw = DrawMethod.Gumbel, TopK = 5 }, 2000));

        Assert.Equal(new TokenDraw(700, double.NaN, 1), draw);
    }

    [Fact]
    public void Sizes_that_do_not_agree_are_refused_before_anything_is_drawn()
    {
        using BatchSampler batch = new();
        RowSampler sampler = Rows.Sampler(new(), 3);
        TokenDraw[] draws = new TokenDraw[2];
        float[] logits = new float[6];

        Assert.Throws<ArgumentException>(() => batch.Sample(logits, 3, [new SampleRow(sampler)], draws));
        Assert.Throws<ArgumentException>(() => batch.Sample(logits, 2, [new SampleRow(sampler)], draws));
        Assert.Throws<ArgumentException>(() => batch.Sample(logits, 3, [new SampleRow(sampler), new SampleRow(sampler)], draws));
        Assert.Throws<ArgumentException>(() => batch.Sample(logits, 3, [2], [new SampleRow(sampler)], draws));
        Assert.Throws<ArgumentException>(() => batch.Sample(logits.AsSpan(0, 3), 3, [new SampleRow(sampler, 3)], draws));
        Assert.Equal(0, sampler.Position);
    }
}
