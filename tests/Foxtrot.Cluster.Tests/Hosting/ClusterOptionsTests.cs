using Foxtrot.Cluster.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Foxtrot.Cluster.Tests.Hosting;

public sealed class ClusterOptionsTests
{
    [Fact]
    public void Defaults_are_valid_for_one_process() => Assert.Empty(Validate(new ClusterOptions()));

    [Fact]
    public void All_that_is_wrong_is_said_at_once_with_name_bounds_and_value()
    {
        var wrong = new ClusterOptions
        {
            ClusterId = " ",
            SiloPort = 70_000,
            ClientPort = -1,
            AdvertisedAddress = "here",
            LoadReportInterval = TimeSpan.Zero,
            ProbeTimeout = TimeSpan.FromSeconds(5),
            MissedProbes = 0,
            IdleSessionAge = TimeSpan.FromSeconds(1),
        };
        var exception = Assert.Throws<OptionsValidationException>(() => Host.CreateApplicationBuilder().AddFoxtrotWorker(wrong));
        var failures = exception.Failures.ToArray();
        Assert.Equal(8, failures.Length);
        Assert.Contains("SiloPort must be from 0 to 65535; it is 70000.", failures);
        Assert.Contains("AdvertisedAddress must be an IP address; it is 'here'.", failures);
        Assert.Contains("MaxProbeTimeout must be from 00:00:05 to 00:05:00; it is 00:00:01.5000000.", failures);
    }

    [Fact]
    public void A_gateway_without_redis_is_refused() =>
        Assert.Contains("needs Redis", Assert.Single(Validate(new ClusterOptions(), hostsGrains: false)), StringComparison.Ordinal);

    [Fact]
    public void A_service_key_without_a_connection_string_is_refused_by_name() =>
        Assert.Contains("ConnectionStrings:store", Assert.Single(Validate(new ClusterOptions(), configuration: new()
        {
            ["Orleans:Clustering:ProviderType"] = "Redis",
            ["Orleans:Clustering:ServiceKey"] = "store",
        })), StringComparison.Ordinal);

    [Fact]
    public void A_connection_string_that_cannot_be_read_is_not_repeated() =>
        Assert.DoesNotContain("secret", Assert.Single(Validate(new ClusterOptions { Redis = "host:1,password=secret,nonsense=1" })), StringComparison.Ordinal);

    [Fact]
    public void Configuration_wins_over_options_and_options_fill_what_it_leaves_out()
    {
        ConfigurationManager configuration = new();
        configuration["Orleans:ClusterId"] = "configured";
        configuration["Orleans:Endpoints:SiloPort"] = "1234";
        ClusterConfiguration.Complete(configuration, new ClusterOptions { Redis = "store.example:6379,password=p,ssl=true", ClusterId = "option", SiloPort = 99, ClientPort = 98 });
        Assert.Equal("configured", configuration["Orleans:ClusterId"]);
        Assert.Equal("foxtrot", configuration["Orleans:ServiceId"]);
        Assert.Equal("1234", configuration["Orleans:Endpoints:SiloPort"]);
        Assert.Equal("98", configuration["Orleans:Endpoints:GatewayPort"]);
        Assert.Equal("Redis", configuration["Orleans:Clustering:ProviderType"]);
        Assert.Equal("Redis", configuration["Orleans:GrainStorage:sessions:ProviderType"]);
        Assert.Equal(configuration["Orleans:Clustering:ServiceKey"], configuration["Orleans:GrainStorage:sessions:ServiceKey"]);
        Assert.Equal("store.example:6379,password=p,ssl=true", configuration.GetConnectionString(configuration["Orleans:Clustering:ServiceKey"]!));
        Assert.Null(configuration["Orleans:Endpoints:AdvertisedIPAddress"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("localhost:6379")]
    [InlineData("127.0.0.1:6379,password=p")]
    public void A_cluster_that_cannot_leave_the_machine_listens_on_the_loopback_address(string? redis)
    {
        ConfigurationManager configuration = new();
        ClusterConfiguration.Complete(configuration, new ClusterOptions { Redis = redis });
        Assert.Equal("127.0.0.1", configuration["Orleans:Endpoints:AdvertisedIPAddress"]);
        Assert.NotEqual(configuration["Orleans:Endpoints:SiloPort"], configuration["Orleans:Endpoints:GatewayPort"]);
    }

    private static IReadOnlyList<string> Validate(ClusterOptions options, Dictionary<string, string?>? configuration = null, bool hostsGrains = true) =>
        ClusterOptionsValidation.Validate(options, new ConfigurationBuilder().AddInMemoryCollection(configuration ?? []).Build(), hostsGrains);
}
