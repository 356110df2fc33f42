using k8s;
using k8s.Models;

namespace Foxtrot.Deployment.Tests.Manifests;

/// <summary>Manifests as Kubernetes would take them: each document in its type, with no field that the type does not have.</summary>
internal sealed class ManifestSet
{
    private static readonly Dictionary<string, Type> CustomTypes = new()
    {
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
    };

    private readonly List<IKubernetesObject<V1ObjectMeta>> _objects;

    private ManifestSet(List<IKubernetesObject<V1ObjectMeta>> objects)
    {
        _objects = objects;
        Workloads =
        [
            .. Of<V1Deployment>().Select(d => new Workload(d.Metadata.Name, d.Spec.Selector, d.Spec.Template, [])),
            .. Of<V1StatefulSet>().Select(s => new Workload(s.Metadata.Name, s.Spec.Selector, s.Spec.Template, s.Spec.VolumeClaimTemplates ?? [])),
        ];
    }

    /// <summary>Everything.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All => _objects;

    /// <summary>What runs pods: the name, the labels by which it knows its pods, and the pods.</summary>
    public IReadOnlyList<Workload> Workloads { get; }

    /// <summary>The pods that run <c>foxtrot serve</c>.</summary>
    public IReadOnlyList<Workload> Silos => [.. Workloads.Where(w => w.Name is "gateway" or "worker")];

    /// <summary>Reads documents.</summary>
    /// <exception cref="Exception">One of them has a field that its type does not have, or is of a type that is not known.</exception>
    public static ManifestSet Read(string yaml) =>
        new([.. KubernetesYaml.LoadAllFromString(yaml, CustomTypes, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    /// <summary>The manifests of a kustomization.</summary>
    public static ManifestSet Rendered(string folder) => Read(Kustomize.Render(folder));

    /// <summary>All of one type.</summary>
    public IEnumerable<T> Of<T>() => _objects.OfType<T>();

    /// <summary>One of a type, by its name; null when there is none.</summary>
    public T? Find<T>(string name)
        where T : class, IKubernetesObject<V1ObjectMeta> => Of<T>().SingleOrDefault(o => o.Metadata.Name == name);

    /// <summary>The workloads whose pods a selector takes.</summary>
    public IReadOnlyList<Workload> Selected(V1LabelSelector selector)
    {
        Assert.True(selector.MatchExpressions is null or { Count: 0 }, "Expressions in selectors are not understood by this test.");
        return Selected(selector.MatchLabels);
    }

    /// <inheritdoc cref="Selected(V1LabelSelector)"/>
    public IReadOnlyList<Workload> Selected(IDictionary<string, string>? labels) =>
        [.. Workloads.Where(w => Matches(labels, w.Template.Metadata.Labels))];

    /// <summary>Whether labels have everything that a selector asks for; one that asks for nothing takes all.</summary>
    public static bool Matches(IDictionary<string, string>? wanted, IDictionary<string, string>? labels) =>
        (wanted ?? new Dictionary<string, string>()).All(pair => labels is not null && labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}

/// <summary>Something that runs pods.</summary>
/// <param name="Name">Its own name.</param>
/// <param name="Selector">By which it knows its pods.</param>
/// <param name="Template">The pods.</param>
/// <param name="Claims">Volumes that each pod gets for itself.</param>
internal sealed record Workload(string Name, V1LabelSelector Selector, V1PodTemplateSpec Template, IList<V1PersistentVolumeClaim> Claims)
{
    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Its only container.</summary>
    public V1Container Container => Assert.Single(Template.Spec.Containers);

    /// <summary>Whether a port of its container has this name or number.</summary>
    public bool HasPort(IntOrString port) =>
        Container.Ports.Any(p => p.Name == port.Value || p.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == port.Value);
}
