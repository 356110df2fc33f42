using Foxtrot.Cluster.Workers;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>One worker that can be drained.</summary>
internal sealed class FakeWorkers : IWorkers
{
    public const string Id = "127.0.0.1:11111@1";

    private bool _draining;

    public IReadOnlyList<WorkerState> All => [new(Id, _draining, [new(FakeCatalog.Model(FakeCatalog.Story), 3, 2)])];

    public Task<bool> DrainAsync(string id)
    {
        _draining |= id == Id;
        return Task.FromResult(id == Id);
    }
}
