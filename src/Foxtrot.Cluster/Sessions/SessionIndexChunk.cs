using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Cluster.Sessions;

/// <summary>A stretch of a tenant's session index, as it is stored: adding a session writes one stretch, however many there are.</summary>
/// <remarks>Append-only contract: fields are only ever added.</remarks>
[GenerateSerializer, Alias("foxtrot.session_index_chunk")]
public sealed class SessionIndexChunk
{
    /// <summary>The version that this code writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Which version wrote it.</summary>
    [Id(0)]
    public int Version { get; set; } = CurrentVersion;

    /// <summary>Sessions, oldest first.</summary>
    [Id(1)]
    public List<SessionEntry> Entries { get; set; } = [];
}
