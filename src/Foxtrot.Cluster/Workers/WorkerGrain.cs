using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Sessions;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Contracts.Workers;
using Foxtrot.Inference.Engine;
using Orleans.Concurrency;

namespace Foxtrot.Cluster.Workers;

/// <inheritdoc cref="IWorkerGrain"/>
[OwnsModel, StatelessWorker(1, false)]
internal sealed class WorkerGrain(WorkerRuntime runtime) : Grain, IWorkerGrain
{
    private WorkerModel Model => runtime.TryFind(this.GetPrimaryKeyString(), out var model)
        ? model
        : throw new InvalidOperationException($"model '{this.GetPrimaryKeyString()}' is not on this silo: placement failed");

    /// <inheritdoc/>
    public Task<ModelInfo> Describe() => Task.FromResult(Model.Info);

    /// <inheritdoc/>
    public Task<Outcome<TokenizedPrompt>> Tokenize(Prompt prompt) => Task.FromResult(TurnResolver.Encode(Model, prompt));

    /// <inheritdoc/>
    public async Task<Outcome<VerifyView>> Verify(Receipt receipt, Prompt prompt, string? text)
    {
        var encoded = TurnResolver.Encode(Model, prompt);
        return encoded.Value is { } value
            ? await ReceiptCheck.VerifyAsync(Model, Tenant.Default.Id, receipt, TokenLog.FromPrompt(value.Tokens), value.Tokens.Length, text)
            : encoded.Refusal!;
    }
}
