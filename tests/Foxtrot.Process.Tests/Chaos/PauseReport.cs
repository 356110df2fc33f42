using System.Globalization;
using System.Text;

namespace Foxtrot.Process.Tests.Chaos;

/// <summary>How long streams stood still, by what was done to the cluster.</summary>
internal sealed class PauseReport
{
    /// <summary>A shorter pause may have had any cause: the machine is busy.</summary>
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(250);

    private readonly SortedDictionary<ChaosAction, List<TimeSpan>> _pauses = [];
    private readonly SortedDictionary<ChaosAction, int> _rounds = [];

    /// <summary>Pauses that were long enough to come from what was done.</summary>
    public int Interrupted => _pauses.Values.Sum(pauses => pauses.Count(pause => pause >= Noticeable));

    /// <summary>Takes a round's pauses.</summary>
    public void Add(ChaosOutcome outcome)
    {
        var action = outcome.Round.Action;
        _rounds[action] = _rounds.GetValueOrDefault(action) + 1;
        _pauses.TryAdd(action, []);
        _pauses[action].AddRange(outcome.Pauses);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var table = new StringBuilder("action           rounds  live  paused   p50 ms   p99 ms   max ms (of those paused 250 ms or more)");
        foreach (var (action, pauses) in _pauses)
        {
            var paused = pauses.Where(pause => pause >= Noticeable).Order().ToArray();
            table.AppendLine().Append(CultureInfo.InvariantCulture, $"{action,-16} {_rounds[action],6} {pauses.Count,5} {paused.Length,7}");
            foreach (var share in (double[])[0.5, 0.99, 1])
            {
                table.Append(CultureInfo.InvariantCulture, $" {(paused.Length == 0 ? 0 : paused[(int)Math.Ceiling(share * paused.Length) - 1].TotalMilliseconds),8:0}");
            }
        }

        return table.ToString();
    }
}
