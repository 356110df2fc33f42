using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Foxtrot.Gateway.Http;

/// <summary>
/// A response of server-sent events. Several writers take turns; waiting for the client to take what was written is the
/// back-pressure, and holds up nobody but the response's own writers.
/// </summary>
internal sealed class EventStream : IAsyncDisposable
{
    /// <summary>Bytes after which a writer flushes even if it has more to say.</summary>
    private const int FlushBytes = 32 * 1024;

    private static readonly byte[] Ping = ": ping\n\n"u8.ToArray();

    private readonly PipeWriter _output;
    private readonly TimeProvider _time;
    private readonly TimeSpan _silence;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closed;
    private readonly Task _heartbeat;
    private long _lastFlush;

    private EventStream(HttpContext context, TimeProvider time, TimeSpan silence)
    {
        _output = context.Response.BodyWriter;
        _time = time;
        _silence = silence;
        _lastFlush = time.GetTimestamp();
        _closed = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        _heartbeat = BeatAsync();
    }

    /// <summary>Where to write, while it is the writer's turn.</summary>
    public JsonBytes Json => new(_output);

    /// <summary>Bytes at which a writer had better flush.</summary>
    public bool Full => _output.CanGetUnflushedBytes && _output.UnflushedBytes > FlushBytes;

    /// <summary>Sends the headers with what is written first.</summary>
    public static EventStream Open(HttpContext context, TimeProvider time, GatewayOptions options)
    {
        var headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status200OK;
        headers.ContentType = "text/event-stream; charset=utf-8";
        headers.CacheControl = "no-cache";
        headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return new(context, time, TimeSpan.FromSeconds(options.HeartbeatSeconds));
    }

    /// <summary>Waits for the writer's turn.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _turn.WaitAsync(cancellationToken);

    /// <summary>Ends the turn.</summary>
    public void Exit() => _turn.Release();

    /// <summary>Sends what was written and waits until the client takes it.</summary>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var result = await _output.FlushAsync(cancellationToken);
        _lastFlush = _time.GetTimestamp();
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new OperationCanceledException("the client has left");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _heartbeat;
        _closed.Dispose();
        _turn.Dispose();
    }

    private async Task BeatAsync()
    {
        try
        {
            var wait = _silence;
            while (true)
            {
                await Task.Delay(wait, _time, _closed.Token);
                wait = _silence - _time.GetElapsedTime(Volatile.Read(ref _lastFlush));
                if (wait > TimeSpan.Zero)
                {
                    continue;
                }

                wait = _silence;
                await EnterAsync(_closed.Token);
                try
                {
                    Json.Raw(Ping);
                    await FlushAsync(_closed.Token);
                }
                finally
                {
                    Exit();
                }
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The stream was closed or the client has left; its writers notice by themselves.
        }
    }
}
