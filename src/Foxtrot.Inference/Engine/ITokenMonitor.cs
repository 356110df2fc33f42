namespace Foxtrot.Inference.Engine;

/// <summary>Watches a generation on the engine's thread and may end it, for instance at a stop string.</summary>
/// <remarks>Called once per output token, replayed ones included, in order. Must be quick: the whole batch waits for it.</remarks>
public interface ITokenMonitor
{
    /// <summary>Sees the next output token.</summary>
    /// <param name="token">The token id.</param>
    /// <returns>True to finish the generation with this token as its last.</returns>
    bool Observe(int token);
}
