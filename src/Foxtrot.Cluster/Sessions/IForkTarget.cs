using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Cluster.Sessions;

/// <summary>A session that does not exist yet and is to become another's fork.</summary>
[Alias("foxtrot.IForkTarget")]
public interface IForkTarget : IGrainWithStringKey
{
    /// <summary>Takes the parent's tokens and turns up to the cut over, with a new last turn, and starts it.</summary>
    [Alias("CreateFork")]
    Task<Outcome<SessionView>> CreateFork(SessionState state);
}
