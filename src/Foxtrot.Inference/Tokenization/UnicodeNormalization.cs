using System.Buffers;
using System.Globalization;
using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>NFC, NFD, NFKC and NFKD from a table of its own.</summary>
/// <remarks>
/// <c>string.Normalize</c> returns its input unchanged where globalization is invariant, as it is here, and elsewhere follows the
/// machine's ICU: token ids must depend on neither. Source: Unicode Standard Annex #15. The table is read at first use.
/// </remarks>
internal sealed class UnicodeNormalization
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28, HangulCount = LeadCount * VowelCount * TailCount;

    private static readonly Lazy<UnicodeNormalization> Loaded = new(() => new UnicodeNormalization());
    private static readonly SearchValues<char> Ascii = SearchValues.Create([.. Enumerable.Range(0, 128).Select(i => (char)i)]);

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatibility = [];
    private readonly Dictionary<(int First, int Second), int> _composition = [];
    private readonly Dictionary<int, byte> _class = [];

    private UnicodeNormalization()
    {
        using var stream = typeof(UnicodeNormalization).Assembly.GetManifestResourceStream("unicode-normalization.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#')
            {
                Read(line);
            }
        }
    }

    /// <summary>Normalizes text.</summary>
    /// <param name="text">Valid UTF-16.</param>
    /// <param name="form">Any of the four forms.</param>
    public static string Normalize(string text, NormalizationForm form) =>
        text.AsSpan().IndexOfAnyExcept(Ascii) < 0 ? text : Loaded.Value.Apply(text, form);

    private void Read(string line)
    {
        var at = line.AsSpan().IndexOfAny("=!~-");
        var code = Hex(line.AsSpan(0, at));
        if (line[at] == '-')
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var combining = byte.Parse(line.AsSpan(colon + 1), CultureInfo.InvariantCulture);
            for (var c = code; c <= Hex(line.AsSpan(at + 1, colon - at - 1)); c++)
            {
                _class[c] = combining;
            }

            return;
        }

        var parts = Array.ConvertAll(line[(at + 1)..].Split(' '), part => Hex(part));
        (line[at] == '~' ? _compatibility : _canonical)[code] = parts;
        if (line[at] == '=')
        {
            _composition[(parts[0], parts[1])] = code;
        }
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private string Apply(string text, NormalizationForm form)
    {
        var points = new List<int>(text.Length);
        var compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, compatible, points);
        }

        Order(points);
        if (form is NormalizationForm.FormC or NormalizationForm.FormKC)
        {
            Compose(points);
        }

        var result = new StringBuilder(text.Length);
        Span<char> utf16 = stackalloc char[2];
        foreach (var point in points)
        {
            result.Append(utf16[..new Rune(point).EncodeToUtf16(utf16)]);
        }

        return result.ToString();
    }

    private void Decompose(int point, bool compatible, List<int> output)
    {
        if (point - HangulBase is var syllable and >= 0 and < HangulCount)
        {
            output.Add(LeadBase + syllable / (VowelCount * TailCount));
            output.Add(VowelBase + syllable % (VowelCount * TailCount) / TailCount);
            if (syllable % TailCount is var tail and > 0)
            {
                output.Add(TailBase + tail);
            }
        }
        else if (point >= 0xA0 && (_canonical.TryGetValue(point, out var parts) || (compatible && _compatibility.TryGetValue(point, out parts))))
        {
            foreach (var part in parts)
            {
                Decompose(part, compatible, output);
            }
        }
        else
        {
            output.Add(point);
        }
    }

    private int Class(int point) => point < 0x300 ? 0 : _class.GetValueOrDefault(point);

    /// <summary>Sorts each run of combining marks by class, keeping the order of equals.</summary>
    private void Order(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            if (Class(points[start]) == 0)
            {
                continue;
            }

            var end = start + 1;
            while (end < points.Count && Class(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                // LINQ's sort is stable; List's is not.
                var sorted = points[start..end].OrderBy(Class).ToArray();
                for (var i = 0; i < sorted.Length; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end;
        }
    }

    private void Compose(List<int> points)
    {
        var starter = -1;
        var lastClass = -1;
        var count = 0;
        foreach (var point in points.ToArray())
        {
            var combining = Class(point);
            // A mark is blocked when one of its own class or higher stands between it and the starter.
            if (starter >= 0 && lastClass < combining && TryCompose(points[starter], point, out var composed))
            {
                points[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = count;
                lastClass = -1;
            }
            else
            {
                lastClass = combining;
            }

            points[count++] = point;
        }

        points.RemoveRange(count, points.Count - count);
    }

    private bool TryCompose(int first, int second, out int composed)
    {
        if (first - LeadBase is var lead and >= 0 and < LeadCount && second - VowelBase is var vowel and >= 0 and < VowelCount)
        {
            composed = HangulBase + (lead * VowelCount + vowel) * TailCount;
            return true;
        }

        if (first - HangulBase is var syllable and >= 0 and < HangulCount && syllable % TailCount == 0
            && second - TailBase is var tail and > 0 and < TailCount)
        {
            composed = first + tail;
            return true;
        }

        return _composition.TryGetValue((first, second), out composed);
    }
}
