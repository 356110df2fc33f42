using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Foxtrot.Gateway.Fields;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Http;

/// <summary>Reads query strings by the same tables as bodies: a value that looks like an integer is one, any other is a text.</summary>
internal static partial class QueryFields
{
    /// <summary>Reads a query string into a typed request.</summary>
    /// <exception cref="ApiException">Something is wrong; everything that is, is said.</exception>
    public static T Read<T>(HttpContext context, FieldTable<T> table, T initial)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonAnswer.Options))
        {
            json.WriteStartObject();
            foreach (var (name, values) in context.Request.Query)
            {
                foreach (var value in values)
                {
                    json.WritePropertyName(name);
                    if (value is not null && Integer().IsMatch(value))
                    {
                        json.WriteRawValue(value);
                    }
                    else
                    {
                        json.WriteStringValue(value);
                    }
                }
            }

            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        var errors = new FieldErrors();
        var request = table.Read(document.RootElement, "", initial, errors);
        return errors.Any ? throw new ApiException(ApiError.Of(errors)) : request;
    }

    [GeneratedRegex("^(0|-?[1-9][0-9]{0,18})$")]
    private static partial Regex Integer();
}
