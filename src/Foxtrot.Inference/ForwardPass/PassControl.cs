using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>What passes run with, and what another thread stops them by.</summary>
internal sealed class PassControl : IDisposable
{
    private volatile bool _isInterrupted;

    /// <summary>The options of every pass.</summary>
    public RunOptions Options { get; } = new();

    /// <summary>Whether passes are stopped.</summary>
    public bool IsInterrupted => _isInterrupted;

    /// <summary>Stops the pass under way, and those that begin before <see cref="Resume"/>. Thread-safe.</summary>
    public void Interrupt()
    {
        // First, so that a pass that ends by the next line knows why.
        _isInterrupted = true;
        Options.Terminate = true;
    }

    /// <summary>Lets passes run again. Not while one is under way.</summary>
    public void Resume()
    {
        Options.Terminate = false;
        _isInterrupted = false;
    }

    public void Dispose() => Options.Dispose();
}
