using CsCheck;
using Foxtrot.Sampling.Tests.Oracle;

namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>Recorded log-probabilities are those of the untouched row, whatever the stages make of it.</summary>
public sealed class LogprobsTests
{
    [Fact]
    public void Logprobs_are_the_log_softmax_of_the_raw_row_best_first() =>
        new FixedCases(stream: 50).ForEach(Gen.Select(Scenario.Any, Gen.Int[0, 40]), 500, input =>
        {
            var (scenario, wanted) = input;
            var top = Math.Min(wanted, scenario.Row.Vocabulary);
            var sampler = scenario.Sampler(logprobs: top);
            var row = OracleRow.From(scenario.Row.Logits());
            var draw = One.Draw(sampler, scenario.Row.Logits());

            var max = row.Max();
            var logSum = max + Math.Log(row.Logits.Sum(l => Math.Exp(l - max)));
            Assert.Equal(row.Logits[draw.Token] - logSum, sampler.Logprobs!.Chosen, 1e-5);
            var expected = row.Possible().OrderByDescending(token => row.Logits[token]).ThenBy(token => token).Take(top).ToArray();
            Assert.Equal(expected, sampler.Logprobs.Tokens.ToArray());
            Assert.Equal(expected.Select(token => row.Logits[token] - logSum), sampler.Logprobs.Values.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
        });
}
