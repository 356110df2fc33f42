namespace Foxtrot.Contracts.Streams;

/// <summary>The first message of an attached stream: the generation has been accepted.</summary>
/// <param name="Stream">The reader's number for the stream.</param>
/// <param name="Epoch">Which activation of the session speaks; a lower one than seen before has been superseded.</param>
/// <param name="PromptTokens">Tokens before the output.</param>
/// <param name="Seed">The seed in use.</param>
/// <param name="ModelHash">Hash of the model's files.</param>
/// <param name="Fingerprint">The worker's fingerprint.</param>
/// <param name="Exact">Whether the worker promises exact reproduction.</param>
/// <param name="PromptText">The prompt as text, when the request asked to echo it.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.stream_start")]
public sealed record StreamStart(
    [property: Id(0)] long Stream,
    [property: Id(1)] int Epoch,
    [property: Id(2)] int PromptTokens,
    [property: Id(3)] ulong Seed,
    [property: Id(4)] string ModelHash,
    [property: Id(5)] string Fingerprint,
    [property: Id(6)] bool Exact,
    [property: Id(7)] string? PromptText);
