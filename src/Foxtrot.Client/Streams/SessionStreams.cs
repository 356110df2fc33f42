using System.Diagnostics.Metrics;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Client.Streams;

/// <summary>The token streams of one process: one sink for all of them, so that each worker sends it one message per step.</summary>
/// <remarks>Thread-safe. Needs a started silo or client.</remarks>
public sealed class SessionStreams : ISessionStreams
{
    private readonly IGrainFactory _grains;
    private readonly TokenRouter _router = new();
    private readonly Lazy<ITokenSink> _sink;
    private readonly StreamOptions _options;
    private readonly TimeProvider _time;
    private readonly StreamInstruments? _instruments;

    /// <param name="grains">The cluster.</param>
    /// <param name="options">How patient streams are; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="meters">Where resumptions are counted; null for nowhere.</param>
    public SessionStreams(IGrainFactory grains, StreamOptions? options = null, TimeProvider? time = null, IMeterFactory? meters = null)
    {
        _instruments = meters is null ? null : new StreamInstruments(meters);
        _grains = grains;
        _options = options ?? new StreamOptions();
        _time = time ?? TimeProvider.System;
        _sink = new(() => _grains.CreateObjectReference<ITokenSink>(_router));
    }

    /// <inheritdoc/>
    public GenerationReader Run(SessionKey key, SessionRequest request)
    {
        // Another worker that takes over must read the same prompt.
        request = request with { Time = request.Time ?? _time.GetUtcNow() };
        var name = key.ToString();

        // Looked up at each call: without any worker even that fails.
        IGenerationGrain Generation() => _grains.GetGrain<IGenerationGrain>(name);
        return Begin(key, new ReaderCalls(attach => Generation().Run(request, attach), stream => Generation().Detach(stream), () => Generation().Cancel(), null), 0);
    }

    /// <inheritdoc/>
    public GenerationReader Tail(SessionKey key, int from, bool comesBack)
    {
        var name = key.ToString();
        ISessionGrain Session() => _grains.GetGrain<ISessionGrain>(name);
        return Begin(
            key,
            new ReaderCalls(
                attach => Session().Attach(attach),
                stream => Session().Detach(stream),
                () => Session().Cancel(),
                (upTo, delivered) => Session().Acknowledge(upTo, delivered)),
            from,
            comesBack);
    }

    private ResumingReader Begin(SessionKey key, ReaderCalls calls, int from, bool comesBack = false) =>
        new ResumingReader(_router, _sink.Value, calls, from, _options, _time) { Key = key, Instruments = _instruments }.Begin(comesBack);
}
