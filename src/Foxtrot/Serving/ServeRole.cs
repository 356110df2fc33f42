namespace Foxtrot.Serving;

/// <summary>What a process does in the cluster.</summary>
internal enum ServeRole
{
    /// <summary>Everything: HTTP, sessions and models.</summary>
    All,

    /// <summary>HTTP only; workers elsewhere have the models.</summary>
    Gateway,

    /// <summary>Sessions and models; of HTTP only the health endpoints.</summary>
    Worker,
}
