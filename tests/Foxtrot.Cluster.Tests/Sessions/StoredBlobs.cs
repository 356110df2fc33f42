using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Foxtrot.Cluster.Tests.Sessions;

/// <summary>Reads and writes what grains store, as their storage does.</summary>
internal static class StoredBlobs
{
    public static Serializer Serializer { get; } = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
}
