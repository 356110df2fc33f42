using Foxtrot.Contracts.Sessions;
using Orleans.Concurrency;

namespace Foxtrot.Contracts.Workers;

/// <summary>Any worker that owns a model, for work that belongs to no session. Its key is the model's name.</summary>
[Alias("foxtrot.IWorker")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Replays a receipt's turn from its prompt and compares.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="prompt">What the turn continued.</param>
    /// <param name="text">The output text as its owner has it.</param>
    [Alias("Verify"), AlwaysInterleave]
    Task<Outcome<VerifyView>> Verify(Receipt receipt, Prompt prompt, string? text);

    /// <summary>The model as the worker that answers serves it.</summary>
    [Alias("Describe"), AlwaysInterleave]
    Task<ModelInfo> Describe();

    /// <summary>The token ids of a prompt, with the model's tokenizer and chat template.</summary>
    [Alias("Tokenize"), AlwaysInterleave]
    Task<Outcome<TokenizedPrompt>> Tokenize(Prompt prompt);
}

/// <summary>A prompt's tokens.</summary>
/// <param name="Tokens">Token ids.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.tokenized")]
public sealed record TokenizedPrompt([property: Id(0)] int[] Tokens);
