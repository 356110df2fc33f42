using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.History;

namespace Foxtrot.Sampling.Stages;

/// <summary>What a stage may look at besides the row.</summary>
/// <param name="History">Prompt and output tokens before this step.</param>
/// <param name="Scratch">The thread's buffers.</param>
/// <param name="Seed">The session's seed.</param>
/// <param name="Position">Absolute position of the token being chosen.</param>
/// <param name="Choice">Which of n parallel choices.</param>
/// <param name="Mu">Mirostat's limit, in bits.</param>
internal readonly record struct StepContext(
    TokenHistory History, SamplingScratch Scratch, ulong Seed, long Position, int Choice, double Mu);
