using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Orchestration;

/// <summary>Silos in pods, against a stand-in for Kubernetes' API server.</summary>
[Collection(OneAtATime.Name)]
public sealed class PodTests
{
    [Fact]
    public async Task A_silo_in_a_pod_joins_the_cluster_of_its_labels_and_watches_pods_with_no_more_rights_than_the_manifests_give()
    {
        var id = $"pods-{Guid.NewGuid():n}";
        await using var garnet = await GarnetServer.StartAsync();
        await using var kubernetes = new ApiServer("foxtrot", id, "worker-0", "gateway-0");
        var configuration = kubernetes.WriteConfiguration(Reaper.NewFolder("kubernetes"));
        await using var worker = await StartAsync("worker");

        // It becomes ready only by hearing of the worker, so both were told the same cluster.
        await using var gateway = await StartAsync("gateway");
        await Deadline.Within(kubernetes.Watched.Task, "pods are watched", () => worker.Describe() + gateway.Describe());

        Assert.All(kubernetes.Requests, request => Assert.True(request.Verb is "get" or "list" or "watch", $"{request}"));
        Assert.All(kubernetes.Requests, request => Assert.StartsWith("/api/v1/namespaces/foxtrot/pods", request.Path, StringComparison.Ordinal));
        Assert.Contains(kubernetes.Requests, request => request is { Verb: "get", Path: "/api/v1/namespaces/foxtrot/pods/worker-0" });
        Assert.All(kubernetes.Requests.Where(request => request.Verb != "get"), request => Assert.Equal($"orleans/serviceId=foxtrot,orleans/clusterId={id}", request.Labels));

        Task<FoxtrotProcess> StartAsync(string role) => FoxtrotProcess.StartAsync(
            role,
            ["--role", role, "--urls", "http://127.0.0.1:0", "--redis", garnet.Endpoint],
            new Dictionary<string, string>
            {
                ["KUBERNETES_SERVICE_HOST"] = "127.0.0.1",
                ["KUBECONFIG"] = configuration,
                ["POD_NAME"] = $"{role}-0",
                ["POD_NAMESPACE"] = "foxtrot",
                ["POD_IP"] = "127.0.0.1",
                ["ORLEANS_SERVICE_ID"] = "foxtrot",
                ["ORLEANS_CLUSTER_ID"] = id,
            });
    }
}
