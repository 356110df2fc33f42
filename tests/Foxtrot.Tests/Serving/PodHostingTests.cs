using Foxtrot.Commands;
using Foxtrot.Serving;
using Microsoft.Extensions.Configuration;

namespace Foxtrot.Tests.Serving;

public sealed class PodHostingTests
{
    private static readonly Dictionary<string, string?> Pod = new()
    {
        ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1",
        ["POD_NAME"] = "worker-0",
        ["POD_NAMESPACE"] = "foxtrot",
        ["POD_IP"] = "10.1.0.7",
        ["ORLEANS_SERVICE_ID"] = "foxtrot",
        ["ORLEANS_CLUSTER_ID"] = "foxtrot",
    };

    [Fact]
    public void A_pod_that_names_its_cluster_is_hosted_as_one() => Assert.NotNull(Find());

    [Fact]
    public void Outside_of_a_pod_nothing_is_added() => Assert.Null(Find("KUBERNETES_SERVICE_HOST"));

    [Fact]
    public void A_pod_that_does_not_name_its_cluster_runs_like_any_process() => Assert.Null(Find("ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID"));

    [Theory]
    [InlineData("POD_NAME")]
    [InlineData("POD_NAMESPACE")]
    [InlineData("POD_IP")]
    [InlineData("ORLEANS_SERVICE_ID")]
    [InlineData("ORLEANS_CLUSTER_ID")]
    public void What_a_pod_leaves_out_is_named(string name)
    {
        var refused = Assert.Throws<UsageException>(() => Find(name));
        Assert.EndsWith($" {name} must be set too", refused.Message, StringComparison.Ordinal);
    }

    private static Action<ISiloBuilder>? Find(params string[] without) =>
        PodHosting.Find(new ConfigurationBuilder().AddInMemoryCollection(Pod.Where(pair => !without.Contains(pair.Key))).Build());
}
