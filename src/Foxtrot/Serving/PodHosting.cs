using Foxtrot.Commands;
using k8s;
using Microsoft.Extensions.Configuration;

namespace Foxtrot.Serving;

/// <summary>What a process does besides when it runs in a pod: it takes its name, address and cluster from it, and watches the others.</summary>
/// <remarks>
/// Orleans' Kubernetes hosting declares a silo dead as soon as its pod is gone, also one that vanished with its node, instead of
/// waiting for missed probes; it asks the API server, as the pod's service account, which must be allowed to get, list and watch pods,
/// or as <c>KUBECONFIG</c> says where that is set. Membership itself stays in Redis.
/// </remarks>
internal static class PodHosting
{
    private const string ClientFile = "KUBECONFIG";
    private const string ServiceHost = "KUBERNETES_SERVICE_HOST";
    private const string ClusterId = "ORLEANS_CLUSTER_ID";
    private const string ServiceId = "ORLEANS_SERVICE_ID";

    private static readonly string[] Needed = ["POD_NAME", "POD_NAMESPACE", "POD_IP", ServiceId, ClusterId];

    /// <summary>What to add to the silo; null outside of a pod, and in a pod that does not name its cluster.</summary>
    /// <param name="configuration">With the environment.</param>
    /// <exception cref="UsageException">The pod names its cluster, but not everything else that this needs.</exception>
    public static Action<ISiloBuilder>? Find(IConfiguration configuration)
    {
        if (!Has(ServiceHost) || !(Has(ClusterId) || Has(ServiceId)))
        {
            return null;
        }

        var missing = Needed.Where(name => !Has(name)).ToArray();
        return missing.Length == 0
            ? silo => silo.UseKubernetesHosting(hosting => hosting.Configure(options => options.GetClientConfiguration = Client))
            : throw new UsageException($"in a pod that sets {ClusterId} or {ServiceId}, {string.Join(", ", missing)} must be set too");

        bool Has(string name) => !string.IsNullOrEmpty(configuration[name]);

        KubernetesClientConfiguration Client() => Has(ClientFile)
            ? KubernetesClientConfiguration.BuildConfigFromConfigFile(configuration[ClientFile])
            : KubernetesClientConfiguration.InClusterConfig();
    }
}
