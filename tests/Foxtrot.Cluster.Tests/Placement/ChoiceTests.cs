using CsCheck;
using Foxtrot.Cluster.Placement;

namespace Foxtrot.Cluster.Tests.Placement;

public sealed class ChoiceTests
{
    [Fact]
    public void Two_draws_are_of_two_candidates_and_every_ordered_pair_comes_up_once_for_every_pair_of_numbers() =>
        Gen.Int[2, 12].Sample(count =>
        {
            var pairs = new HashSet<(int, int)>();
            for (var first = 0; first < count; first++)
            {
                for (var second = 0; second < count - 1; second++)
                {
                    var numbers = new Queue<int>([first, second]);
                    pairs.Add(Choice.DrawTwo(count, _ => numbers.Dequeue()));
                }
            }

            return pairs.Count == count * (count - 1)
                && pairs.All(pair => pair.Item1 != pair.Item2 && pair.Item1 < count && pair.Item2 < count);
        });

    [Fact]
    public void The_less_loaded_is_preferred_whoever_is_local_and_equal_terms_favour_the_local_one() =>
        Gen.Select(Gen.Double[0, 10], Gen.Double[0, 10], Gen.Bool).Sample((first, second, local) =>
            Choice.PrefersSecond(first, second, local) == (second < first || (second == first && local))
            && Choice.PrefersSecond(first, first, true)
            && !Choice.PrefersSecond(first, first, false));

    [Fact]
    public void Ten_thousand_sessions_spread_over_ten_workers_to_within_a_hundredth()
    {
        var random = new Random(1);
        var loads = new double[10];
        for (var session = 0; session < 10_000; session++)
        {
            var (first, second) = Choice.DrawTwo(loads.Length, random.Next);
            loads[Choice.PrefersSecond(loads[first], loads[second], secondIsLocal: false) ? second : first]++;
        }

        Assert.InRange(loads.Min(), 990, 1000);
        Assert.InRange(loads.Max(), 1000, 1010);
    }
}
