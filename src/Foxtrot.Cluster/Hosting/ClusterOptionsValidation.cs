using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace Foxtrot.Cluster.Hosting;

/// <summary>Everything that can be wrong about joining a cluster, before anything is started.</summary>
internal static class ClusterOptionsValidation
{
    private const int MaxPort = 65_535;

    /// <summary>All that is wrong; empty when nothing is.</summary>
    public static IReadOnlyList<string> Validate(ClusterOptions options, IConfiguration configuration, bool hostsGrains)
    {
        var failures = new List<string>();
        Text(nameof(options.ClusterId), options.ClusterId);
        Text(nameof(options.ServiceId), options.ServiceId);
        Range(nameof(options.SiloPort), options.SiloPort, 0, MaxPort);
        Range(nameof(options.ClientPort), options.ClientPort, 0, MaxPort);
        if (options.SiloPort != 0 && options.SiloPort == options.ClientPort)
        {
            failures.Add($"SiloPort and ClientPort must differ; both are {options.SiloPort}.");
        }

        if (options.AdvertisedAddress is { } address && !IPAddress.TryParse(address, out _))
        {
            failures.Add($"AdvertisedAddress must be an IP address; it is '{address}'.");
        }

        Span(nameof(options.LoadReportInterval), options.LoadReportInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10));
        Span(nameof(options.ProbeTimeout), options.ProbeTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Span(nameof(options.MaxProbeTimeout), options.MaxProbeTimeout, options.ProbeTimeout, TimeSpan.FromMinutes(5));
        Range(nameof(options.MissedProbes), options.MissedProbes, 1, 100);
        Span(nameof(options.IdleSessionAge), options.IdleSessionAge, TimeSpan.FromMinutes(2), TimeSpan.FromDays(365));
        Connections();
        if (!ClusterConfiguration.IsShared(configuration, options))
        {
            if (!hostsGrains)
            {
                failures.Add("A gateway without workers of its own needs Redis to find them: set Redis, or Orleans:Clustering in the configuration.");
            }
            else if (!ClusterConfiguration.HasStorage(configuration))
            {
                Text(nameof(options.DataDirectory), options.DataDirectory);
            }
        }

        return failures;

        void Connections()
        {
            if (options.Redis is { } redis && !IsConnection(redis))
            {
                failures.Add("Redis must be in the form host:port,option=value,...; what it is set to cannot be read.");
            }

            foreach (var key in ClusterConfiguration.RedisKeys(configuration))
            {
                var connection = configuration.GetConnectionString(key);
                if (connection is null && options.Redis is null)
                {
                    failures.Add($"The configuration refers to a Redis connection '{key}': ConnectionStrings:{key} must be set.");
                }
                else if (connection is not null && !IsConnection(connection))
                {
                    failures.Add($"ConnectionStrings:{key} must be in the form host:port,option=value,...; what it is set to cannot be read.");
                }
            }
        }

        void Text(string name, string value)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                failures.Add($"{name} must not be empty.");
            }
        }

        void Range(string name, int value, int low, int high)
        {
            if (value < low || value > high)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be from {low} to {high}; it is {value}."));
            }
        }

        void Span(string name, TimeSpan value, TimeSpan low, TimeSpan high)
        {
            if (value < low || value > high)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be from {low} to {high}; it is {value}."));
            }
        }
    }

    // The text may hold a password, so that no message repeats it.
    private static bool IsConnection(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
