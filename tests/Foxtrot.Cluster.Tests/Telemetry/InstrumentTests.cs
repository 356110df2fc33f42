using System.Diagnostics.Metrics;
using System.Globalization;
using Foxtrot.Client.Streams;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Inference.Engine;
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

    [Fact]
    public void Forward_passes_are_told_apart_by_what_they_were_for_and_whether_they_were_stopped()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meter = services.GetRequiredService<IMeterFactory>().Create(FoxtrotMeter.Name);
        var engine = new EngineInstruments(new StepInstruments(meter), "stories", new(FoxtrotMeter.Worker, "w"));
        List<string> recorded = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter && instrument.Name == "foxtrot.forward.duration")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => recorded.Add(string.Create(
            CultureInfo.InvariantCulture, $"{string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))} {seconds}")));
        listener.Start();
        var nothing = default(StepReport);
        var second = TimeProvider.System.TimestampFrequency;
        engine.Step(nothing with { DecodeTime = 2 * second, PrefillTime = 3 * second });
        engine.Step(nothing with { LostTime = 4 * second });
        engine.Step(nothing);
        Assert.Equal(
            ["model=stories worker=w phase=prefill 3", "model=stories worker=w phase=decode 2", "model=stories worker=w phase=interrupted 4"],
            recorded);
    }
}
