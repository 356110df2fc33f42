using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Models;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Engine;

/// <summary>A model on a device with its tokenizer, its engine and its fingerprint: all that serving it takes.</summary>
/// <remarks>Owns what it opens. Thread-safe.</remarks>
public sealed class ServedModel : IAsyncDisposable
{
    private readonly LoadedModel _model;
    private readonly Lazy<WorkerFingerprint> _fingerprint;

    private ServedModel(LoadedModel model, ITokenizer tokenizer, EngineOptions options, EngineObserver? observer)
    {
        _model = model;
        _fingerprint = new(() => WorkerFingerprint.Compute(model));
        Tokenizer = tokenizer;
        Engine = new InferenceEngine(model, options, observer);
    }

    /// <summary>Where the model came from, with its configuration and defaults.</summary>
    public ModelFolder Folder => _model.Folder;

    /// <summary>Facts about its graph.</summary>
    public ModelGraph Graph => _model.Graph;

    /// <summary>Where it runs.</summary>
    public Device Device => _model.Device;

    /// <summary>The loaded model, for passes of one's own while the engine is idle.</summary>
    public LoadedModel Model => _model;

    /// <summary>Its tokenizer.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Its engine, running.</summary>
    public InferenceEngine Engine { get; }

    /// <summary>What this worker computes; the first reading runs the self-check, beside whatever the engine does.</summary>
    public WorkerFingerprint Fingerprint => _fingerprint.Value;

    /// <summary>Opens a folder's tokenizer and model and starts the engine.</summary>
    /// <param name="folder">A folder laid out as on Hugging Face.</param>
    /// <param name="name">What the model is called; null is the folder's name.</param>
    /// <param name="onnxFile">Which ONNX file of the folder; null chooses.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="loading">How to load.</param>
    /// <param name="options">How to batch.</param>
    /// <param name="observer">Hears of every step; null for nobody.</param>
    /// <exception cref="ModelException">The folder does not hold a model that can run on the device.</exception>
    /// <exception cref="TokenizerException">Its tokenizer cannot be read exactly.</exception>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public static ServedModel Open(
        string folder, string? name, string? onnxFile, Device device, ModelLoadOptions loading, EngineOptions options, EngineObserver? observer = null)
    {
        var opened = ModelFolder.Open(folder, onnxFile);
        opened = opened with { Name = name ?? opened.Name };
        var tokenizer = TokenizerLoader.Load(folder);
        var model = LoadedModel.Load(opened, device, loading);
        try
        {
            if (tokenizer.VocabularySize > model.Graph.Vocabulary)
            {
                throw new ModelException($"{opened.OnnxFile}: logits have {model.Graph.Vocabulary} entries, but the tokenizer has {tokenizer.VocabularySize} tokens");
            }

            return new ServedModel(model, tokenizer, options, observer);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Stops the engine and frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _model.Dispose();
    }
}
