namespace Foxtrot.Cluster.Workers;

/// <summary>Tells the whole cluster at once how this silo stands, ahead of the next regular report.</summary>
public interface ILoadAnnouncer
{
    /// <summary>Sends the report; returns when it is on its way.</summary>
    Task AnnounceAsync();
}
