using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Client.Streams;

/// <summary>The output tokens of one session as one reader gets them: in order, each once, none missing, whatever happens to workers.</summary>
/// <remarks>One reader. Disposing of it before its end stops a generation that nothing else holds, and leaves a created session running.</remarks>
public abstract class GenerationReader : IAsyncDisposable
{
    /// <summary>The session.</summary>
    public required SessionKey Key { get; init; }

    /// <summary>The latest start; null before the generation was accepted.</summary>
    public StreamStart? Start { get; protected set; }

    /// <summary>The end; null before it has been read.</summary>
    public StreamEnd? End { get; protected set; }

    /// <summary>How often the stream lost its worker and was resumed.</summary>
    public int Resumptions { get; protected set; }

    /// <summary>Waits until the generation has been accepted.</summary>
    /// <returns>Null, or why it was refused; a refused stream has nothing more to say.</returns>
    public abstract ValueTask<Refusal?> StartAsync(CancellationToken cancellationToken);

    /// <summary>Waits until <see cref="TryRead"/> has a token.</summary>
    /// <returns>False when all tokens have been read and <see cref="End"/> is set.</returns>
    public abstract ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes the next token if there is one by now.</summary>
    public abstract bool TryRead(out TokenEvent token);

    /// <summary>Stops the generation; the stream then ends by itself.</summary>
    public abstract Task CancelAsync();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
