namespace Foxtrot.Inference.Tokenization;

/// <summary>Ends a text at the first stop string, while it streams.</summary>
/// <remarks>
/// Text that might be the beginning of a stop string is held back until it is clear, so that readers never see part of one that
/// then matches. The match that is complete first ends the text; of two that are complete at the same character, the longer.
/// Comparison is ordinal. Belongs to one sequence and is not safe for several threads; allocates only the strings it returns.
/// </remarks>
public sealed class StopMatcher
{
    private readonly string[] _stops;
    private readonly int[][] _failures;
    private readonly int[] _progress;
    private readonly bool _includeStop;
    private char[] _held = new char[64];
    private int _length;

    /// <summary>A matcher for one sequence.</summary>
    /// <param name="stops">Stop strings; none of them empty. With none, text passes through.</param>
    /// <param name="includeStop">Whether the stop string itself is part of the text. Default: no.</param>
    /// <exception cref="ArgumentException">A stop string is empty.</exception>
    public StopMatcher(IReadOnlyList<string> stops, bool includeStop = false)
    {
        ArgumentNullException.ThrowIfNull(stops);
        _stops = [.. stops];
        _includeStop = includeStop;
        _progress = new int[_stops.Length];
        _failures = Array.ConvertAll(_stops, Failures);
    }

    /// <summary>The stop string that ended the text, or null so far.</summary>
    public string? Matched { get; private set; }

    /// <summary>Adds text.</summary>
    /// <param name="text">The next piece, as <see cref="TokenTextStream.Push"/> gives it.</param>
    /// <returns>Text that is safe to show, often empty; after a match always empty.</returns>
    public string Push(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Matched is not null || text.Length == 0)
        {
            return "";
        }

        if (_stops.Length == 0)
        {
            return text;
        }

        if (_held.Length < _length + text.Length)
        {
            Array.Resize(ref _held, (_length + text.Length) * 2);
        }

        foreach (var c in text)
        {
            _held[_length++] = c;
            if (Advance(c) is { } stop)
            {
                Matched = stop;
                return Take(_includeStop ? _length : _length - stop.Length);
            }
        }

        var open = 0;
        foreach (var matched in _progress)
        {
            open = Math.Max(open, matched);
        }

        return open == 0 && _length == text.Length ? Pass(text) : Take(SafeEnd(_length - open));
    }

    /// <summary>Ends the text without a match.</summary>
    /// <returns>What was held back; empty after a match.</returns>
    public string Flush() => Matched is null ? Take(_length) : "";

    /// <summary>Moves every stop string's progress by one character (Knuth, Morris and Pratt 1977).</summary>
    private string? Advance(char c)
    {
        string? found = null;
        for (var i = 0; i < _stops.Length; i++)
        {
            var stop = _stops[i];
            var matched = _progress[i];
            while (matched > 0 && stop[matched] != c)
            {
                matched = _failures[i][matched - 1];
            }

            matched += stop[matched] == c ? 1 : 0;
            _progress[i] = matched;
            if (matched == stop.Length && (found is null || stop.Length > found.Length))
            {
                found = stop;
            }
        }

        return found;
    }

    /// <summary>Keeps the two halves of a character together.</summary>
    private int SafeEnd(int end) => end > 0 && end < _length && char.IsHighSurrogate(_held[end - 1]) ? end - 1 : end;

    private string Pass(string text)
    {
        _length = 0;
        return text;
    }

    private string Take(int count)
    {
        var text = count == 0 ? "" : new string(_held, 0, count);
        _held.AsSpan(count, _length - count).CopyTo(_held);
        _length -= count;
        return text;
    }

    /// <summary>For each prefix, the length of its longest proper prefix that is also its suffix.</summary>
    private static int[] Failures(string stop)
    {
        if (string.IsNullOrEmpty(stop))
        {
            throw new ArgumentException("A stop string must not be empty.", nameof(stop));
        }

        var failures = new int[stop.Length];
        for (var i = 1; i < stop.Length; i++)
        {
            var length = failures[i - 1];
            while (length > 0 && stop[length] != stop[i])
            {
                length = failures[length - 1];
            }

            failures[i] = length + (stop[length] == stop[i] ? 1 : 0);
        }

        return failures;
    }
}
