using System.Diagnostics.Metrics;
using Foxtrot.Client.Streams;
using Foxtrot.Cluster.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Foxtrot.Cluster.Tests.Telemetry;

public sealed class InstrumentTests
{
    [Fact]
    public void Names_kinds_and_units_stay_as_they_are()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        List<string> published = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                published.Add($"{instrument.Meter.Name} {instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit}");
            }
        };
        listener.Start();
        _ = new WorkerInstruments(meters, [], "127.0.0.1:11111");
        _ = new StreamInstruments(meters);
        Assert.Equal(
            [
                "Foxtrot foxtrot.batch.size Histogram {sequence}",
                "Foxtrot foxtrot.fairness.service ObservableCounter {token}",
                "Foxtrot foxtrot.forward.duration Histogram s",
                "Foxtrot foxtrot.inter_token_latency Histogram s",
                "Foxtrot foxtrot.kv_cache.prefix.hits ObservableCounter {token}",
                "Foxtrot foxtrot.kv_cache.prefix.queries ObservableCounter {token}",
                "Foxtrot foxtrot.kv_cache.usage ObservableGauge 1",
                "Foxtrot foxtrot.queue.duration Histogram s",
                "Foxtrot foxtrot.request.duration Histogram s",
                "Foxtrot foxtrot.requests.finished Counter {request}",
                "Foxtrot foxtrot.requests.running ObservableGauge {request}",
                "Foxtrot foxtrot.requests.waiting ObservableGauge {request}",
                "Foxtrot foxtrot.resume.duration Histogram s",
                "Foxtrot foxtrot.sampling.candidates Histogram {token}",
                "Foxtrot foxtrot.sampling.duration Histogram s",
                "Foxtrot foxtrot.sampling.entropy Histogram nat",
                "Foxtrot foxtrot.sessions.resumed Counter {session}",
                "Foxtrot foxtrot.step.duration Histogram s",
                "Foxtrot foxtrot.time_to_first_token Histogram s",
                "Foxtrot foxtrot.tokens.generated ObservableCounter {token}",
                "Foxtrot foxtrot.tokens.prompt ObservableCounter {token}",
                "Foxtrot foxtrot.tokens_per_second ObservableGauge {token}/s",
            ],
            published.Order(StringComparer.Ordinal));
    }
}
