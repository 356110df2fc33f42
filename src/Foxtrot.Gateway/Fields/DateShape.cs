using System.Globalization;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Fields;

/// <summary>A calendar day.</summary>
internal sealed class DateShape : Shape<DateOnly>
{
    public override string Expected => "a date such as \"2026-11-23\"";

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.String, Format = "date" };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out DateOnly result)
    {
        if (TextShape.TryText(value, out var text) && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out result))
        {
            return true;
        }

        errors.Expected(path, Expected, value);
        result = default;
        return false;
    }
}
