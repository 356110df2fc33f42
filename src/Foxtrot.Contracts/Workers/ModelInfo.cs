namespace Foxtrot.Contracts.Workers;

/// <summary>A model as a worker serves it.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Hash">SHA-256 over its files.</param>
/// <param name="Fingerprint">Hash of what this worker computes with it, as hex.</param>
/// <param name="Exact">Whether the worker promises exact reproduction.</param>
/// <param name="SamplerVersion">The sampler's version.</param>
/// <param name="Device">Where it runs, such as <c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="ContextLength">Positions per sequence, prompt and output together.</param>
/// <param name="Vocabulary">Entries of a row of logits.</param>
/// <param name="HasChatTemplate">Whether it takes messages.</param>
/// <param name="Slots">Sequences that run at once.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.model_info")]
public sealed record ModelInfo(
    [property: Id(0)] string Name,
    [property: Id(1)] string Hash,
    [property: Id(2)] string Fingerprint,
    [property: Id(3)] bool Exact,
    [property: Id(4)] int SamplerVersion,
    [property: Id(5)] string Device,
    [property: Id(6)] int ContextLength,
    [property: Id(7)] int Vocabulary,
    [property: Id(8)] bool HasChatTemplate,
    [property: Id(9)] int Slots);
