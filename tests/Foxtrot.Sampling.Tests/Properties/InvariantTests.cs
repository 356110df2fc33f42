using CsCheck;

namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>What holds for every row and every set of parameters, oracle or not.</summary>
public sealed class InvariantTests
{
    /// <summary>Stages that never remove a token while they keep a less likely one.</summary>
    private static readonly SamplerStage[] Monotone =
    [
        SamplerStage.TopNSigma, SamplerStage.TopK, SamplerStage.TopP, SamplerStage.MinP,
        SamplerStage.EpsilonCutoff, SamplerStage.EtaCutoff, SamplerStage.Mirostat,
    ];

    /// <summary>
    /// Stages for which a second pass finds nothing to do. Not so: top-p, typical-p and XTC (probabilities grow when the rest
    /// is renormalised), top-n-sigma (the deviation shrinks), eta (the entropy falls), mirostat (mu moves).
    /// </summary>
    public static TheoryData<SamplerStage> Idempotent => [SamplerStage.TopK, SamplerStage.MinP, SamplerStage.EpsilonCutoff];

    [Fact]
    public void Probabilities_after_every_stage_sum_to_1_and_somebody_survives() =>
        new FixedCases(stream: 30).ForEach(Scenario.Any, 500, scenario =>
        {
            var explanation = Explained(scenario);
            for (var stage = 0; stage < explanation.Stages.Count; stage++)
            {
                Assert.Equal(1, explanation.Tokens.Sum(t => t.ProbabilityAfterStage[stage]), 1e-6);
                Assert.InRange(explanation.Stages[stage].Candidates, 1, scenario.Row.Vocabulary);
            }
        });

    [Fact]
    public void Intervals_cover_0_to_1_without_gaps_and_u_lies_in_the_selected_one() =>
        new FixedCases(stream: 31).ForEach(Scenario.Any, 500, scenario =>
        {
            var explanation = Explained(scenario);
            var end = 0.0;
            foreach (var token in explanation.Tokens.Where(t => t.Low is not null).OrderBy(t => t.Id))
            {
                if (token.Low != end || token.High < token.Low || token.High > 1)
                {
                    Assert.Fail($"token {token.Id} has the interval [{token.Low:R}, {token.High:R}) where {end:R} was reached");
                }

                end = token.High!.Value;
            }

            Assert.Equal(1, end, 1e-9);
            var selected = Assert.Single(explanation.Tokens, t => t.Selected);
            Assert.Equal(explanation.SelectedToken, selected.Id);
            Assert.InRange(explanation.U!.Value, selected.Low!.Value, Math.BitDecrement(selected.High!.Value));
        });

    [Fact]
    public void An_explanation_tells_what_the_draw_then_does() =>
        new FixedCases(stream: 32).ForEach(Gen.Select(Scenario.Any, Gen.Enum<DrawMethod>()), 500, input =>
        {
            var scenario = input.Item1 with { Parameters = input.Item1.Parameters with { Draw = input.Item2 } };
            var sampler = scenario.Sampler();
            var logits = scenario.Row.Logits();
            var explanation = Explain.Row(logits, sampler, top: 3);
            var draw = One.Draw(sampler, logits);
            Assert.Equal(explanation.SelectedToken, draw.Token);
            Assert.Equal(explanation.U ?? double.NaN, draw.U);
        });

    [Fact]
    public void Truncation_keeps_the_order_of_the_logits() =>
        new FixedCases(stream: 33).ForEach(Scenario.Any, 500, scenario =>
        {
            var parameters = scenario.Parameters with { Order = Monotone };
            var explanation = Explained(scenario with { Parameters = parameters });
            var survivors = explanation.Tokens.Where(t => t.RemovedBy is null && float.IsFinite(t.RawLogit)).ToArray();
            var weakest = survivors.Min(t => t.RawLogit);
            Assert.All(explanation.Tokens.Where(t => t.RemovedBy is not null), t => Assert.True(t.RawLogit <= weakest));
        });

    [Theory]
    [MemberData(nameof(Idempotent))]
    public void A_second_pass_of_an_idempotent_stage_changes_nothing(SamplerStage stage) =>
        new FixedCases(stream: 40 + (uint)stage).ForEach(Scenario.Any, 300, scenario =>
        {
            var parameters = new SamplingParams { TopK = 5, MinP = 0.2, EpsilonCutoff = 0.02, Order = [stage] };
            if (parameters.TopK > scenario.Row.Vocabulary)
            {
                return;
            }

            var once = scenario with { Parameters = parameters };
            var logits = scenario.Row.Logits();
            var first = Explain.Row(logits, once.Sampler(), top: logits.Length);
            foreach (var token in first.Tokens.Where(t => t.RemovedBy is not null))
            {
                logits[token.Id] = float.NegativeInfinity;
            }

            var second = Explain.Row(logits, once.Sampler(), top: logits.Length);
            var gone = second.Tokens.Where(t => t.RemovedBy == stage).Select(t => t.Id);
            Assert.True(!gone.Any(), $"the second pass removed {string.Join(", ", gone)}");
        });

    private static Explanation Explained(Scenario scenario) =>
        Explain.Row(scenario.Row.Logits(), scenario.Sampler(), top: scenario.Row.Vocabulary);
}
