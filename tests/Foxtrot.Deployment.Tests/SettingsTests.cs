using System.Globalization;
using Foxtrot.Deployment.Tests.Manifests;
using Foxtrot.Serving;
using k8s.Models;
using Microsoft.Extensions.Configuration;

namespace Foxtrot.Deployment.Tests;

/// <summary>The processes take what the manifests tell them: their options are read with the server's own code.</summary>
public sealed class SettingsTests : IDisposable
{
    /// <summary>Seconds at the end of a drain in which the process ends.</summary>
    private const int Margin = 15;

    private static readonly string[] OtherVariables =
        ["POD_NAME", "POD_NAMESPACE", "POD_IP", "ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID", "KUBERNETES_SERVICE_HOST", "REDIS_PASSWORD", "ConnectionStrings__redis", "MALLOC_ARENA_MAX"];

    private static readonly string[] OtherPrefixes = ["Foxtrot__", "Orleans__Endpoints__", "Logging__LogLevel__", "OTEL_"];

    private readonly string _folder = Directory.CreateTempSubdirectory("foxtrot-deployment-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void The_server_accepts_every_option_and_variable(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.Equal(["gateway", "worker"], manifests.Silos.Select(silo => silo.Name).Order(StringComparer.Ordinal));
        Assert.All(manifests.Silos, silo =>
        {
            var configuration = Configuration(manifests, silo);
            var options = ServeOptionsReader.Read(configuration);
            Assert.Equal(silo.Name, ServeOptionsReader.Name(options.Role));
            Assert.Equal(silo.Name == "gateway", options.AdminKey is not null);
            Assert.NotNull(options.Redis);
            Assert.NotNull(PodHosting.Find(configuration));
        });
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void No_variable_is_set_that_nobody_reads(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Silos, silo => Assert.All(PodEnvironment.Of(manifests, silo).Keys, name =>
            Assert.True(OtherVariables.Contains(name) || OtherPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)), name)));
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Silos_listen_where_their_ports_say_and_are_known_by_their_pods_address(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Silos, silo =>
        {
            var configuration = Configuration(manifests, silo);
            var http = new Uri(ServeOptionsReader.Read(configuration).Urls.Single().Replace("*", "any", StringComparison.Ordinal));
            Assert.Equal(Port(silo, "http"), http.Port.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(
                silo.HasPort("metrics") ? [Port(silo, "metrics")] : [],
                ServeOptionsReader.Read(configuration).MetricsUrls.Select(url => url[(url.LastIndexOf(':') + 1)..]));
            Assert.Equal(Port(silo, "silo"), configuration["Orleans:Endpoints:SiloPort"]);
            Assert.Equal(Port(silo, "clients"), configuration["Orleans:Endpoints:GatewayPort"]);
            Assert.Equal("10.1.2.3", configuration["Orleans:Endpoints:AdvertisedIPAddress"]);
        });
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void A_pod_gets_longer_to_end_than_the_server_takes_to_drain(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        Assert.All(manifests.Silos, silo =>
        {
            var drain = ServeOptionsReader.Read(Configuration(manifests, silo)).Drain;
            var before = TimeSpan.FromSeconds(silo.Container.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0);
            var grace = TimeSpan.FromSeconds(silo.Template.Spec.TerminationGracePeriodSeconds!.Value);
            Assert.True(grace >= before + drain + TimeSpan.FromSeconds(Margin), $"{silo.Name}: {grace} is too short for {before} and a drain of {drain}.");
        });
    }

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Redis_is_where_silos_look_for_it(string overlay)
    {
        var manifests = ManifestSet.Rendered(overlay);
        if (manifests.Find<V1Service>("redis") is not { } redis)
        {
            Assert.All(manifests.Silos, silo => Assert.StartsWith("cache.example:", PodEnvironment.Of(manifests, silo)["ConnectionStrings__redis"], StringComparison.Ordinal));
            return;
        }

        var address = $"{redis.Metadata.Name}:{Assert.Single(redis.Spec.Ports).Port},";
        Assert.All(manifests.Silos, silo => Assert.StartsWith(address, PodEnvironment.Of(manifests, silo)["ConnectionStrings__redis"], StringComparison.Ordinal));
    }

    [Fact]
    public void The_gpu_overlay_runs_its_workers_on_gpus()
    {
        var manifests = ManifestSet.Rendered(Path.Combine("k8s", "overlays", "gpu"));
        var worker = manifests.Silos.Single(silo => silo.Name == "worker");
        Assert.Equal("cuda:0", ServeOptionsReader.Read(Configuration(manifests, worker)).Device.ToString());
        Assert.Equal("1", worker.Container.Resources.Limits["nvidia.com/gpu"].ToString());
        Assert.StartsWith("foxtrot-gpu:", worker.Container.Image, StringComparison.Ordinal);
    }

    [Fact]
    public void The_operators_guide_explains_every_setting()
    {
        var guide = File.ReadAllText(RepositoryRoot.At("k8s", "README.md"));
        Assert.All(ServeSetting.Known, setting => Assert.Contains($"| `Foxtrot__{setting.Key}` | {(setting.Option.Length > 0 ? $"`{setting.Option}` " : "")}|", guide, StringComparison.Ordinal));
    }

    private static string Port(Workload silo, string name) =>
        silo.Container.Ports.Single(port => port.Name == name).ContainerPort.ToString(CultureInfo.InvariantCulture);

    /// <summary>As the process would see it: its environment, and over that its options.</summary>
    private IConfigurationRoot Configuration(ManifestSet manifests, Workload silo)
    {
        var settings = PodEnvironment.Of(manifests, silo).ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value);
        Assert.Equal("serve", silo.Container.Args[0]);
        foreach (var pair in silo.Container.Args.Skip(1).Chunk(2))
        {
            var setting = ServeSetting.All.SingleOrDefault(s => s.Option == pair[0]);
            Assert.True(setting is not null, $"{silo.Name}: foxtrot serve has no option {pair[0]}.");
            settings[setting.Path] = setting == ServeSetting.AdminKeyFile ? KeyFile() : pair[1];
        }

        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }

    // That the path of the manifest is mounted from a secret is another test's to say.
    private string KeyFile()
    {
        var file = Path.Combine(_folder, "key");
        File.WriteAllText(file, PodEnvironment.Secret);
        return file;
    }
}
