using Foxtrot.Cluster.Workers;
using Foxtrot.Inference.Engine;

namespace Foxtrot.Cluster.Tests.Workers;

/// <summary>So many sequences that a worker has its slots taken and a queue for as long as a test looks, however slow the machine is.</summary>
internal static class Crowd
{
    public static Generation[] On(WorkerModel model, string tenant) =>
    [
        .. Enumerable.Range(0, 40).Select(_ => model.Submit(
            tenant, new GenerationRequest { Log = TokenLog.FromPrompt([1, 2, 3]), Seed = 3, MaxTokens = 450 }, mayRefuse: false).Value!),
    ];
}
