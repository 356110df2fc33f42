using System.Diagnostics.Metrics;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Streams;
using Foxtrot.Inference.Engine;
using TagValue = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Foxtrot.Cluster.Telemetry;

/// <summary>What a worker measures. One per silo; all its models share the instruments.</summary>
/// <remarks>
/// Thread-safe. What the engines count anyway is read when somebody scrapes; only distributions are recorded as they happen.
/// Tags are made once per model; a record allocates nothing.
/// </remarks>
internal sealed class WorkerInstruments
{
    private readonly IReadOnlyCollection<WorkerModel> _models;
    private readonly TagValue _worker;
    private readonly Counter<long> _finished;
    private readonly Histogram<double> _duration;

    /// <param name="meters">Makes the meter.</param>
    /// <param name="models">The worker's models.</param>
    /// <param name="worker">The worker's address in the cluster.</param>
    public WorkerInstruments(IMeterFactory meters, IReadOnlyCollection<WorkerModel> models, string worker)
    {
        _models = models;
        _worker = new(FoxtrotMeter.Worker, worker);
        var meter = meters.Create(FoxtrotMeter.Name);
        _finished = meter.CreateCounter<long>("foxtrot.requests.finished", "{request}", "Outputs that have ended, each choice of a request counted.");
        _duration = meter.CreateHistogram(
            "foxtrot.request.duration", "s", "From when a worker took a request in until its end; after a resumption from there.", null, FoxtrotMeter.Waits);
        var step = new StepInstruments(meter);
        foreach (var model in models)
        {
            model.Instruments = new EngineInstruments(step, model.Info.Name, _worker);
        }

        meter.CreateObservableCounter("foxtrot.tokens.generated", Generated, "{token}", "Tokens that were drawn; replayed ones do not count.");
        meter.CreateObservableCounter(
            "foxtrot.tokens.prompt", Prompt, "{token}", "Tokens before an output: computed, cached, or recomputed, which has generated tokens that were fed again too.");
        meter.CreateObservableGauge("foxtrot.tokens_per_second", Rates, "{token}/s", "Tokens drawn per second over the last ten seconds.");
        meter.CreateObservableGauge("foxtrot.requests.running", () => OfModels(m => m.Load.Running), "{request}", "Sequences with a slot.");
        meter.CreateObservableGauge("foxtrot.requests.waiting", () => OfModels(m => m.Load.Waiting), "{request}", "Sequences that wait for a slot.");
        meter.CreateObservableGauge(
            "foxtrot.kv_cache.usage", () => OfModels(m => (double)m.Load.Running / m.Info.Slots), "1", "Slots of the key/value cache in use, as a part of all: at 1 requests wait.");

        // Nothing is kept of a sequence that has ended, so that a look-up never finds anything.
        meter.CreateObservableCounter(
            "foxtrot.kv_cache.prefix.queries", () => OfModels(m => m.Served.Engine.Tenants.Sum(t => t.ComputedTokens)), "{token}", "Prompt tokens that a cache of prefixes could have had.");
        meter.CreateObservableCounter("foxtrot.kv_cache.prefix.hits", () => OfModels(_ => 0L), "{token}", "Prompt tokens that it did have.");
        meter.CreateObservableCounter("foxtrot.fairness.service", Service, "{token}", "Service received, prompt tokens and twice the generated ones, divided by the tenant's weight.");
    }

    /// <summary>An output has ended for good on this worker.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="tenant">Whose it was.</param>
    /// <param name="finish">Why.</param>
    /// <param name="generation">As it ran here last.</param>
    public void Finished(string model, string tenant, Finish finish, Generation? generation)
    {
        TagValue modelTag = new(FoxtrotMeter.Model, model);
        TagValue tenantTag = new(FoxtrotMeter.Tenant, tenant);
        _finished.Add(1, modelTag, tenantTag, new("finish_reason", Reason(finish)));
        if (generation is { Timings: { Finished: > 0 } timings })
        {
            _duration.Record(TimeProvider.System.GetElapsedTime(timings.Submitted, timings.Finished).TotalSeconds, modelTag, tenantTag);
        }
    }

    private static string Reason(Finish finish) => finish switch
    {
        Finish.Stop => "stop",
        Finish.Length => "length",
        Finish.Cancelled => "cancelled",
        _ => "failed",
    };

    private Measurement<T>[] OfModels<T>(Func<WorkerModel, T> value)
        where T : struct => [.. _models.Select(m => new Measurement<T>(value(m), new TagValue(FoxtrotMeter.Model, m.Info.Name), _worker))];

    private Measurement<double>[] Rates() => OfModels(m => m.Instruments?.Rate.Read() ?? 0);

    private IEnumerable<Measurement<long>> Generated() =>
        from model in _models from t in model.Served.Engine.Tenants select new Measurement<long>(t.GeneratedTokens, Tags(model, t));

    private IEnumerable<Measurement<long>> Prompt()
    {
        foreach (var model in _models)
        {
            foreach (var tenant in model.Served.Engine.Tenants)
            {
                yield return Of(tenant.ComputedTokens, "computed");
                yield return Of(0, "cached");
                yield return Of(tenant.RecomputedTokens, "recomputed");

                Measurement<long> Of(long value, string source) => new(value, [.. Tags(model, tenant), new("source", source)]);
            }
        }
    }

    // A tenant's service is one number, whatever the models that gave it.
    private Measurement<double>[] Service() =>
    [
        .. _models.SelectMany(m => m.Served.Engine.Tenants)
            .GroupBy(t => t.Tenant, t => t.Weighted, (tenant, weighted) => new Measurement<double>(weighted.Sum(), new TagValue(FoxtrotMeter.Tenant, tenant))),
    ];

    private TagValue[] Tags(WorkerModel model, in TenantService tenant) =>
        [new(FoxtrotMeter.Model, model.Info.Name), new(FoxtrotMeter.Tenant, tenant.Tenant), _worker];
}
