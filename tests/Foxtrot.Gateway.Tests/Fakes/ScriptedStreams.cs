using System.Collections.Concurrent;
using System.Threading.Channels;
using Foxtrot.Client.Streams;
using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>Gives out scripted readers and keeps them, in the order in which they were asked for.</summary>
internal sealed class ScriptedStreams : ISessionStreams
{
    private readonly ConcurrentQueue<ScriptedReader> _opened = new();
    private readonly Channel<ScriptedReader> _arrived = Channel.CreateUnbounded<ScriptedReader>();

    /// <summary>What each new reader does; by default it says a short story at once.</summary>
    public Action<ScriptedReader> Script { get; set; } = Story;

    public IReadOnlyList<ScriptedReader> Opened => [.. _opened];

    public static void Story(ScriptedReader reader) => reader.Accept().Say("Once").Say(" upon").Say(" a \"time\"\n").Finish();

    public static void Silent(ScriptedReader reader) => reader.Accept();

    public GenerationReader Run(SessionKey key, SessionRequest request) => Open(new() { Key = key, Request = request });

    public GenerationReader Tail(SessionKey key, int from, bool comesBack = false) => Open(new() { Key = key, From = from });

    /// <summary>Waits for the next reader that nobody has waited for.</summary>
    public async Task<ScriptedReader> NextAsync() => await _arrived.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private ScriptedReader Open(ScriptedReader reader)
    {
        Script(reader);
        _opened.Enqueue(reader);
        _arrived.Writer.TryWrite(reader);
        return reader;
    }
}
