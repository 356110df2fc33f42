using Foxtrot.Model;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>The bundled model in both layouts and with one and two threads, loaded once for all tests.</summary>
public sealed class BundledModels : IDisposable
{
    private readonly Lazy<LoadedModel> _sharedBuffer = new(() => Load(null, 1));
    private readonly Lazy<LoadedModel> _sharedBufferTwoThreads = new(() => Load(null, 2));
    private readonly Lazy<LoadedModel> _concatenated = new(() => Load("model_layout_a.onnx", 1));

    internal LoadedModel SharedBuffer => _sharedBuffer.Value;

    internal LoadedModel SharedBufferTwoThreads => _sharedBufferTwoThreads.Value;

    internal LoadedModel Concatenated => _concatenated.Value;

    public void Dispose()
    {
        foreach (var model in new[] { _sharedBuffer, _sharedBufferTwoThreads, _concatenated })
        {
            if (model.IsValueCreated)
            {
                model.Value.Dispose();
            }
        }
    }

    private static LoadedModel Load(string? file, int threads) =>
        LoadedModel.Load(ModelFolder.Open(BundledModel.Folder, file), Device.Cpu, new ModelLoadOptions { IntraOpThreads = threads });
}
