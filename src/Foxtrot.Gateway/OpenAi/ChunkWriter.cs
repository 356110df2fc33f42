using System.Buffers;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Sessions;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>
/// Writes one choice's chunks. Everything but the text is made once, so that a token costs one reservation, two copies and the
/// escaping of its text.
/// </summary>
/// <remarks>One writer at a time.</remarks>
internal sealed class ChunkWriter(Answer answer, Choice choice)
{
    private StreamStart? _start;
    private byte[] _head = [];
    private byte[] _beforeText = [];
    private byte[] _afterText = [];
    private byte[] _tail = [];
    private int _offset;

    /// <summary>Writes what comes before the first token, if anything does.</summary>
    public void WriteFirst(JsonBytes json)
    {
        Prepare();
        if (answer.Request.Echo && choice.Reader.Start!.PromptText is { Length: > 0 } prompt)
        {
            json.Around(_beforeText, prompt, _afterText);
        }
        else if (answer.Format.FirstChunk is { Length: > 0 } first)
        {
            json.Raw(_head);
            json.Raw(first);
            json.Raw(",\"logprobs\":null,\"finish_reason\":null"u8);
            json.Raw(_tail);
        }
    }

    /// <summary>Writes a token; nothing when it has nothing to say.</summary>
    public void WriteToken(JsonBytes json, in TokenEvent token)
    {
        Prepare();
        if (token.Detail is null && !answer.Request.ReturnTokenIds)
        {
            if (token.Text.Length > 0)
            {
                json.Around(_beforeText, token.Text, _afterText);
            }

            return;
        }

        var one = new ReadOnlySpan<TokenEvent>(in token);
        json.Around(_beforeText, token.Text, answer.Format.ChunkTextClose);
        json.Raw(",\"logprobs\":"u8);
        if (token.Detail is null)
        {
            json.Raw("null"u8);
        }
        else
        {
            answer.Format.LogProbabilities(json, one, answer.WithTop, ref _offset);
        }

        if (answer.Request.ReturnTokenIds)
        {
            AnswerFormat.TokenIds(json, one);
        }

        json.Raw(",\"finish_reason\":null"u8);
        json.Raw(_tail);
    }

    /// <summary>Writes the text still held back, and why the choice ended.</summary>
    public void WriteEnd(JsonBytes json, StreamEnd end)
    {
        Prepare();
        if (end.Rest.Length > 0)
        {
            json.Around(_beforeText, end.Rest, _afterText);
        }

        json.Raw(_head);
        json.Raw(answer.Format.ChunkWithoutText);
        json.Raw(",\"logprobs\":null,\"finish_reason\":"u8);
        json.Raw(AnswerFormat.FinishReason(end.Finish));
        if (answer.Request.ReturnReceipt && end.Receipt is { } receipt)
        {
            json.Raw(",\"receipt\":"u8);
            json.Raw(ReceiptJson.Bytes(receipt));
        }

        json.Raw(_tail);
    }

    /// <summary>Writes the answer's last chunk: usage, and no choices.</summary>
    public void WriteUsage(JsonBytes json, Usage usage)
    {
        Prepare();
        json.Raw("data: {"u8);
        answer.Head(json, answer.Format.ChunkObject, _start!);
        json.Raw("],\"usage\":"u8);
        AnswerFormat.Usage(json, usage);
        json.Raw("}\n\n"u8);
    }

    // Again after a resumption on a worker with another fingerprint.
    private void Prepare()
    {
        if (ReferenceEquals(_start, choice.Reader.Start))
        {
            return;
        }

        var first = _start is null;
        _start = choice.Reader.Start!;
        if (first && answer.Request.Echo)
        {
            _offset = TokenBytes.CodePoints(_start.PromptText ?? "");
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        var json = new JsonBytes(buffer);
        json.Raw("data: {"u8);
        answer.Head(json, answer.Format.ChunkObject, _start);
        json.Raw("{\"index\":"u8);
        json.Number(choice.Index);
        json.Raw(","u8);
        _head = buffer.WrittenSpan.ToArray();
        _beforeText = [.. _head, .. answer.Format.ChunkTextOpen];
        _tail = [.. answer.Request.IncludeUsage ? "}],\"usage\":null}\n\n"u8 : "}]}\n\n"u8];
        _afterText = [.. answer.Format.ChunkTextClose, .. ",\"logprobs\":null,\"finish_reason\":null"u8, .. _tail];
    }
}
