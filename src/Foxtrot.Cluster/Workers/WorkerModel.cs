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
    private readonly StepSignal _signal;
    private readonly string?[] _tokenTexts;
    private int _active;

    private WorkerModel(ServedModel served, StepSignal signal, int queueLimit)
    {
        Served = served;
        _signal = signal;
        QueueLimit = queueLimit;
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
            return new ModelLoad(Info, running, active - running);
        }
    }

    internal ChatPrompt ChatPrompt { get; }

    /// <summary>Called on the engine's thread after each step.</summary>
    internal Action OnStep
    {
        set => _signal.Done = value;
    }

    /// <summary>A token's own text, made once.</summary>
    internal string TokenText(int token) => _tokenTexts[token] ??= Served.Tokenizer.TokenText(token);

    /// <summary>Starts a generation, unless the queue is full.</summary>
    /// <param name="request">Valid for the model.</param>
    /// <param name="generation">What runs; null when the queue is full.</param>
    /// <param name="resumed">Whether it was running before, so that it is never turned away.</param>
    internal bool TrySubmit(GenerationRequest request, bool resumed, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Generation? generation)
    {
        generation = null;
        if (Interlocked.Increment(ref _active) > Info.Slots + QueueLimit && !resumed)
        {
            Interlocked.Decrement(ref _active);
            return false;
        }

        try
        {
            generation = Served.Engine.Submit(request);
        }
        catch
        {
            Interlocked.Decrement(ref _active);
            throw;
        }

        _ = generation.Completion.ContinueWith(
            static (_, model) => Interlocked.Decrement(ref ((WorkerModel)model!)._active),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return true;
    }

    /// <summary>Stops the engine and frees the model.</summary>
    public ValueTask DisposeAsync() => Served.DisposeAsync();

    private sealed class StepSignal : EngineObserver
    {
        public Action? Done { get; set; }

        public override void OnStep(in StepReport report) => Done?.Invoke();
    }
}
