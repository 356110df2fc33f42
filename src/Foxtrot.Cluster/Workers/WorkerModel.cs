using System.Collections.Concurrent;
using System.Diagnostics;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Workers;
using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Models;
using Foxtrot.Inference.Text;
using Foxtrot.Sampling;

namespace Foxtrot.Cluster.Workers;

/// <summary>A model that this worker serves: engine, tokenizer, chat template, fingerprint, and how busy it is.</summary>
/// <remarks>Thread-safe. Owns the served model.</remarks>
public sealed class WorkerModel : IAsyncDisposable
{
    private static readonly TimeSpan TenantMemory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, SequenceCount> _tenants = new(StringComparer.Ordinal);
    private readonly StepSignal _signal;
    private readonly string?[] _tokenTexts;
    private int _active;

    private WorkerModel(ServedModel served, StepSignal signal, int queueLimit)
    {
        Served = served;
        _signal = signal;
        QueueLimit = queueLimit;
        signal.Model = served.Folder.Name;
        ChatPrompt = new ChatPrompt(served.Folder, served.Tokenizer);
        _tokenTexts = new string?[served.Graph.Vocabulary];
        Info = new ModelInfo(
            served.Folder.Name,
            served.Model.ContentHash,
            served.Fingerprint.Hash,
            served.Fingerprint.IsExact,
            SamplerVersion.Current,
            served.Device.ToString(),
            served.Engine.ContextLength,
            served.Graph.Vocabulary,
            served.Folder.ChatTemplate is not null,
            served.Engine.Slots);
    }

    /// <summary>Opens a model, starts its engine and checks what it computes.</summary>
    /// <param name="folder">A folder laid out as on Hugging Face.</param>
    /// <param name="name">What requests call it; null is the folder's name.</param>
    /// <param name="onnxFile">Which ONNX file of the folder; null chooses.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="loading">How to load.</param>
    /// <param name="options">How to batch.</param>
    /// <param name="queueLimit">Sequences that may wait for a slot.</param>
    /// <exception cref="ModelException">The folder does not hold a model that can run on the device.</exception>
    public static WorkerModel Open(
        string folder, string? name, string? onnxFile, Device device, ModelLoadOptions loading, EngineOptions options, int queueLimit)
    {
        var signal = new StepSignal();
        return new WorkerModel(ServedModel.Open(folder, name, onnxFile, device, loading, options, signal), signal, queueLimit);
    }

    /// <summary>The model with its engine.</summary>
    public ServedModel Served { get; }

    /// <summary>What others know of it.</summary>
    public ModelInfo Info { get; }

    /// <summary>Why this worker does not promise exact reproduction; null when it does.</summary>
    public string? Inexact => Served.Fingerprint.Inexact;

    /// <summary>Sequences that may wait for a slot.</summary>
    public int QueueLimit { get; }

    /// <summary>How busy it is.</summary>
    public ModelLoad Load
    {
        get
        {
            var active = Volatile.Read(ref _active);
            var running = Math.Min(active, Info.Slots);
            return new ModelLoad(Info, running, active - running) { OutputTokens = _signal.OutputTokens };
        }
    }

    internal ChatPrompt ChatPrompt { get; }

    /// <summary>The cluster's tenants, for their weights and limits.</summary>
    internal ITenantCatalog Tenants { get; set; } = new NoTenants();

    /// <summary>How many sequences of a tenant wait for other models or on other workers.</summary>
    internal Func<string, int> WaitingElsewhere { get; set; } = _ => 0;

    /// <summary>Called on the engine's thread when there are new tokens.</summary>
    internal Action OnStep
    {
        set => _signal.Done = value;
    }

    /// <summary>Records what the engine does; null before the silo is there.</summary>
    internal EngineInstruments? Instruments
    {
        get => _signal.Instruments;
        set => _signal.Instruments = value;
    }

    /// <summary>A token's own text, made once.</summary>
    internal string TokenText(int token) => _tokenTexts[token] ??= Served.Tokenizer.TokenText(token);

    /// <summary>Starts a generation, unless it would have to wait for too long.</summary>
    /// <param name="tenant">Whose it is; its weight is the catalog's.</param>
    /// <param name="request">Valid for the model.</param>
    /// <param name="mayRefuse">Whether it may be turned away: not when it ran before.</param>
    internal Outcome<Generation> Submit(string tenant, GenerationRequest request, bool mayRefuse)
    {
        var known = Tenants.Find(tenant);
        var own = _tenants.GetOrAdd(tenant, static _ => new SequenceCount());
        var before = Interlocked.Increment(ref _active) - 1;
        var ownBefore = Interlocked.Increment(ref own.Active) - 1;
        var weight = known?.Weight ?? 1;
        if (mayRefuse && LoadShedding.Refuse(this, tenant, known?.Limits, QueueOf(tenant, weight, before, ownBefore)) is { } refusal)
        {
            Release(own);
            return refusal;
        }

        var trace = GenerationSpan.Start(Info.Name, tenant, request);
        try
        {
            var generation = Served.Engine.Submit(request with { Tenant = tenant, Weight = weight, Trace = trace });
            _ = generation.Completion.ContinueWith(
                _ => Ended(own, generation), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return generation;
        }
        catch (Exception error)
        {
            trace?.SetTag(FoxtrotTraces.Error, error.GetType().FullName).SetStatus(ActivityStatusCode.Error).Stop();
            Release(own);
            throw;
        }
    }

    /// <summary>A tenant's sequences that wait for a slot of this model.</summary>
    internal int WaitingOf(string tenant) => _tenants.TryGetValue(tenant, out var own)
        ? QueueOf(tenant, 1, Volatile.Read(ref _active), Volatile.Read(ref own.Active)).TenantWaiting
        : 0;

    /// <summary>The load with what was done for each tenant that was active within the last minute.</summary>
    internal ModelLoad Report()
    {
        var now = TimeProvider.System.GetTimestamp();
        var tenants = new List<TenantLoad>();
        foreach (var service in Served.Engine.Tenants)
        {
            if (TimeProvider.System.GetElapsedTime(service.LastActive, now) < TenantMemory)
            {
                tenants.Add(new TenantLoad(service.Tenant, service.Weighted, service.Running, WaitingOf(service.Tenant)));
            }
        }

        return Load with { Tenants = [.. tenants] };
    }

    // The engine takes sequences in a moment after they are submitted, so who holds slots is its word, and who is here is ours.
    private QueueState QueueOf(string tenant, double weight, int active, int ownActive)
    {
        var engine = Served.Engine;
        var running = Math.Min(active, Info.Slots);
        var service = engine.TenantOf(tenant);
        var ownRunning = Math.Min(service?.Running ?? 0, ownActive);
        var ownWaiting = Math.Min(ownActive - ownRunning, active - running);
        var weights = engine.ActiveWeight + (service is { Running: 0, Waiting: 0 } or null ? weight : 0);
        return new QueueState(Info.Slots, running, active - running, ownActive - ownWaiting, ownWaiting, Math.Min(weight / weights, 1), engine.MeanHold);
    }

    private void Ended(SequenceCount own, Generation generation)
    {
        GenerationSpan.End(generation);
        Release(own);
    }

    private void Release(SequenceCount own)
    {
        Interlocked.Decrement(ref _active);
        Interlocked.Decrement(ref own.Active);
    }

    /// <summary>Stops the engine and frees the model.</summary>
    public ValueTask DisposeAsync() => Served.DisposeAsync();

    private sealed class SequenceCount
    {
        public int Active;
    }

    private sealed class StepSignal : EngineObserver
    {
        private long _outputTokens;
        private EngineTraces? _traces;

        /// <summary>The model's name, for its traces; set before anything runs.</summary>
        public string Model
        {
            set => _traces = new EngineTraces(value);
        }

        public Action? Done { get; set; }

        public long OutputTokens => Volatile.Read(ref _outputTokens);

        public EngineInstruments? Instruments { get; set; }

        public override bool MeasuresSampling => Instruments?.MeasuresSampling ?? false;

        // Readers first: what is recorded can wait.
        public override void OnStep(in StepReport report)
        {
            Volatile.Write(ref _outputTokens, _outputTokens + report.OutputTokens);
            Done?.Invoke();
            Instruments?.Step(report);
            _traces?.Step(report);
        }

        public override void OnAdmitted(Generation generation)
        {
            Instruments?.Admitted(generation);
            EngineTraces.Admitted(generation);
        }

        public override void OnFirstToken(Generation generation)
        {
            Instruments?.FirstToken(generation);
            _traces?.FirstToken(generation);
        }

        public override void OnNextToken(Generation generation, long interval) => Instruments?.NextToken(generation, interval);

        public override void OnFirstTokens() => Done?.Invoke();
    }
}
