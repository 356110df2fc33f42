using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Http;

/// <summary>Writes errors: <c>{"error": {"message", "type", "param", "code"}}</c>, all four keys always.</summary>
internal static class ErrorBody
{
    /// <summary>Answers with an error.</summary>
    public static Task WriteAsync(HttpContext context, ApiError error)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfterSeconds > 0)
        {
            response.Headers.RetryAfter = error.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return JsonAnswer.WriteAsync(context, error.Status, json => Write(json, error));
    }

    /// <summary>Writes the body.</summary>
    public static void Write(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", error.Message);
        json.WriteString("type", error.Type);
        json.WriteString("param", error.Param);
        json.WriteString("code", error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The body as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Bytes(ApiError error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonAnswer.Options))
        {
            Write(json, error);
        }

        return buffer.WrittenMemory;
    }
}
