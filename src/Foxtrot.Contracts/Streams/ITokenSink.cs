namespace Foxtrot.Contracts.Streams;

/// <summary>Where a worker delivers the tokens of all streams that one gateway or client has attached: one message per step.</summary>
/// <remarks>
/// The answer is the flow control: a worker sends the next message once the last one was taken, with everything that came
/// meanwhile, and a sink that is gone is noticed.
/// </remarks>
[Alias("foxtrot.ITokenSink")]
public interface ITokenSink : IGrainObserver
{
    /// <summary>Takes a batch. Returns quickly, whatever the readers do.</summary>
    /// <returns>Streams of the batch that nobody reads any more, which are then left out; null for none.</returns>
    [Alias("Deliver")]
    Task<long[]?> Deliver(TokenBatch batch);
}

/// <summary>What happened on one worker to the streams of one sink since the last batch.</summary>
/// <param name="Starts">Streams that start; before their tokens.</param>
/// <param name="Tokens">New tokens, in order within each stream.</param>
/// <param name="Ends">Streams that end; after their tokens.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.token_batch")]
public sealed record TokenBatch(
    [property: Id(0)] StreamStart[] Starts,
    [property: Id(1)] TokenEvent[] Tokens,
    [property: Id(2)] StreamEnd[] Ends);
