using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Foxtrot.Process.Tests.Orchestration;

/// <summary>Ports that nobody listens on, as an orchestrator chooses them for the processes it starts.</summary>
internal static class FreePorts
{
    /// <summary>Takes some, each another one.</summary>
    public static string[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            return [.. listeners.Select(Port)];
        }
        finally
        {
            foreach (var listener in listeners)
            {
                listener.Dispose();
            }
        }
    }

    private static string Port(TcpListener listener)
    {
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
