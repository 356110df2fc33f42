namespace Foxtrot.Bench.Load;

/// <summary>What the clients of one measurement saw; others can be added, and count as one with it.</summary>
/// <param name="model">The model asked for.</param>
/// <param name="clients">Requests in flight, at most.</param>
/// <param name="tally">What all clients saw.</param>
/// <param name="elapsed">Length of the measurement.</param>
/// <param name="processor">Processor time of this process meanwhile.</param>
internal sealed class LoadMeasurement(string model, int clients, LoadTally tally, TimeSpan elapsed, TimeSpan processor)
{
    private TimeSpan _elapsed = elapsed;
    private TimeSpan _processor = processor;

    /// <summary>What all clients saw.</summary>
    public LoadTally Tally => tally;

    /// <summary>Adds a measurement of the same server with the same clients.</summary>
    public void Add(LoadMeasurement other)
    {
        tally.Add(other.Tally);
        _elapsed += other._elapsed;
        _processor += other._processor;
    }

    /// <summary>Rates over the whole time and latencies over all requests.</summary>
    public LoadBenchResult Summarize()
    {
        var seconds = _elapsed.TotalSeconds;
        return new LoadBenchResult(
            MachineDescription.Current(),
            clients,
            tally.Requests,
            tally.Tokens,
            Math.Round(tally.Tokens / seconds, 1),
            Latency.Of(tally.FirstToken),
            Latency.Of(tally.BetweenTokens),
            tally.Errors.Values.Sum())
        {
            ErrorKinds = tally.Errors,
            Unfinished = tally.Unfinished,
            Short = tally.Short,
            PromptTokensPerSecond = Math.Round(tally.PromptTokens / seconds, 1),
            DurationSeconds = Math.Round(seconds, 3),
            ClientCpuUsPerToken = tally.Tokens > 0 ? Math.Round(_processor.TotalMicroseconds / tally.Tokens, 2) : null,
            Model = model,
            CountedByUsage = tally.Requests > 0 && tally.CountedByUsage == tally.Requests,
        };
    }
}
