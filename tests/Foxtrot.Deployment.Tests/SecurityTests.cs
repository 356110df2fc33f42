using Foxtrot.Deployment.Tests.Manifests;
using k8s.Models;

namespace Foxtrot.Deployment.Tests;

/// <summary>What a pod may not do, and what the repository does not hold.</summary>
public sealed class SecurityTests
{
    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Pods_are_confined_as_the_restricted_profile_wants_and_their_files_are_read_only(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.Equal("restricted", manifests.Of<V1Namespace>().Single().Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.All(manifests.Workloads, workload =>
        {
            var (pod, container) = (workload.Template.Spec, workload.Container.SecurityContext);
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.True(pod.SecurityContext.RunAsUser > 0);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.False(container.AllowPrivilegeEscalation);
            Assert.True(container.ReadOnlyRootFilesystem);
            Assert.Equal(["ALL"], container.Capabilities.Drop);
            Assert.False(pod.EnableServiceLinks);
            Assert.True(workload.Container.Resources.Limits.ContainsKey("memory"));
        });
        Assert.All(manifests.Workloads.Except(manifests.Silos), workload => Assert.False(workload.Template.Spec.AutomountServiceAccountToken));
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Manifests_hold_no_secrets(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.Empty(manifests.Of<V1Secret>());
        Assert.All(manifests.Of<V1ConfigMap>(), map => Assert.DoesNotContain(map.Data ?? new Dictionary<string, string>(), pair =>
            pair.Key.Contains("key", StringComparison.OrdinalIgnoreCase) || pair.Key.Contains("password", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Images_have_a_version(string overlay) =>
        Assert.All(ManifestSet.Rendered(overlay).Workloads, workload => Assert.Matches(@":\d+\.\d+", workload.Container.Image));
}
