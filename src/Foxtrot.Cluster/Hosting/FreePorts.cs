using System.Net;
using System.Net.Sockets;

namespace Foxtrot.Cluster.Hosting;

/// <summary>Chooses ports to listen on that stay free until somebody does.</summary>
/// <remarks>
/// Asked for any port, an operating system names one of those that it also gives to outgoing connections (from 32768 on Linux, from
/// 49152 elsewhere: RFC 6335), and on a busy machine the next connection can have it before the listener does. These lie below.
/// </remarks>
internal static class FreePorts
{
    /// <summary>The lowest port that is chosen.</summary>
    public const int Lowest = 20_000;

    /// <summary>The highest port that is chosen; Kubernetes' node ports begin behind it.</summary>
    public const int Highest = 29_999;

    private const int Tries = 1000;

    /// <summary>Ports on which nobody listens at any address, each another one.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Chooses; processes that start at the same moment must not choose alike.</param>
    /// <exception cref="InvalidOperationException">Next to all ports of the range are taken.</exception>
    public static int[] Take(int count, Random random)
    {
        var listeners = new List<TcpListener>(count);
        try
        {
            for (var tries = 0; listeners.Count < count; tries++)
            {
                if (tries == Tries)
                {
                    throw new InvalidOperationException($"{Tries} random ports from {Lowest} to {Highest} were tried and fewer than {count} of them are free");
                }

                if (Listen(random.Next(Lowest, Highest + 1)) is { } listener)
                {
                    listeners.Add(listener);
                }
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    private static TcpListener? Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Any, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
