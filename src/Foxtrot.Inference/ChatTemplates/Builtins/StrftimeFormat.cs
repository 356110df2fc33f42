using System.Globalization;
using System.Text;
using Foxtrot.Inference.ChatTemplates.Evaluation;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Dates in the format language of C's strftime, in English.</summary>
/// <remarks>Source: strftime(3), the C locale; a '-' after '%' leaves out padding (a glibc extension).</remarks>
internal static class StrftimeFormat
{
    /// <summary>A date and time in a format; a directive that is not known is refused by name.</summary>
    public static string Format(string format, DateTime time, RenderState state)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            bool unpadded = i + 1 < format.Length && format[i + 1] == '-';
            i += unpadded ? 2 : 1;
            string directive = i < format.Length ? format[i].ToString() : "";
            string value = Directive(directive, time) ?? throw state.Unsupported("the date directive", "%" + directive);
            text.Append(unpadded && value.Length > 1 ? value.TrimStart('0', ' ') is { Length: > 0 } rest ? rest : "0" : value);
        }

        return text.ToString();
    }

    private static string? Directive(string directive, DateTime time) => directive switch
    {
        "a" => Name(time, "ddd"),
        "A" => Name(time, "dddd"),
        "b" or "h" => Name(time, "MMM"),
        "B" => Name(time, "MMMM"),
        "c" => $"{Name(time, "ddd MMM")} {time.Day,2} {Name(time, "HH:mm:ss yyyy")}",
        "C" => (time.Year / 100).ToString("00", CultureInfo.InvariantCulture),
        "d" => Name(time, "dd"),
        "D" or "x" => Name(time, "MM/dd/yy"),
        "e" => $"{time.Day,2}",
        "f" => Name(time, "ffffff"),
        "F" => Name(time, "yyyy-MM-dd"),
        "G" => ISOWeek.GetYear(time).ToString(CultureInfo.InvariantCulture),
        "H" => Name(time, "HH"),
        "I" => Name(time, "hh"),
        "j" => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        "m" => Name(time, "MM"),
        "M" => Name(time, "mm"),
        "n" => "\n",
        "p" => Name(time, "tt"),
        "r" => Name(time, "hh:mm:ss tt"),
        "R" => Name(time, "HH:mm"),
        "S" => Name(time, "ss"),
        "t" => "\t",
        "T" or "X" => Name(time, "HH:mm:ss"),
        "u" => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        "U" => Week(time, DayOfWeek.Sunday),
        "V" => ISOWeek.GetWeekOfYear(time).ToString("00", CultureInfo.InvariantCulture),
        "w" => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        "W" => Week(time, DayOfWeek.Monday),
        "y" => Name(time, "yy"),
        "Y" => time.Year.ToString(CultureInfo.InvariantCulture),
        "%" => "%",

        // Python passes a time without a zone, for which both are empty.
        "z" or "Z" => "",
        _ => null,
    };

    private static string Name(DateTime time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Week(DateTime time, DayOfWeek firstDay)
    {
        int sinceFirstDay = ((int)time.DayOfWeek - (int)firstDay + 7) % 7;
        return ((time.DayOfYear + 6 - sinceFirstDay) / 7).ToString("00", CultureInfo.InvariantCulture);
    }
}
