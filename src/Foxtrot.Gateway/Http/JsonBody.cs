using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Foxtrot.Gateway.Fields;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Foxtrot.Gateway.Http;

/// <summary>A request's body as a JSON object. Owns pooled memory until it is disposed of.</summary>
internal sealed class JsonBody : IDisposable
{
    private const int Depth = 32;

    private readonly JsonDocument _document;
    private readonly byte[] _rented;

    private JsonBody(JsonDocument document, byte[] rented) => (_document, _rented) = (document, rented);

    /// <summary>The object.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>Reads a body into a typed request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="table">The request's fields.</param>
    /// <param name="initial">What an empty object is read as.</param>
    /// <param name="check">Checks that concern several fields; adds what is wrong.</param>
    /// <exception cref="ApiException">Something is wrong; everything that is, is said.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, GatewayOptions options, FieldTable<T> table, T initial, Func<T, FieldErrors, T>? check = null)
    {
        using var body = await OpenAsync(context, options);
        var errors = new FieldErrors();
        var request = table.Read(body.Root, "", initial, errors);
        if (check is not null)
        {
            request = check(request, errors);
        }

        return errors.Any ? throw new ApiException(ApiError.Of(errors)) : request;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _document.Dispose();
        ArrayPool<byte>.Shared.Return(_rented);
    }

    private static async Task<JsonBody> OpenAsync(HttpContext context, GatewayOptions options)
    {
        CheckHeaders(context.Request, options);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // Counted here instead, so that the message says the bound.
            limit.MaxRequestBodySize = null;
        }

        var bytes = ArrayPool<byte>.Shared.Rent((int)(context.Request.ContentLength ?? 4096) + 1);
        try
        {
            var length = 0;
            while (true)
            {
                var read = await context.Request.Body.ReadAsync(bytes.AsMemory(length), context.RequestAborted);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > options.MaxBodyBytes)
                {
                    throw TooLarge(context.Request, options, null);
                }

                if (length == bytes.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    bytes.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(bytes);
                    bytes = larger;
                }
            }

            return new(Parse(bytes.AsMemory(0, length)), bytes);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    private static void CheckHeaders(HttpRequest request, GatewayOptions options)
    {
        if (request.ContentLength > options.MaxBodyBytes)
        {
            throw TooLarge(request, options, request.ContentLength);
        }

        if (request.Headers.ContentEncoding is { Count: > 0 } coding && coding != "identity")
        {
            throw Invalid($"Content-Encoding must be absent, but is {FieldErrors.Shorten(coding.ToString())}");
        }

        if (request.ContentType is not { } given)
        {
            return;
        }

        if (!MediaTypeHeaderValue.TryParse(given, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)))
        {
            throw Invalid($"Content-Type must be application/json in UTF-8, but is {FieldErrors.Shorten(given)}");
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        var json = body.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? body[3..] : body;
        if (json.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            throw Invalid("the body must be a JSON object, but is empty");
        }

        if (!Utf8.IsValid(json.Span))
        {
            throw Invalid("the body must be valid UTF-8, but is not");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth });
        }
        catch (JsonException wrong)
        {
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"the body must be valid JSON of at most {Depth} levels, but is not at line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}"));
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        var found = FieldErrors.Show(document.RootElement);
        document.Dispose();
        throw Invalid($"the body must be a JSON object, but is {found}");
    }

    private static ApiException TooLarge(HttpRequest request, GatewayOptions options, long? length)
    {
        // What was not read would be taken for the next request.
        request.HttpContext.Response.Headers.Connection = "close";
        var found = length is null ? "is larger" : string.Create(CultureInfo.InvariantCulture, $"has {length}");
        return new(new(413, string.Create(CultureInfo.InvariantCulture, $"the body must have at most {options.MaxBodyBytes} bytes, but {found}"), Code: "body_too_large"));
    }

    private static ApiException Invalid(string message) => new(new(400, message, Code: "invalid_body"));
}
