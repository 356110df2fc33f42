namespace Foxtrot.Cluster.Placement;

/// <summary>The choice between workers that are all able, as pure functions.</summary>
/// <remarks>
/// Source: Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001. Looking at two workers drawn at random is nearly
/// as good as looking at all, and does not send everybody to the same one while the reports of its load are under way.
/// </remarks>
internal static class Choice
{
    /// <summary>Draws two of a number of candidates, each pair in each order equally likely.</summary>
    /// <param name="count">How many there are, at least 2.</param>
    /// <param name="below">A uniform integer from 0 to its argument, exclusive.</param>
    public static (int First, int Second) DrawTwo(int count, Func<int, int> below)
    {
        var first = below(count);
        var second = below(count - 1);
        return (first, second >= first ? second + 1 : second);
    }

    /// <summary>Whether the second of two is to be preferred: it is less loaded, or equally loaded and local.</summary>
    public static bool PrefersSecond(double firstLoad, double secondLoad, bool secondIsLocal) =>
        secondLoad < firstLoad || (secondIsLocal && secondLoad.Equals(firstLoad));
}
