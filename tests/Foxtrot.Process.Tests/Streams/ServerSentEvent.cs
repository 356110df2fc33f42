using System.Runtime.CompilerServices;

namespace Foxtrot.Process.Tests.Streams;

/// <summary>One server-sent event.</summary>
/// <param name="Id">Its <c>id:</c>; null when it has none.</param>
/// <param name="Event">Its <c>event:</c>; null when it has none.</param>
/// <param name="Data">Its <c>data:</c> lines.</param>
/// <remarks>Source: https://html.spec.whatwg.org/multipage/server-sent-events.html.</remarks>
internal readonly record struct ServerSentEvent(string? Id, string? Event, string Data);

/// <summary>Reads server-sent events, strictly: a field that the specification does not know is an error here.</summary>
internal static class SseReader
{
    /// <summary>Yields each complete event; half an event at the end of the stream counts as none.</summary>
    public static async IAsyncEnumerable<ServerSentEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream);
        string? id = null, name = null, data = null;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (data is not null)
                {
                    yield return new ServerSentEvent(id, name, data);
                }

                id = name = data = null;
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (colon < 0 ? line : line[..colon])
            {
                case "data":
                    data = data is null ? value : data + "\n" + value;
                    break;
                case "id":
                    id = value;
                    break;
                case "event":
                    name = value;
                    break;
                case "" or "retry":
                    break;
                default:
                    throw new InvalidDataException($"Not a line of server-sent events: {line}");
            }
        }
    }
}
