using System.Globalization;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Fields;

/// <summary>A whole number within bounds, both included. 16.0 is one too.</summary>
internal sealed class IntegerShape(int minimum, int maximum = int.MaxValue) : Shape<int>
{
    private const double Exact = 9007199254740992;

    public override string Expected => maximum == int.MaxValue ? $"an integer, {minimum} or more" : $"an integer in [{minimum}, {maximum}]";

    public override OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Integer,
        Minimum = minimum.ToString(CultureInfo.InvariantCulture),
        Maximum = maximum.ToString(CultureInfo.InvariantCulture),
    };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out int result)
    {
        if (value.ValueKind == JsonValueKind.Number && TryWhole(value, out var whole) && whole >= minimum && whole <= maximum)
        {
            result = (int)whole;
            return true;
        }

        errors.Expected(path, Expected, value);
        result = 0;
        return false;
    }

    private static bool TryWhole(JsonElement value, out long whole)
    {
        if (value.TryGetInt64(out whole))
        {
            return true;
        }

        // An exponent may hide digits that a double does not have: 1e-400 is not 0.
        if (!value.GetRawText().AsSpan().ContainsAny('e', 'E') && value.TryGetDouble(out var number) && Math.Abs(number) <= Exact && Math.Floor(number) == number)
        {
            whole = (long)number;
            return true;
        }

        return false;
    }
}

/// <summary>A finite number within bounds; a bound may be excluded.</summary>
internal sealed class NumberShape(double minimum, double maximum = double.PositiveInfinity, bool aboveMinimum = false) : Shape<double>
{
    public override string Expected => (double.IsInfinity(maximum), aboveMinimum) switch
    {
        (true, true) => $"a finite number above {minimum}",
        (true, false) => $"a finite number, {minimum} or more",
        (false, true) => $"a number in ({minimum}, {maximum}]",
        (false, false) => $"a number in [{minimum}, {maximum}]",
    };

    public override OpenApiSchema Schema()
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.Number };
        var low = minimum.ToString(CultureInfo.InvariantCulture);
        if (aboveMinimum)
        {
            schema.ExclusiveMinimum = low;
        }
        else
        {
            schema.Minimum = low;
        }

        if (double.IsFinite(maximum))
        {
            schema.Maximum = maximum.ToString(CultureInfo.InvariantCulture);
        }

        return schema;
    }

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out double result)
    {
        result = 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out result) && double.IsFinite(result)
            && (aboveMinimum ? result > minimum : result >= minimum) && result <= maximum)
        {
            return true;
        }

        errors.Expected(path, Expected, value);
        return false;
    }
}

/// <summary>
/// A 64-bit seed: a JSON integer from −2^63 to 2^64−1, negative ones by two's complement, or a decimal string up to 2^64−1, which no
/// client rounds.
/// </summary>
internal sealed class SeedShape : Shape<ulong>
{
    public override string Expected => "an integer in [-9223372036854775808, 18446744073709551615] or a decimal string up to 18446744073709551615";

    public override OpenApiSchema Schema() => new()
    {
        AnyOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "-9223372036854775808", Maximum = "18446744073709551615" },
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9]{1,20}$" },
        ],
    };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out ulong result)
    {
        result = 0;
        if (value.ValueKind == JsonValueKind.Number)
        {
            if (value.TryGetUInt64(out result))
            {
                return true;
            }

            if (value.TryGetInt64(out var negative))
            {
                result = unchecked((ulong)negative);
                return true;
            }
        }
        else if (value.ValueKind == JsonValueKind.String && TextShape.TryText(value, out var text)
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out result))
        {
            return true;
        }

        errors.Expected(path, Expected, value);
        return false;
    }
}

/// <summary>True or false.</summary>
internal sealed class BooleanShape : Shape<bool>
{
    public override string Expected => "true or false";

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.Boolean };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out bool result)
    {
        result = value.ValueKind == JsonValueKind.True;
        if (result || value.ValueKind == JsonValueKind.False)
        {
            return true;
        }

        errors.Expected(path, Expected, value);
        return false;
    }
}
