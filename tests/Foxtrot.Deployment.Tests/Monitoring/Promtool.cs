using Foxtrot.Deployment.Tests.Manifests;

namespace Foxtrot.Deployment.Tests.Monitoring;

/// <summary>Prometheus' own tool. Tests that need it skip themselves, visibly, where there is none.</summary>
internal static class Promtool
{
    /// <summary>Runs it.</summary>
    /// <exception cref="InvalidOperationException">It failed; has what it wrote.</exception>
    public static string Run(params string[] arguments)
    {
        var output = Tool.Run("promtool", arguments);
        Assert.SkipWhen(output is null, "promtool is not installed: Debian's package is prometheus.");
        return output;
    }
}
