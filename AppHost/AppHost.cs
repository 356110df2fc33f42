using System.Globalization;
using Aspire.Hosting.ApplicationModel;

// A whole cluster on one machine: Redis, a gateway, workers, and in run mode Prometheus and Grafana. See README.md beside this file.
var builder = DistributedApplication.CreateBuilder(args);
var settings = builder.Configuration.GetSection("Parameters");
var models = builder.AddParameter("models", () => settings["models"] ?? "", publishValueAsDefault: true);
var device = builder.AddParameter("device", () => settings["device"] ?? "cpu", publishValueAsDefault: true);
var workers = int.Parse(settings["workers"] ?? "2", CultureInfo.InvariantCulture);

if (settings["target"] == "kubernetes")
{
    builder.AddKubernetesEnvironment("kubernetes");
}
else
{
    builder.AddDockerComposeEnvironment("compose");
}

var redis = builder.AddRedis("redis").WithDataVolume().WithPersistence();
var orleans = builder.AddOrleans("orleans")
    .WithClusterId("foxtrot")
    .WithServiceId("foxtrot")
    .WithClustering(redis)
    .WithGrainStorage("sessions", redis);

var worker = builder.AddProject<Projects.Foxtrot>("worker")
    .WithArgs("serve", "--role", "worker")
    .WithEnvironment("Foxtrot__Models", models)
    .WithEnvironment("Foxtrot__Device", device)
    .WithReference(orleans)
    .WaitFor(redis)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithReplicas(workers);

// A silo too, though one without grains: it notices at once when a worker dies. Hence no AsClient().
var gateway = builder.AddProject<Projects.Foxtrot>("gateway")
    .WithArgs("serve", "--role", "gateway")
    .WithReference(orleans)
    .WaitFor(redis)
    .WithHttpEndpoint()
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health");

if (builder.ExecutionContext.IsRunMode)
{
    // Processes push to Prometheus: behind one address for all replicas it could not tell them apart. Traces and logs go to the dashboard.
    var prometheus = builder.AddContainer("prometheus", "prom/prometheus", "v3.5.0")
        .WithArgs("--config.file=/etc/prometheus/prometheus.yml", "--web.enable-otlp-receiver")
        .WithBindMount("prometheus.yml", "/etc/prometheus/prometheus.yml", isReadOnly: true)
        .WithBindMount("../k8s/components/monitoring", "/etc/prometheus/rules", isReadOnly: true)
        .WithHttpEndpoint(targetPort: 9090)
        .WithHttpHealthCheck("/-/ready");
    builder.AddContainer("grafana", "grafana/grafana", "12.1.0")
        .WithBindMount("grafana", "/etc/grafana/provisioning", isReadOnly: true)
        .WithBindMount("../k8s/dashboards", "/var/lib/grafana/dashboards", isReadOnly: true)
        .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
        .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
        .WithEnvironment("GF_AUTH_ANONYMOUS_ORG_ROLE", "Admin")
        .WithHttpEndpoint(targetPort: 3000)
        .WithHttpHealthCheck("/api/health");
    foreach (var process in new[] { worker, gateway })
    {
        process.WithEnvironment("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", ReferenceExpression.Create($"{prometheus.GetEndpoint("http")}/api/v1/otlp/v1/metrics"))
            .WithEnvironment("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf");
    }
}
else
{
    // Published, it can be reached from elsewhere, and then it does not start without a key.
    gateway.WithEnvironment("Foxtrot__AdminKey", builder.AddParameter("admin-key", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true));
}

builder.Build().Run();
