using System.Diagnostics;
using Foxtrot.Inference.Batching;
using Foxtrot.Inference.Engine;

namespace Foxtrot.Bench;

/// <summary>Times an engine from outside its steps: from the end of one step to the end of the next, everything included.</summary>
internal sealed class StepClock : EngineObserver
{
    private readonly List<double> _decode = new(4096);
    private readonly List<double> _prefill = new(4096);
    private long _last;
    private int _rows;

    /// <summary>Starts anew, counting decode steps of a number of rows.</summary>
    public void Restart(int rows)
    {
        lock (_decode)
        {
            _decode.Clear();
            _prefill.Clear();
            _rows = rows;
            _last = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Seconds of each step that decoded all rows and did nothing else.</summary>
    public double[] DecodeSeconds()
    {
        lock (_decode)
        {
            return [.. _decode];
        }
    }

    /// <summary>Seconds of each step that fed prompt tokens.</summary>
    public double[] PrefillSeconds()
    {
        lock (_decode)
        {
            return [.. _prefill];
        }
    }

    /// <inheritdoc/>
    public override void OnStep(in StepReport report)
    {
        lock (_decode)
        {
            var now = Stopwatch.GetTimestamp();
            var seconds = Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
            _last = now;
            if (report.Plan.Prefill != PrefillKind.None)
            {
                _prefill.Add(seconds);
            }
            else if (report.Plan.DecodeRows == _rows)
            {
                _decode.Add(seconds);
            }
        }
    }
}
