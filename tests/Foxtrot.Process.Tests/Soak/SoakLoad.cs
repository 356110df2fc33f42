using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Soak;

/// <summary>Clients that run the same streams over and over, native and OpenAI ones, and compare each with the undisturbed one.</summary>
internal sealed class SoakLoad : IAsyncDisposable
{
    /// <summary>Far longer than any recovery takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>A shorter wait may have any cause: the machine is busy.</summary>
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<StreamPlan> _plans;
    private readonly IReadOnlyList<StreamRecord> _reference;
    private readonly Func<Uri> _gateway;
    private readonly Task[] _clients;
    private readonly ConcurrentDictionary<StreamKind, int> _streams = new();
    private readonly ConcurrentQueue<double> _pauses = [];
    private long _tokens;

    /// <summary>Starts the clients.</summary>
    /// <param name="settings">How many, and how often they begin a stream.</param>
    /// <param name="plans">What they run.</param>
    /// <param name="reference">What the same plans gave undisturbed.</param>
    /// <param name="gateway">Where the gateway is.</param>
    public SoakLoad(SoakSettings settings, IReadOnlyList<StreamPlan> plans, IReadOnlyList<StreamRecord> reference, Func<Uri> gateway)
    {
        (_plans, _reference, _gateway) = (plans, reference, gateway);
        _clients = [.. Enumerable.Range(0, settings.Streams).Select(client => RunAsync(client, settings))];
    }

    /// <summary>Streams that have ended as they should, or not.</summary>
    public int Streams => _streams.Values.Sum();

    /// <summary>Their output tokens.</summary>
    public long Tokens => Volatile.Read(ref _tokens);

    /// <summary>Streams that broke or differed, with how; thread-safe.</summary>
    public ConcurrentQueue<string> Errors { get; } = [];

    /// <summary>Begins no more streams, and waits until those that run have ended.</summary>
    public async Task FinishAsync(Func<string> context)
    {
        await _stop.CancelAsync();
        await Deadline.Within(Task.WhenAll(_clients), "the last streams end", context, Limit);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var kinds = string.Join(", ", _streams.OrderBy(s => s.Key).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Value} {s.Key}")));
        var pauses = _pauses.Order().ToArray();
        var longest = pauses.Length == 0
            ? "none stood still"
            : string.Create(CultureInfo.InvariantCulture, $"{pauses.Length} stood still for {Noticeable.TotalMilliseconds:0} ms or more: p50 {At(0.5):0} ms, p99 {At(0.99):0} ms, longest {pauses[^1]:0} ms");
        return string.Create(CultureInfo.InvariantCulture, $"{Streams} streams ({kinds}), {Tokens} tokens, {Errors.Count} errors; {longest}");

        double At(double share) => pauses[(int)Math.Ceiling(share * pauses.Length) - 1];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
        _http.Dispose();
    }

    // Clients begin at different plans, and go through all of them.
    private async Task RunAsync(int client, SoakSettings settings)
    {
        using var pace = new PeriodicTimer(settings.Pace);
        try
        {
            for (var i = client * _plans.Count / settings.Streams; ; i++)
            {
                await OneAsync(i % _plans.Count);
                await pace.WaitForNextTickAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop between two streams.
        }
    }

    private async Task OneAsync(int index)
    {
        var plan = _plans[index];
        var record = new StreamRecord(plan.Name);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            if (plan.Kind == StreamKind.Native)
            {
                await DeleteAsync(await NativeStream.RunAsync(_http, _gateway, plan, record, limit.Token), limit.Token);
            }
            else
            {
                await OpenAiStream.ReadAsync(_http, _gateway(), plan, record, limit.Token);
            }

            record.End(null);
        }
        catch (Exception broken)
        {
            record.End(broken);
        }

        if (RecordComparison.Difference(_reference[index], record) is { } difference)
        {
            Errors.Enqueue(difference);
        }

        _streams.AddOrUpdate(plan.Kind, 1, (_, count) => count + 1);
        Interlocked.Add(ref _tokens, record.Tokens);
        if (record.LongestPauseAfter(0) is var pause && pause >= Noticeable)
        {
            _pauses.Enqueue(pause.TotalMilliseconds);
        }
    }

    // What stays is then what leaks. A session whose worker has just gone is asked for again.
    private async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var response = await _http.DeleteAsync(new Uri(_gateway(), $"/v1/sessions/{id}"), cancellationToken);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                // Deleted by an attempt whose answer was lost is deleted too.
                _ = response.StatusCode == HttpStatusCode.NotFound ? response : response.EnsureSuccessStatusCode();
                return;
            }

            await Task.Delay(100, cancellationToken);
        }
    }
}
