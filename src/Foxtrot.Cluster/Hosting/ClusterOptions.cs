namespace Foxtrot.Cluster.Hosting;

/// <summary>How a process takes part in a cluster.</summary>
/// <remarks>
/// Orleans' own configuration section (<c>Orleans:Clustering</c>, <c>Orleans:GrainStorage:sessions</c>, <c>Orleans:Endpoints</c>,
/// <c>Orleans:ClusterId</c>, <c>Orleans:ServiceId</c>) and <c>ConnectionStrings</c> are honoured too and win where they say something.
/// </remarks>
public sealed record ClusterOptions
{
    /// <summary>
    /// Redis for membership and storage, in StackExchange.Redis's notation, such as <c>host:6379,password=...</c>. Null, unless
    /// configuration names it, is a cluster of one process.
    /// </summary>
    public string? Redis { get; init; }

    /// <summary>Folder for the sessions of a cluster of one process; created when missing. Not used with Redis.</summary>
    public string DataDirectory { get; init; } = "foxtrot-data";

    /// <summary>Silos with the same name form a cluster. Default <c>foxtrot</c>.</summary>
    public string ClusterId { get; init; } = "foxtrot";

    /// <summary>The name under which sessions are stored; keep it. Default <c>foxtrot</c>.</summary>
    public string ServiceId { get; init; } = "foxtrot";

    /// <summary>Port between silos, 0 to 65,535; 0, the default, takes a free one from 20,000 to 29,999.</summary>
    public int SiloPort { get; init; }

    /// <summary>Port for client applications, 0 to 65,535; 0, the default, takes a free one from 20,000 to 29,999.</summary>
    public int ClientPort { get; init; }

    /// <summary>
    /// The address under which other silos reach this one. Null, the default, is the loopback address where Redis is on it or there
    /// is none, and else the machine's first.
    /// </summary>
    public string? AdvertisedAddress { get; init; }

    /// <summary>How often a silo reports its load, 10 ms to 10 s. Default 250 ms.</summary>
    public TimeSpan LoadReportInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a silo may take to answer a probe, 100 ms to 60 s. Default 1 s; a busy machine needs more.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most that waiting for probes grows to when this silo itself seems slow, <see cref="ProbeTimeout"/> to 5 min. Default 1.5 s.</summary>
    public TimeSpan MaxProbeTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Probes missed in a row before a silo counts as dead, 1 to 100. Default 2.</summary>
    public int MissedProbes { get; init; } = 2;

    /// <summary>How long a session that nobody uses stays in memory, 2 min to 365 days. Default 10 min.</summary>
    public TimeSpan IdleSessionAge { get; init; } = TimeSpan.FromMinutes(10);
}
