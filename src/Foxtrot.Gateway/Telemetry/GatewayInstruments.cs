using System.Diagnostics;
using System.Diagnostics.Metrics;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.OpenAi;
using Foxtrot.Gateway.Security;

namespace Foxtrot.Gateway.Telemetry;

/// <summary>What the gateway measures: requests that were turned away, and generations as their clients see them.</summary>
/// <remarks>
/// Thread-safe. The names beginning with <c>gen_ai</c> are those of OpenTelemetry's semantic conventions for generative AI; their times
/// begin when the request's handling does.
/// </remarks>
/// <param name="meters">Makes the meter.</param>
internal sealed class GatewayInstruments(IMeterFactory meters)
{
    private const string Nobody = "none";

    private readonly Counter<long> _rejected = meters.Create(FoxtrotMeter.Name).CreateCounter<long>(
        "foxtrot.requests.rejected", "{request}", "Requests that were turned away: no or a wrong key, a limit, a full queue, no worker.");

    private readonly Histogram<double> _duration = meters.Create(FoxtrotMeter.Name).CreateHistogram(
        "gen_ai.server.request.duration",
        "s",
        "Generative AI server request duration.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    private readonly Histogram<double> _firstToken = meters.Create(FoxtrotMeter.Name).CreateHistogram(
        "gen_ai.server.time_to_first_token",
        "s",
        "Time to generate the first token.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10] });

    private readonly Histogram<double> _eachToken = meters.Create(FoxtrotMeter.Name).CreateHistogram(
        "gen_ai.server.time_per_output_token",
        "s",
        "Time per output token after the first.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5] });

    /// <summary>A request was answered with an error; counted when that means that it was turned away.</summary>
    public void Failed(Caller? caller, ApiError error)
    {
        if (error.Status is 401 or 403 or 429 or 503)
        {
            _rejected.Add(1, new(FoxtrotMeter.Tenant, caller?.Tenant?.Id ?? Nobody), new("reason", error.Code ?? "unavailable"));
        }
    }

    /// <summary>A request that generated is over, whatever became of it.</summary>
    /// <param name="operation">Chat or completion, in the conventions' words.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="started">When it began, as the system's time stamp.</param>
    /// <param name="choices">Its outputs.</param>
    /// <param name="aborted">Whether it did not come to its end.</param>
    public void Generated(string operation, string model, long started, Choice[] choices, bool aborted)
    {
        var now = Stopwatch.GetTimestamp();
        var tags = new TagList
        {
            { "gen_ai.operation.name", operation },
            { "gen_ai.provider.name", "foxtrot" },
            { "gen_ai.request.model", model },
            { "gen_ai.response.model", model },
        };
        if (aborted)
        {
            tags.Add("error.type", "aborted");
        }

        _duration.Record(Stopwatch.GetElapsedTime(started, now).TotalSeconds, tags);
        foreach (var choice in choices)
        {
            if (choice.FirstRead != 0)
            {
                _firstToken.Record(Stopwatch.GetElapsedTime(started, choice.FirstRead).TotalSeconds, tags);
            }

            if (choice.Read > 1)
            {
                _eachToken.Record(Stopwatch.GetElapsedTime(choice.FirstRead, now).TotalSeconds / (choice.Read - 1), tags);
            }
        }
    }
}
