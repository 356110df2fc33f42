namespace Foxtrot.Cluster.Workers;

/// <summary>Tells the other silos at once what this one has.</summary>
public interface ILoadReports
{
    /// <summary>
    /// Reports to every active silo and returns when each has taken it, or cannot be reached: from then on none of them places a
    /// session here that the report speaks against.
    /// </summary>
    Task ReportNow();
}
