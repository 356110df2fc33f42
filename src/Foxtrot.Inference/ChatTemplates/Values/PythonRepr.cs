using System.Buffers;
using System.Globalization;
using System.Text;

namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>Python's <c>str()</c> and <c>repr()</c> of values. The caller pays for the value's weight beforehand.</summary>
internal static class PythonRepr
{
    /// <summary>Printable ASCII that no literal escapes: most text, copied in runs.</summary>
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('\'' or '"' or '\\'))]);

    /// <summary>What a value renders as; null where Python would print an address or a name of its own.</summary>
    public static string? Str(Value value)
    {
        switch (value)
        {
            case StringValue s:
                return s.Text;
            case UndefinedValue:
                return "";
            default:
                var text = new StringBuilder();
                return Append(text, value) ? text.ToString() : null;
        }
    }

    /// <summary>A float as Python prints it: the shortest digits that read back the same, with at least one decimal.</summary>
    public static string Float(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        string[] parts = number.ToString("E16", CultureInfo.InvariantCulture).Split('E');
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        if (number != 0 && exponent is < -4 or >= 16)
        {
            string digits = Digits(shortest);
            string mantissa = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            string sign = exponent < 0 ? "-" : "+";
            return $"{(number < 0 ? "-" : "")}{mantissa}e{sign}{Math.Abs(exponent):00}";
        }

        string plain = shortest.Contains('E', StringComparison.Ordinal)
            ? ((decimal)number).ToString(CultureInfo.InvariantCulture)
            : shortest;
        return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
    }

    private static string Digits(string shortest)
    {
        string mantissa = shortest.Split('E')[0].Replace(".", "", StringComparison.Ordinal).TrimStart('-').TrimStart('0');
        return mantissa.TrimEnd('0');
    }

    private static bool Append(StringBuilder text, Value value)
    {
        switch (value)
        {
            case StringValue s:
                AppendQuoted(text, s.Text);
                return true;
            case NoneValue:
                text.Append("None");
                return true;
            case BoolValue b:
                text.Append(b.IsTruthy ? "True" : "False");
                return true;
            case IntValue i:
                text.Append(i.Number.ToString(CultureInfo.InvariantCulture));
                return true;
            case FloatValue f:
                text.Append(Float(f.Number));
                return true;
            case UndefinedValue:
                text.Append("Undefined");
                return true;
            case SequenceValue { Kind: SequenceKind.List or SequenceKind.Tuple } sequence:
                return AppendSequence(text, sequence);
            case DictValue dict:
                return AppendDict(text, dict);
            default:
                return false;
        }
    }

    private static bool AppendSequence(StringBuilder text, SequenceValue sequence)
    {
        bool isList = sequence.Kind == SequenceKind.List;
        text.Append(isList ? '[' : '(');
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            if (!Append(text, sequence.Items[i]))
            {
                return false;
            }
        }

        text.Append(isList ? "]" : sequence.Items.Count == 1 ? ",)" : ")");
        return true;
    }

    private static bool AppendDict(StringBuilder text, DictValue dict)
    {
        text.Append('{');
        string separator = "";
        foreach ((Value key, Value value) in dict.Items)
        {
            text.Append(separator);
            separator = ", ";
            if (!Append(text, key) || !Append(text.Append(": "), value))
            {
                return false;
            }
        }

        text.Append('}');
        return true;
    }

    private static void AppendQuoted(StringBuilder text, string value)
    {
        char quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        for (int i = 0; i < value.Length; i++)
        {
            int special = value.AsSpan(i).IndexOfAnyExcept(PlainCharacters);
            int plain = special < 0 ? value.Length - i : special;
            text.Append(value, i, plain);
            i += plain;
            if (i == value.Length)
            {
                break;
            }

            int code = i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]) ? char.ConvertToUtf32(value[i], value[++i]) : value[i];
            int escape = "\n\r\t\\".IndexOf((char)code, StringComparison.Ordinal);
            if (code == quote || (code <= '\\' && escape >= 0))
            {
                text.Append('\\').Append(code == quote ? quote : "nrt\\"[escape]);
            }
            else if (!IsPrintable(code))
            {
                text.Append(Escape(code));
            }
            else if (code > char.MaxValue)
            {
                text.Append(value, i - 1, 2);
            }
            else
            {
                text.Append((char)code);
            }
        }

        text.Append(quote);
    }

    private static bool IsPrintable(int code) => code is >= ' ' and <= '~' || CharUnicodeInfo.GetUnicodeCategory(code)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator);

    private static string Escape(int code) =>
        code <= 0xFF ? $"\\x{code:x2}" : code <= 0xFFFF ? $"\\u{code:x4}" : $"\\U{code:x8}";
}
