using CsCheck;
using Foxtrot.Inference.Batching;

namespace Foxtrot.Inference.Tests.Batching;

/// <summary>How much time may be lost to passes that are stopped for newcomers.</summary>
public sealed class InterruptionBudgetTests
{
    private const long Memory = 1000;
    private const long Least = 10;

    [Fact]
    public void No_more_is_lost_than_the_share_of_what_was_done_and_of_the_memory() =>
        Gen.Select(Gen.Double[0, 0.5], Gen.Select(Gen.Bool, Gen.Long[0, 3 * Memory], Gen.Long[0, 3 * Memory]).Array[1, 200])
            .Sample((share, passes) =>
            {
                var budget = new InterruptionBudget(share, Memory, Least);
                var (done, lost) = (new long[passes.Length + 1], new long[passes.Length + 1]);
                for (var i = 0; i < passes.Length; i++)
                {
                    var (isStopped, elapsed, expected) = passes[i];
                    isStopped = isStopped && budget.TrySpend(elapsed, expected);
                    if (!isStopped)
                    {
                        budget.Earn(elapsed);
                    }

                    done[i + 1] = done[i] + (isStopped ? 0 : elapsed);
                    lost[i + 1] = lost[i] + (isStopped ? elapsed : 0);
                    for (var from = 0; from <= i; from++)
                    {
                        var most = share * (Memory + done[i + 1] - done[from]);
                        Assert.True(lost[i + 1] - lost[from] <= most + 1e-6, $"{lost[i + 1] - lost[from]} were lost, more than {most}");
                    }
                }
            });

    [Theory]
    [InlineData(0, 100, true)]
    [InlineData(50, 100, true)]
    [InlineData(51, 100, false)]
    [InlineData(0, 9, false)]
    [InlineData(0, 0, false)]
    [InlineData(120, 100, false)]
    public void A_pass_is_stopped_only_while_enough_of_it_is_still_to_do(long elapsed, long expected, bool stopped)
    {
        var budget = new InterruptionBudget(1, Memory, Least);
        budget.Earn(Memory);
        Assert.Equal(stopped, budget.TrySpend(elapsed, expected));
    }

    [Fact]
    public void Without_a_share_nothing_that_has_begun_is_ever_stopped()
    {
        var budget = new InterruptionBudget(0, Memory, Least);
        budget.Earn(Memory);
        Assert.False(budget.TrySpend(1, 100));
    }
}
