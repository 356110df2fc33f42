using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.Sessions;

/// <summary>Writes receipts.</summary>
internal static class ReceiptJson
{
    /// <summary>Writes a receipt, or null.</summary>
    public static void Write(Utf8JsonWriter json, Receipt? receipt)
    {
        if (receipt is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("session", receipt.Session);
        json.WriteString("model", receipt.Model);
        json.WriteString("model_hash", receipt.ModelHash);
        json.WriteString("fingerprint", receipt.Fingerprint);
        json.WriteNumber("sampler_version", receipt.SamplerVersion);
        json.WriteString("seed", receipt.Seed.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("choice", receipt.Choice);
        json.WritePropertyName("sampling");
        SamplingJson.Write(json, receipt.Sampling);
        json.WriteNumber("max_tokens", receipt.MaxTokens);
        SamplingJson.Write(json, "stop", receipt.Stop);
        SamplingJson.Write(json, "end_tokens", receipt.EndTokens);
        json.WriteString("prompt_hash", receipt.PromptHash);
        json.WriteNumber("forced", receipt.Forced);
        json.WriteNumber("tokens", receipt.Tokens);
        json.WriteString("output_hash", receipt.OutputHash);
        json.WriteBoolean("exact", receipt.Exact);
        json.WriteEndObject();
    }

    /// <summary>A receipt as UTF-8.</summary>
    public static ReadOnlySpan<byte> Bytes(Receipt receipt)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, JsonAnswer.Options))
        {
            Write(json, receipt);
        }

        return buffer.WrittenSpan;
    }
}
