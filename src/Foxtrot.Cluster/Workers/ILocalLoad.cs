namespace Foxtrot.Cluster.Workers;

/// <summary>What this silo has and how busy it is, for its load reports.</summary>
/// <remarks>Thread-safe and quick.</remarks>
public interface ILocalLoad
{
    /// <summary>The models with their load; empty on a gateway.</summary>
    ModelLoad[] Models { get; }

    /// <summary>Whether the silo is about to leave.</summary>
    bool Draining { get; }

    /// <summary>Hears what another silo says of itself.</summary>
    void Hear(LoadReport report)
    {
    }

    /// <summary>Hears that another silo is gone.</summary>
    void Forget(SiloAddress silo)
    {
    }
}

/// <summary>A silo without models.</summary>
public sealed class NoLocalLoad : ILocalLoad
{
    /// <inheritdoc/>
    public ModelLoad[] Models => [];

    /// <inheritdoc/>
    public bool Draining => false;
}
