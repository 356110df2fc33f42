using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Foxtrot.Process.Tests.Streams;

/// <summary>Everything that a client was told by one stream, and when.</summary>
/// <remarks>One writer; any thread may wait.</remarks>
/// <param name="name">What messages call it.</param>
internal sealed class StreamRecord(string name)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, ChoiceRecord> _choices = [];
    private readonly List<long> _arrivals = [];
    private readonly List<(Func<StreamRecord, bool> Condition, TaskCompletionSource Reached)> _waiting = [];

    /// <summary>What messages call it.</summary>
    public string Name { get; } = name;

    /// <summary>The usage as the server wrote it; null before it came.</summary>
    public string? Usage { get; set; }

    /// <summary>Whether the stream has ended, by itself or not.</summary>
    public bool Ended { get; private set; }

    /// <summary>Why it broke off; null when it did not.</summary>
    public Exception? Broken { get; private set; }

    /// <summary>How often the client had to connect again.</summary>
    public int Reconnections { get; set; }

    /// <summary>Output tokens so far, over all choices.</summary>
    public int Tokens { get; private set; }

    /// <summary>One of the stream's choices.</summary>
    public ChoiceRecord Choice(int index)
    {
        lock (_gate)
        {
            return _choices.TryGetValue(index, out var choice) ? choice : _choices[index] = new ChoiceRecord();
        }
    }

    /// <summary>Takes note that something arrived now.</summary>
    /// <param name="tokens">How many output tokens it brought.</param>
    public void Arrived(int tokens)
    {
        lock (_gate)
        {
            Tokens += tokens;
            _arrivals.Add(Stopwatch.GetTimestamp());
        }

        Release();
    }

    /// <summary>Takes note that nothing more will come.</summary>
    public void End(Exception? broken)
    {
        lock (_gate)
        {
            Broken = broken;
            Ended = true;
        }

        Release();
    }

    /// <summary>Completes when so many tokens have come, or the stream has ended before.</summary>
    public Task Reached(int tokens) => When(record => record.Tokens >= tokens || record.Ended);

    /// <summary>Completes once something comes, or the stream ends, and the condition holds; never when it never does.</summary>
    public Task When(Func<StreamRecord, bool> condition)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((condition, reached));
        }

        Release();
        return reached.Task;
    }

    /// <summary>The longest wait for something to arrive that ended after a moment.</summary>
    /// <param name="moment">A timestamp of <see cref="Stopwatch"/>.</param>
    public TimeSpan LongestPauseAfter(long moment)
    {
        lock (_gate)
        {
            var longest = 0L;
            for (var i = 1; i < _arrivals.Count; i++)
            {
                if (_arrivals[i] > moment)
                {
                    longest = Math.Max(longest, _arrivals[i] - _arrivals[i - 1]);
                }
            }

            return Stopwatch.GetElapsedTime(0, longest);
        }
    }

    /// <summary>The content, line by line: equal lines, equal bits. Times are no part of it.</summary>
    public IReadOnlyList<string> Content()
    {
        lock (_gate)
        {
            var lines = new List<string>();
            foreach (var (index, choice) in _choices)
            {
                var label = string.Create(CultureInfo.InvariantCulture, $"choice {index}");
                lines.AddRange(choice.Tokens.Select((token, i) => string.Create(CultureInfo.InvariantCulture, $"{label} token {i}: {token}")));
                lines.AddRange(choice.Details.Select((detail, i) => string.Create(CultureInfo.InvariantCulture, $"{label} detail {i}: {detail}")));
                lines.Add($"{label} text: {choice.Text}");
                lines.Add($"{label} finish: {choice.Finish}");
            }

            lines.Add($"usage: {Usage}");
            return lines;
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Condition(this))
                {
                    _waiting[i].Reached.TrySetResult();
                    _waiting.RemoveAt(i);
                }
            }
        }
    }
}

/// <summary>One choice of a stream.</summary>
internal sealed class ChoiceRecord
{
    /// <summary>The text of all pieces.</summary>
    public StringBuilder Text { get; } = new();

    /// <summary>Output token ids.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>What was told about each token (log-probabilities, number drawn), as the server wrote it: equal characters, equal bits.</summary>
    public List<string> Details { get; } = [];

    /// <summary>The finish reason; null before it came.</summary>
    public string? Finish { get; set; }
}
