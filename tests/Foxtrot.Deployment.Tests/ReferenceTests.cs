using Foxtrot.Deployment.Tests.Manifests;
using k8s.Models;

namespace Foxtrot.Deployment.Tests;

/// <summary>Whatever a manifest refers to by name, label or port is there: Kubernetes itself would accept it and do nothing.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Services_select_pods_that_have_their_ports(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Of<V1Service>(), service =>
        {
            var pods = Assert.Single(manifests.Selected(service.Spec.Selector));
            Assert.All(service.Spec.Ports, port => Assert.True(pods.HasPort(port.TargetPort), $"{pods.Name} has no port {port.TargetPort.Value}."));
        });
        Assert.All(manifests.Of<V1StatefulSet>(), set => Assert.NotNull(manifests.Find<V1Service>(set.Spec.ServiceName)));
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Workloads_know_their_own_pods_and_spread_no_others(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Workloads, workload =>
        {
            Assert.Equal([workload], manifests.Selected(workload.Selector));
            Assert.All(workload.Template.Spec.TopologySpreadConstraints ?? [], spread => Assert.Equal([workload], manifests.Selected(spread.LabelSelector)));
        });
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Probes_ask_ports_that_there_are(string overlay)
    {
        Assert.All(ManifestSet.Rendered(overlay).Workloads, workload =>
        {
            V1Probe[] probes = [workload.Container.StartupProbe, workload.Container.ReadinessProbe, workload.Container.LivenessProbe];
            Assert.All(probes, probe =>
            {
                Assert.NotNull(probe);
                Assert.True(workload.HasPort(probe.HttpGet?.Port ?? probe.TcpSocket.Port));
                Assert.True(probe.HttpGet?.Path is null or "/alive" or "/health", probe.HttpGet?.Path);
            });
        });
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Volumes_are_mounted_and_come_from_something_that_is_there(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Workloads, workload =>
        {
            var volumes = workload.Template.Spec.Volumes ?? [];
            var mounted = (workload.Container.VolumeMounts ?? []).Select(mount => mount.Name).Order(StringComparer.Ordinal);
            Assert.Equal(mounted, volumes.Select(volume => volume.Name).Concat(workload.Claims.Select(claim => claim.Metadata.Name)).Order(StringComparer.Ordinal));
            Assert.All(volumes, volume => Assert.True(Exists(manifests, volume), $"What {workload.Name} mounts as {volume.Name} is not there."));
        });
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Every_file_that_a_command_names_is_mounted(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Workloads, workload =>
        {
            var paths = (workload.Container.Args ?? []).SelectMany(argument => argument.Split([' ', '\n'])).Where(word => word.StartsWith("/etc/", StringComparison.Ordinal));
            Assert.All(paths, path => Assert.Contains(path, Files(manifests, workload)));
        });
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Budgets_policies_and_monitors_select_pods_and_ports_that_there_are(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Of<V1PodDisruptionBudget>(), budget => Assert.Single(manifests.Selected(budget.Spec.Selector)));
        Assert.All(manifests.Of<V1NetworkPolicy>(), policy =>
        {
            var pods = manifests.Selected(policy.Spec.PodSelector);
            Assert.NotEmpty(pods);
            foreach (var rule in policy.Spec.Ingress ?? [])
            {
                Assert.All(rule.Ports, port => Assert.All(pods, pod => Assert.True(pod.HasPort(port.Port), $"{pod.Name} has no port {port.Port.Value}.")));
                Assert.All((rule.FromProperty ?? []).Where(from => from.PodSelector is not null), from => Assert.NotEmpty(manifests.Selected(from.PodSelector)));
            }
        });
        Assert.All(manifests.Of<ServiceMonitor>(), monitor =>
        {
            var service = Assert.Single(manifests.Of<V1Service>(), s => ManifestSet.Matches(monitor.Spec.Selector.MatchLabels, s.Metadata.Labels));
            Assert.All(monitor.Spec.Endpoints, endpoint => Assert.Equal("/metrics", Assert.Single(service.Spec.Ports, p => p.Name == endpoint.Port) is not null ? endpoint.Path : ""));
        });
        // Where a gateway takes requests, its metrics need the admin key, which a monitor does not have.
        Assert.All(manifests.Of<ServiceMonitor>().SelectMany(monitor => monitor.Spec.Endpoints), endpoint => Assert.Equal("metrics", endpoint.Port));
        Assert.All(manifests.Of<PodMonitor>(), monitor =>
        {
            var pods = Assert.Single(manifests.Selected(monitor.Spec.Selector));
            Assert.All(monitor.Spec.PodMetricsEndpoints, endpoint => Assert.Contains(pods.Container.Ports, p => p.Name == endpoint.Port && endpoint.Path == "/metrics"));
        });
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Only_silos_reach_redis_and_silos(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        var stranger = new Dictionary<string, string> { ["app"] = "stranger" };
        foreach (var silo in manifests.Silos)
        {
            Assert.All(manifests.Silos, other => Assert.True(Reaches(manifests, silo.Template.Metadata.Labels, other, "silo")));
            Assert.False(Reaches(manifests, stranger, silo, "silo"));
            Assert.False(Reaches(manifests, stranger, silo, "clients"));
            if (manifests.Workloads.SingleOrDefault(w => w.Name == "redis") is { } redis)
            {
                Assert.True(Reaches(manifests, silo.Template.Metadata.Labels, redis, "redis"));
                Assert.False(Reaches(manifests, stranger, redis, "redis"));
            }
        }

        Assert.True(Reaches(manifests, stranger, manifests.Silos.Single(s => s.Name == "gateway"), "http"));
        Assert.False(Reaches(manifests, stranger, manifests.Silos.Single(s => s.Name == "gateway"), "metrics"));
        Assert.False(Reaches(manifests, stranger, manifests.Silos.Single(s => s.Name == "worker"), "http"));
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Autoscalers_scale_what_is_there_and_nobody_else_sets_its_size(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        (V2CrossVersionObjectReference Target, V2HorizontalPodAutoscalerBehavior Behavior, int? Least, int Most)[] scalers =
        [
            .. manifests.Of<V2HorizontalPodAutoscaler>().Select(h => (h.Spec.ScaleTargetRef, h.Spec.Behavior, h.Spec.MinReplicas, h.Spec.MaxReplicas)),
            .. manifests.Of<ScaledObject>().Select(s => (s.Spec.ScaleTargetRef, s.Spec.Advanced.HorizontalPodAutoscalerConfig.Behavior, (int?)s.Spec.MinReplicaCount, s.Spec.MaxReplicaCount)),
        ];
        Assert.All(scalers, scaler =>
        {
            var deployment = manifests.Find<V1Deployment>(scaler.Target.Name);
            Assert.NotNull(deployment);
            Assert.Null(deployment.Spec.Replicas);
            Assert.True(deployment.Spec.Template.Spec.Containers[0].Resources.Requests.ContainsKey("cpu"));
            Assert.InRange(scaler.Least!.Value, 2, scaler.Most);

            // The next pod goes no sooner than the one before may have taken to drain.
            var policy = Assert.Single(scaler.Behavior.ScaleDown.Policies);
            Assert.Equal(("Pods", 1), (policy.Type, policy.Value));
            Assert.True(policy.PeriodSeconds >= deployment.Spec.Template.Spec.TerminationGracePeriodSeconds);
        });
        var others = manifests.Of<V1Deployment>().Where(d => scalers.All(s => s.Target.Name != d.Metadata.Name));
        Assert.All(others, deployment => Assert.NotNull(deployment.Spec.Replicas));
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Silos_may_watch_pods_and_nothing_else(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Silos, silo =>
        {
            var account = silo.Template.Spec.ServiceAccountName;
            Assert.NotNull(manifests.Find<V1ServiceAccount>(account));
            var binding = Assert.Single(manifests.Of<V1RoleBinding>(), b => b.Subjects.Any(s => s.Kind == "ServiceAccount" && s.Name == account && s.NamespaceProperty == "foxtrot"));
            var rule = Assert.Single(manifests.Find<V1Role>(binding.RoleRef.Name)!.Rules);
            Assert.Equal(["pods"], rule.Resources);
            Assert.Equal(["get", "list", "watch"], rule.Verbs.Order(StringComparer.Ordinal));
        });
        Assert.DoesNotContain(manifests.All, o => o.Kind is "ClusterRole" or "ClusterRoleBinding");
    }

    private static bool Exists(ManifestSet manifests, V1Volume volume) => volume switch
    {
        { ConfigMap: { } map } => manifests.Find<V1ConfigMap>(map.Name) is not null,
        { Secret: { } secret } => OperatorSecrets.Keys(secret.SecretName).Any(),
        { PersistentVolumeClaim: { } claim } => manifests.Find<V1PersistentVolumeClaim>(claim.ClaimName) is not null,
        { EmptyDir: { } empty } => empty.SizeLimit is not null,
        _ => false,
    };

    private static IEnumerable<string> Files(ManifestSet manifests, Workload workload) =>
        from mount in workload.Container.VolumeMounts
        from volume in workload.Template.Spec.Volumes.Where(volume => volume.Name == mount.Name)
        from key in volume.ConfigMap is { } map ? manifests.Find<V1ConfigMap>(map.Name)!.Data.Keys
            : volume.Secret is { } secret ? OperatorSecrets.Keys(secret.SecretName)
            : []
        select $"{mount.MountPath}/{key}";

    /// <summary>Whether policies let pods of this namespace with these labels reach a port: at least one of those about the pod must.</summary>
    private static bool Reaches(ManifestSet manifests, IDictionary<string, string> from, Workload to, string port) =>
        manifests.Of<V1NetworkPolicy>()
            .Where(policy => policy.Spec.PolicyTypes.Contains("Ingress") && ManifestSet.Matches(policy.Spec.PodSelector.MatchLabels, to.Template.Metadata.Labels))
            .SelectMany(policy => policy.Spec.Ingress ?? [])
            .Where(rule => rule.Ports is null || rule.Ports.Any(p => p.Port.Value == port))
            .Any(rule => rule.FromProperty is null
                || rule.FromProperty.Any(peer => peer.NamespaceSelector is null && ManifestSet.Matches(peer.PodSelector?.MatchLabels, from)));
}
