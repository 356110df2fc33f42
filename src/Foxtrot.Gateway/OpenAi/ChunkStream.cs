using Foxtrot.Gateway.Http;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>Streams all choices of an answer, merged in the order in which their tokens arrive.</summary>
internal sealed class ChunkStream
{
    private readonly Answer _answer;
    private readonly ChoiceSet _set;
    private readonly EventStream _events;
    private readonly GatewayOptions _options;
    private readonly CancellationTokenSource _stop;
    private ApiError? _failure;

    private ChunkStream(Answer answer, ChoiceSet set, EventStream events, GatewayOptions options, CancellationTokenSource stop) =>
        (_answer, _set, _events, _options, _stop) = (answer, set, events, options, stop);

    /// <summary>Writes the whole stream.</summary>
    /// <returns>What ended it early; null when it is whole.</returns>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public static async Task<ApiError?> WriteAsync(HttpContext context, Answer answer, ChoiceSet set, TimeProvider time, GatewayOptions options)
    {
        await using var events = EventStream.Open(context, time, options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var stream = new ChunkStream(answer, set, events, options, stop);
        var writers = new ChunkWriter[set.Choices.Length];
        await events.EnterAsync(stop.Token);
        try
        {
            for (var i = 0; i < writers.Length; i++)
            {
                writers[i] = new(answer, set.Choices[i]);
                writers[i].WriteFirst(events.Json);
            }

            await events.FlushAsync(stop.Token);
        }
        finally
        {
            events.Exit();
        }

        if (writers.Length == 1)
        {
            await stream.PumpAsync(set.Choices[0], writers[0]);
        }
        else
        {
            await Task.WhenAll(set.Choices.Select((choice, i) => stream.PumpAsync(choice, writers[i])));
        }

        context.RequestAborted.ThrowIfCancellationRequested();
        await stream.EndAsync(writers[0], context.RequestAborted);
        return stream._failure;
    }

    // Ends without an exception; a failure is kept and stops the other choices.
    private async Task PumpAsync(Choice choice, ChunkWriter writer)
    {
        try
        {
            while (await choice.Reader.WaitToReadAsync(_stop.Token))
            {
                await WriteAvailableAsync(choice, writer);
            }

            if (choice.Reader.End.ToError() is { } error)
            {
                Fail(error);
                return;
            }

            await _events.EnterAsync(_stop.Token);
            try
            {
                writer.WriteEnd(_events.Json, choice.Reader.End!);
                if (_set.Choices.Length > 1)
                {
                    await _events.FlushAsync(_stop.Token);
                }
            }
            finally
            {
                _events.Exit();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The client has left, or another choice has failed.
        }
        catch (OperationCanceledException)
        {
            await _stop.CancelAsync();
        }
        catch (Exception failure)
        {
            Fail(failure.ToError(_options));
        }
    }

    private async ValueTask WriteAvailableAsync(Choice choice, ChunkWriter writer)
    {
        await _events.EnterAsync(_stop.Token);
        try
        {
            var json = _events.Json;
            while (!_events.Full && choice.TryRead(out var token))
            {
                writer.WriteToken(json, token);
            }

            // From here on it may reach the client, whether the flush comes back well or not.
            choice.Deliver();
            await _events.FlushAsync(_stop.Token);
        }
        finally
        {
            _events.Exit();
        }
    }

    private void Fail(ApiError error)
    {
        Interlocked.CompareExchange(ref _failure, error, null);
        _stop.Cancel();
    }

    private async Task EndAsync(ChunkWriter writer, CancellationToken cancellationToken)
    {
        await _events.EnterAsync(cancellationToken);
        try
        {
            var json = _events.Json;
            if (_failure is not null)
            {
                json.Raw("event: error\ndata: "u8);
                json.Raw(ErrorBody.Bytes(_failure).Span);
                json.Raw("\n\n"u8);
            }
            else
            {
                if (_answer.Request.IncludeUsage)
                {
                    writer.WriteUsage(json, _set.Usage);
                }

                json.Raw("data: [DONE]\n\n"u8);
            }

            await _events.FlushAsync(cancellationToken);
        }
        finally
        {
            _events.Exit();
        }
    }
}
