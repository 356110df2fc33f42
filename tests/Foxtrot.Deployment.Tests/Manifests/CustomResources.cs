using System.Text.Json.Serialization;
using k8s.Models;

// Only the fields that the manifests use, by the names of the definitions: anything else is refused when they are read.
namespace Foxtrot.Deployment.Tests.Manifests;

/// <summary>What the Prometheus operator scrapes through services.</summary>
public sealed class ServiceMonitor : CustomResource
{
    [JsonPropertyName("spec")]
    public ServiceMonitorSpec Spec { get; set; } = new();
}

public sealed class ServiceMonitorSpec
{
    [JsonPropertyName("selector")]
    public V1LabelSelector Selector { get; set; } = new();

    [JsonPropertyName("endpoints")]
    public List<MetricsEndpoint> Endpoints { get; set; } = [];
}

/// <summary>What the Prometheus operator scrapes of pods.</summary>
public sealed class PodMonitor : CustomResource
{
    [JsonPropertyName("spec")]
    public PodMonitorSpec Spec { get; set; } = new();
}

public sealed class PodMonitorSpec
{
    [JsonPropertyName("selector")]
    public V1LabelSelector Selector { get; set; } = new();

    [JsonPropertyName("podMetricsEndpoints")]
    public List<MetricsEndpoint> PodMetricsEndpoints { get; set; } = [];
}

public sealed class MetricsEndpoint
{
    [JsonPropertyName("port")]
    public string Port { get; set; } = "";

    [JsonPropertyName("path")]
    public string Path { get; set; } = "";

    [JsonPropertyName("interval")]
    public string Interval { get; set; } = "";

    [JsonPropertyName("relabelings")]
    public List<Relabeling> Relabelings { get; set; } = [];
}

public sealed class Relabeling
{
    [JsonPropertyName("targetLabel")]
    public string TargetLabel { get; set; } = "";

    [JsonPropertyName("replacement")]
    public string Replacement { get; set; } = "";
}

/// <summary>Recording and alerting rules of the Prometheus operator; what they say is promtool's to check.</summary>
public sealed class PrometheusRule : CustomResource
{
    [JsonPropertyName("spec")]
    public object? Spec { get; set; }
}

/// <summary>What KEDA scales.</summary>
public sealed class ScaledObject : CustomResource
{
    [JsonPropertyName("spec")]
    public ScaledObjectSpec Spec { get; set; } = new();
}

public sealed class ScaledObjectSpec
{
    [JsonPropertyName("scaleTargetRef")]
    public V2CrossVersionObjectReference ScaleTargetRef { get; set; } = new();

    [JsonPropertyName("minReplicaCount")]
    public int MinReplicaCount { get; set; }

    [JsonPropertyName("maxReplicaCount")]
    public int MaxReplicaCount { get; set; }

    [JsonPropertyName("pollingInterval")]
    public int PollingInterval { get; set; }

    [JsonPropertyName("advanced")]
    public ScaledObjectAdvanced Advanced { get; set; } = new();

    [JsonPropertyName("triggers")]
    public List<ScaledObjectTrigger> Triggers { get; set; } = [];
}

public sealed class ScaledObjectAdvanced
{
    [JsonPropertyName("horizontalPodAutoscalerConfig")]
    public ScaledObjectAutoscaler HorizontalPodAutoscalerConfig { get; set; } = new();
}

public sealed class ScaledObjectAutoscaler
{
    [JsonPropertyName("behavior")]
    public V2HorizontalPodAutoscalerBehavior Behavior { get; set; } = new();
}

public sealed class ScaledObjectTrigger
{
    [JsonPropertyName("type")]
    public string Type { get; set; } = "";

    [JsonPropertyName("name")]
    public string Name { get; set; } = "";

    [JsonPropertyName("metricType")]
    public string MetricType { get; set; } = "";

    [JsonPropertyName("metadata")]
    public Dictionary<string, string> Metadata { get; set; } = [];
}

/// <summary>What all of them have.</summary>
public abstract class CustomResource : k8s.IKubernetesObject<V1ObjectMeta>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();
}
