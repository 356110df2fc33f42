using System.Net.Sockets;
using System.Text;

namespace Foxtrot.Process.Tests.Robustness;

/// <summary>A connection on which anything can be sent, whole or in part.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Bytes that the system takes for this end before it stops the other; set before connecting.</summary>
    public int ReceiveBuffer
    {
        init => _socket.ReceiveBufferSize = value;
    }

    /// <summary>Connects and sends.</summary>
    public async Task SendAsync(Uri address, string text, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(address.Host, address.Port, cancellationToken);
        await SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
    }

    /// <summary>Sends more.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await _socket.SendAsync(bytes, cancellationToken);

    /// <summary>Reads the status code of the answer.</summary>
    public async Task<int> StatusAsync(CancellationToken cancellationToken)
    {
        using var stream = new NetworkStream(_socket, ownsSocket: false);
        using var reader = new StreamReader(stream, Encoding.Latin1, false, 256, leaveOpen: true);
        var line = await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("The server closed the connection without an answer.");
        return int.Parse(line.AsSpan("HTTP/1.1 ".Length, 3));
    }

    /// <summary>Closes the connection, as a client does that is gone.</summary>
    public void Dispose() => _socket.Dispose();
}
