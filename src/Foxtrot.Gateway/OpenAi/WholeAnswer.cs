using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>Waits for all choices of an answer and writes it in one piece.</summary>
internal static class WholeAnswer
{
    /// <summary>Writes the answer.</summary>
    /// <exception cref="ApiException">A choice failed.</exception>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public static async Task WriteAsync(HttpContext context, Answer answer, ChoiceSet set)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var outputs = await Task.WhenAll(set.Choices.Select(choice => CollectAsync(answer, choice, stop)));
        var failed = outputs.FirstOrDefault(o => o.Error is not null);
        if (failed?.Error is { } error)
        {
            throw new ApiException(error);
        }

        context.RequestAborted.ThrowIfCancellationRequested();
        var buffer = new ArrayBufferWriter<byte>(1024);
        Write(new(buffer), answer, set, outputs);
        foreach (var choice in set.Choices)
        {
            choice.Deliver();
        }

        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, buffer.WrittenMemory);
    }

    // A failure stops the other choices; what they then are is of no interest.
    private static async Task<Output> CollectAsync(Answer answer, Choice choice, CancellationTokenSource stop)
    {
        var output = new Output(new(), [], null);
        if (answer.Request.Echo)
        {
            output.Text.Append(choice.Reader.Start!.PromptText);
        }

        var keep = answer.Request.WantsLogProbabilities || answer.Request.ReturnTokenIds;
        try
        {
            while (await choice.Reader.WaitToReadAsync(stop.Token))
            {
                while (choice.TryRead(out var token))
                {
                    output.Text.Append(token.Text);
                    if (keep)
                    {
                        output.Tokens.Add(token);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return output;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }

        if (choice.Reader.End.ToError() is { } error)
        {
            await stop.CancelAsync();
            return output with { Error = error };
        }

        output.Text.Append(choice.Reader.End!.Rest);
        return output;
    }

    private static void Write(JsonBytes json, Answer answer, ChoiceSet set, Output[] outputs)
    {
        json.Raw("{"u8);
        answer.Head(json, answer.Format.WholeObject, set.Choices[0].Reader.Start!);
        for (var i = 0; i < outputs.Length; i++)
        {
            json.Raw(i == 0 ? "{\"index\":"u8 : ",{\"index\":"u8);
            json.Number(i);
            json.Raw(","u8);
            json.Raw(answer.Format.WholeTextOpen);
            json.Text(outputs[i].Text.ToString());
            json.Raw(answer.Format.WholeTextClose);
            WriteDetails(json, answer, set.Choices[i].Reader.End!, CollectionsMarshal.AsSpan(outputs[i].Tokens));
            json.Raw("}"u8);
        }

        json.Raw("],\"usage\":"u8);
        AnswerFormat.Usage(json, set.Usage);
        json.Raw("}"u8);
    }

    private static void WriteDetails(JsonBytes json, Answer answer, StreamEnd end, ReadOnlySpan<TokenEvent> tokens)
    {
        json.Raw(",\"logprobs\":"u8);
        if (answer.Request.WantsLogProbabilities)
        {
            var offset = 0;
            answer.Format.LogProbabilities(json, tokens, answer.WithTop, ref offset);
        }
        else
        {
            json.Raw("null"u8);
        }

        if (answer.Request.ReturnTokenIds)
        {
            AnswerFormat.TokenIds(json, tokens);
        }

        json.Raw(",\"finish_reason\":"u8);
        json.Raw(AnswerFormat.FinishReason(end.Finish));
        if (answer.Request.ReturnReceipt && end.Receipt is { } receipt)
        {
            json.Raw(",\"receipt\":"u8);
            json.Raw(ReceiptJson.Bytes(receipt));
        }
    }

    private sealed record Output(StringBuilder Text, List<TokenEvent> Tokens, ApiError? Error);
}
