using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>Sees a sequence's raw logits on the engine's thread before a token is chosen from them.</summary>
/// <param name="logits">[vocabulary], valid during the call only.</param>
/// <param name="sampler">The sequence's sampler, before the draw; must not be changed.</param>
/// <remarks>For explanations and tests: the whole batch waits for it.</remarks>
public delegate void LogitsTap(ReadOnlySpan<float> logits, RowSampler sampler);
