namespace Foxtrot.Process.Tests.Streams;

/// <summary>Runs plans at the same time, each as one stream.</summary>
internal sealed class StreamRun : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Uri> _gateway;
    private readonly Task[] _streams;

    /// <summary>Starts them all.</summary>
    /// <param name="plans">What to run.</param>
    /// <param name="gateway">The gateway to use for the next connection.</param>
    public StreamRun(IReadOnlyList<StreamPlan> plans, Func<Uri> gateway)
    {
        _gateway = gateway;
        Records = [.. plans.Select(plan => new StreamRecord(plan.Name))];
        _streams = [.. plans.Zip(Records, RunAsync)];
    }

    /// <summary>A record per plan, in their order.</summary>
    public IReadOnlyList<StreamRecord> Records { get; }

    /// <summary>Completes when all streams have ended, broken ones included.</summary>
    public Task Ended => Task.WhenAll(_streams);

    /// <summary>Where each stream stands.</summary>
    public string Describe() => string.Join(
        Environment.NewLine,
        Records.Select(record => $"{record.Name}: {record.Tokens} tokens, {record.Reconnections} reconnections, ended {record.Ended} {record.Broken?.Message}"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Ended;
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task RunAsync(StreamPlan plan, StreamRecord record)
    {
        try
        {
            if (plan.Kind == StreamKind.Native)
            {
                await NativeStream.RunAsync(_http, _gateway, plan, record, _stop.Token);
            }
            else
            {
                await OpenAiStream.ReadAsync(_http, _gateway(), plan, record, _stop.Token);
            }

            record.End(null);
        }
        catch (Exception e)
        {
            // Whether a stream may break is for the test to say.
            record.End(e);
        }
    }
}
