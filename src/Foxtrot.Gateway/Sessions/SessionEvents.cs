using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.Sessions;

/// <summary>
/// The events of a session's stream: <c>start</c>, then one without a name for each output token, whose <c>id:</c> is the token's
/// index, then <c>end</c>. The texts of all tokens and of the end, one after the other, are the output.
/// </summary>
internal static class SessionEvents
{
    /// <summary>The stream begins; also said again where the session went on on a worker with another fingerprint.</summary>
    public static void WriteStart(JsonBytes json, SessionKey key, StreamStart start, int samplerVersion)
    {
        json.Raw("event: start\ndata: {\"id\":"u8);
        json.Text(key.Session.ToString());
        json.Raw(",\"model\":"u8);
        json.Text(key.Model);
        json.Raw(",\"prompt_tokens\":"u8);
        json.Number(start.PromptTokens);
        json.Raw(",\"seed\":"u8);
        json.Text(start.Seed.ToString(CultureInfo.InvariantCulture));
        json.Raw(",\"system_fingerprint\":"u8);
        json.Text(Fingerprints.System(start.ModelHash, samplerVersion, start.Fingerprint));
        json.Raw(start.Exact ? ",\"exact\":true}\n\n"u8 : ",\"exact\":false}\n\n"u8);
    }

    /// <summary>A token.</summary>
    public static void WriteToken(JsonBytes json, in TokenEvent token)
    {
        json.Raw("id: "u8);
        json.Number(token.Index);
        json.Raw("\ndata: {\"index\":"u8);
        json.Number(token.Index);
        json.Raw(",\"token_id\":"u8);
        json.Number(token.Token);
        json.Raw(",\"text\":"u8);
        json.Text(token.Text);
        json.Raw(",\"probability\":"u8);
        json.Number(token.Probability, "null"u8);
        json.Raw(",\"u\":"u8);
        json.Number(token.U, "null"u8);
        if (token.Detail is not { } detail)
        {
            json.Raw(",\"logprob\":null}\n\n"u8);
            return;
        }

        json.Raw(",\"logprob\":"u8);
        json.Number(detail.LogProbability, "null"u8);
        json.Raw(",\"token\":"u8);
        json.Text(detail.TokenText);
        if (detail.Top.Length > 0)
        {
            WriteTop(json, detail.Top);
        }

        json.Raw("}\n\n"u8);
    }

    /// <summary>The last turn has ended.</summary>
    public static void WriteEnd(JsonBytes output, StreamEnd end)
    {
        output.Raw("event: end\ndata: "u8);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, JsonAnswer.Options))
        {
            json.WriteStartObject();
            json.WriteString("finish_reason", SessionJson.FinishReason(end.Finish));
            json.WriteNumber("tokens", end.Tokens);
            json.WriteString("text", end.Rest);
            json.WritePropertyName("usage");
            SessionJson.Write(json, end.Usage);
            json.WritePropertyName("receipt");
            ReceiptJson.Write(json, end.Receipt);
            json.WriteEndObject();
        }

        output.Raw(buffer.WrittenSpan);
        output.Raw("\n\n"u8);
    }

    private static void WriteTop(JsonBytes json, TopToken[] tokens)
    {
        json.Raw(",\"top_logprobs\":["u8);
        for (var i = 0; i < tokens.Length; i++)
        {
            json.Raw(i == 0 ? "{\"token_id\":"u8 : ",{\"token_id\":"u8);
            json.Number(tokens[i].Token);
            json.Raw(",\"token\":"u8);
            json.Text(tokens[i].Text);
            json.Raw(",\"logprob\":"u8);
            json.Number(tokens[i].LogProbability, "null"u8);
            json.Raw("}"u8);
        }

        json.Raw("]"u8);
    }
}
