using System.Diagnostics;

namespace Foxtrot.Cluster.Tests.Telemetry;

/// <summary>Listens as a sampler that follows the parent does, and keeps the spans of one trace and those that link to it.</summary>
internal sealed class SpanLog : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ActivityListener _listener;
    private readonly ActivityTraceFlags _flags;
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly Lock _lock = new();
    private readonly List<Activity> _started = [];
    private readonly List<Activity> _ended = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SpanLog(bool sampled = true)
    {
        _flags = sampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Foxtrot" or "Microsoft.AspNetCore" or "Microsoft.Orleans.Application",
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.None,
            ActivityStarted = span => Add(_started, span),
            ActivityStopped = span => Add(_ended, span),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The span that a client says its request is part of.</summary>
    public ActivitySpanId Client { get; } = ActivitySpanId.CreateRandom();

    /// <summary>The header that says so.</summary>
    public string TraceParent => $"00-{_trace}-{Client}-{(int)_flags:x2}";

    /// <summary>Spans that have begun.</summary>
    public Activity[] Started => Copy(_started);

    /// <summary>Spans that are over.</summary>
    public Activity[] Ended => Copy(_ended);

    /// <summary>Makes a span of the trace the current one.</summary>
    public Activity Enter() => new Activity("test").SetParentId(_trace, Client, _flags).Start();

    /// <summary>Waits until a number of spans are over.</summary>
    public async Task<Activity[]> EndedAsync(Func<Activity, bool> which, int count = 1)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_ended.Where(which).ToArray() is var found && found.Length >= count)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(deadline.Token);
        }
    }

    /// <summary>Waits until a span of a name is over.</summary>
    public async Task<Activity> EndedAsync(string name) => (await EndedAsync(span => span.OperationName == name))[0];

    /// <summary>Waits until a span's parent is over.</summary>
    public async Task<Activity> ParentAsync(Activity span) => (await EndedAsync(other => other.SpanId == span.ParentSpanId))[0];

    public void Dispose() => _listener.Dispose();

    private void Add(List<Activity> spans, Activity span)
    {
        if (span.TraceId != _trace && !span.Links.Any(link => link.Context.TraceId == _trace))
        {
            return;
        }

        lock (_lock)
        {
            spans.Add(span);
            _changed.SetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private Activity[] Copy(List<Activity> spans)
    {
        lock (_lock)
        {
            return [.. spans];
        }
    }
}
