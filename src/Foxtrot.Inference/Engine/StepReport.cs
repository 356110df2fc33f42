using Foxtrot.Inference.Batching;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>What one step did and how long it took; times are differences of the engine's time stamps.</summary>
/// <param name="Plan">What was planned and done; without the pass that was stopped, and what would have followed it.</param>
/// <param name="PromptTokens">Prompt tokens fed, without padding.</param>
/// <param name="OutputTokens">Output tokens chosen or replayed.</param>
/// <param name="Running">Sequences with a slot after the step.</param>
/// <param name="Waiting">Sequences without one.</param>
/// <param name="DecodeTime">Forward pass over the decode rows.</param>
/// <param name="PrefillTime">Forward pass over prompt tokens.</param>
/// <param name="SamplingTime">Choosing tokens.</param>
/// <param name="StepTime">The whole step.</param>
/// <param name="RebuiltTokens">Tokens fed, prompt and generated, that the cache had held before their sequence was preempted. Preemptions are in the plan.</param>
/// <param name="GeneratedTokens">Output tokens chosen, replayed ones not counted.</param>
/// <param name="Sampling">The parts of <paramref name="SamplingTime"/>, where <see cref="EngineObserver.MeasuresSampling"/> asks for them.</param>
/// <param name="LostTime">Forward pass that was stopped for a newcomer; 0 for none. Nothing of it counts in the other times but <paramref name="StepTime"/>.</param>
public readonly record struct StepReport(
    StepPlan Plan,
    int PromptTokens,
    int OutputTokens,
    int Running,
    int Waiting,
    long DecodeTime,
    long PrefillTime,
    long SamplingTime,
    long StepTime,
    int RebuiltTokens,
    int GeneratedTokens,
    BatchStatistics Sampling,
    long LostTime = 0);
