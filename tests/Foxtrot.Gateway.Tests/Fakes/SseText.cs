namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>One server-sent event.</summary>
internal sealed record SseEvent(string? Id, string? Event, string? Data, string? Comment);

/// <summary>Reads server-sent events, by the letter of https://html.spec.whatwg.org/multipage/server-sent-events.html.</summary>
internal static class SseText
{
    public static IReadOnlyList<SseEvent> Parse(string text)
    {
        Assert.EndsWith("\n\n", text);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(ParseOne)];
    }

    public static SseEvent ParseOne(string block)
    {
        string? id = null, name = null, data = null, comment = null;
        foreach (var line in block.Split('\n'))
        {
            var colon = line.IndexOf(':');
            Assert.True(colon >= 0, $"not an event line: {line}");
            var value = line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (line[..colon])
            {
                case "id": id = value; break;
                case "event": name = value; break;
                case "data": data = data is null ? value : data + "\n" + value; break;
                case "": comment = value; break;
                default: Assert.Fail($"unknown field in {line}"); break;
            }
        }

        return new(id, name, data, comment);
    }

    /// <summary>Reads the next event of an open stream; null at its end.</summary>
    public static async Task<SseEvent?> NextAsync(StreamReader reader)
    {
        List<string> lines = [];
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                lines.Add(line);
            }
            else if (lines.Count > 0)
            {
                return ParseOne(string.Join('\n', lines));
            }
        }

        return null;
    }
}
