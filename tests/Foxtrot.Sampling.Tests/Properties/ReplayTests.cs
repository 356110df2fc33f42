using CsCheck;

namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>A sequence rebuilt by forcing its known tokens goes on exactly as the one that drew them.</summary>
public sealed class ReplayTests
{
    [Fact]
    public void Forcing_the_tokens_that_were_drawn_leaves_the_same_state() =>
        new FixedCases(stream: 20).ForEach(Gen.Select(Scenario.Any, Gen.Int[1, 12]), 400, input =>
        {
            var (scenario, steps) = input;
            var drawn = scenario.Sampler(logprobs: 1);
            var forced = scenario.Sampler(logprobs: 1);
            for (var step = 0; step < steps; step++)
            {
                var logits = (scenario.Row with { Seed = scenario.Row.Seed + (ulong)step }).Logits();
                var token = One.Draw(drawn, logits).Token;
                Assert.Equal(token, One.Draw(forced, logits, forced: token).Token);
                Assert.Equal(drawn.Position, forced.Position);
                AssertSameLogprobs(drawn.Logprobs!, forced.Logprobs!);
            }

            AssertSameFuture(scenario, drawn, forced);
        });

    [Fact]
    public void Mirostat_follows_its_recurrence_over_drawn_tokens() =>
        new FixedCases(stream: 21).ForEach(Scenario.Mirostat, 300, scenario =>
        {
            var sampler = scenario.Sampler();
            var mu = 2 * scenario.Parameters.MirostatTau;
            for (var step = 0; step < 12; step++)
            {
                Assert.Equal(mu, sampler.Mu, 1e-4);
                var draw = One.Draw(sampler, (scenario.Row with { Seed = scenario.Row.Seed + (ulong)step }).Logits());
                mu = Oracle.OracleDraw.NextMu(mu, scenario.Parameters, draw.Probability);
            }
        });

    [Fact]
    public void A_prompt_that_repeats_a_generated_text_continues_it_alike() =>
        new FixedCases(stream: 22).ForEach(Scenario.Any, 300, scenario =>
        {
            // Only these stages tell output from prompt.
            var parameters = scenario.Parameters with { MinTokens = 0, FrequencyPenalty = 0, PresencePenalty = 0, Mirostat = 0 };
            var generated = scenario with { Parameters = parameters };
            var prompted = generated with { Prompt = [.. scenario.Prompt, .. scenario.Output], Output = [] };
            AssertSameFuture(scenario, generated.Sampler(), prompted.Sampler());
        });

    [Fact]
    public void Text_added_later_counts_as_if_it_had_been_in_the_prompt() =>
        new FixedCases(stream: 23).ForEach(Scenario.Any, 300, scenario =>
        {
            var whole = scenario with { Output = [] };
            var split = scenario.Prompt.Length / 2;
            var extended = (whole with { Prompt = scenario.Prompt[..split] }).Sampler();
            extended.Extend(scenario.Prompt.AsSpan(split));
            AssertSameFuture(scenario, whole.Sampler(), extended);
        });

    private static void AssertSameFuture(Scenario scenario, RowSampler first, RowSampler second)
    {
        for (ulong step = 100; step < 104; step++)
        {
            var logits = (scenario.Row with { Seed = scenario.Row.Seed + step }).Logits();
            Assert.Equal(One.Draw(first, logits), One.Draw(second, logits));
        }
    }

    private static void AssertSameLogprobs(TokenLogprobs first, TokenLogprobs second)
    {
        Assert.Equal(first.Chosen, second.Chosen);
        Assert.Equal(first.Tokens.ToArray(), second.Tokens.ToArray());
        Assert.Equal(first.Values.ToArray(), second.Values.ToArray());
    }
}
