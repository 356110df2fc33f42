namespace Foxtrot.Inference.Tokenization;

/// <summary>A stretch of <see cref="PieceBuffer.Text"/>.</summary>
/// <param name="Start">First character.</param>
/// <param name="Length">Characters.</param>
/// <param name="AtTextStart">Whether the whole input begins here, which some pre-tokenizers treat specially.</param>
internal readonly record struct Piece(int Start, int Length, bool AtTextStart);

/// <summary>Text being cut into the words that the model sees. One per encoding; pre-tokenizers work on it in turn.</summary>
internal sealed class PieceBuffer
{
    private char[] _text = [];
    private int _length;
    private List<Piece> _next = [];
    private readonly List<Match> _matches = [];

    /// <summary>The pieces, in order, none empty.</summary>
    public List<Piece> Pieces { get; private set; } = [];

    /// <summary>Starts with one piece.</summary>
    public void Reset(ReadOnlySpan<char> text, bool atTextStart)
    {
        Pieces.Clear();
        _length = 0;
        Append(text);
        if (text.Length > 0)
        {
            Pieces.Add(new Piece(0, text.Length, atTextStart));
        }
    }

    /// <summary>The text of a piece.</summary>
    public ReadOnlySpan<char> Text(Piece piece) => _text.AsSpan(piece.Start, piece.Length);

    /// <summary>Rewrites every piece's text.</summary>
    /// <param name="rewrite">Appends the new text of a piece with <see cref="Append(ReadOnlySpan{char})"/>.</param>
    public void Rewrite(PieceRewrite rewrite)
    {
        var old = _text;
        _text = new char[Math.Max(16, _length + _length / 2)];
        _length = 0;
        _next.Clear();
        foreach (var piece in Pieces)
        {
            var start = _length;
            rewrite(this, old.AsSpan(piece.Start, piece.Length), piece.AtTextStart);
            if (_length > start)
            {
                _next.Add(new Piece(start, _length - start, piece.AtTextStart));
            }
        }

        (Pieces, _next) = (_next, Pieces);
    }

    /// <summary>Appends to the piece that is being rewritten.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Appends to the piece that is being rewritten.</summary>
    public void Append(char value)
    {
        Reserve(1);
        _text[_length++] = value;
    }

    /// <summary>Cuts every piece at a delimiter.</summary>
    /// <param name="delimiter">Finds the delimiter's occurrences.</param>
    /// <param name="behavior">What becomes of them.</param>
    /// <param name="invert">Swaps what is a delimiter and what is between.</param>
    public void Split(IDelimiter delimiter, DelimiterBehavior behavior, bool invert = false)
    {
        _next.Clear();
        foreach (var piece in Pieces)
        {
            _matches.Clear();
            delimiter.Find(Text(piece), new MatchList(_matches, piece.Length));
            MatchList.Complete(_matches, piece.Length);
            Cut(piece, behavior, invert);
        }

        (Pieces, _next) = (_next, Pieces);
    }

    private void Cut(Piece piece, DelimiterBehavior behavior, bool invert)
    {
        // Pieces are collected as [start, end) and joined with a neighbour as the behaviour says; empty ones are dropped.
        var first = _next.Count;
        if (behavior == DelimiterBehavior.MergedWithNext)
        {
            var previous = false;
            var end = piece.Length;
            for (var i = _matches.Count - 1; i >= 0; i--)
            {
                var isDelimiter = _matches[i].IsDelimiter != invert;
                if (isDelimiter && !previous && _next.Count > first)
                {
                    _next[^1] = Sub(piece, _matches[i].Start, end);
                }
                else
                {
                    end = _matches[i].End;
                    _next.Add(Sub(piece, _matches[i].Start, end));
                }

                previous = isDelimiter;
            }

            _next.Reverse(first, _next.Count - first);
        }
        else
        {
            var previous = false;
            var start = 0;
            foreach (var match in _matches)
            {
                var isDelimiter = match.IsDelimiter != invert;
                var joins = behavior switch
                {
                    DelimiterBehavior.Contiguous => isDelimiter == previous,
                    DelimiterBehavior.MergedWithPrevious => isDelimiter && !previous,
                    _ => false,
                };
                if (joins && _next.Count > first)
                {
                    _next[^1] = Sub(piece, start, match.End);
                }
                else if (!(isDelimiter && behavior == DelimiterBehavior.Removed))
                {
                    start = match.Start;
                    _next.Add(Sub(piece, start, match.End));
                }

                previous = isDelimiter;
            }
        }

        DropEmpty(first);
    }

    /// <summary>Drops empty pieces from a place on; a pass over all pieces for each would take quadratic time.</summary>
    private void DropEmpty(int first)
    {
        var kept = first;
        for (var i = first; i < _next.Count; i++)
        {
            if (_next[i].Length > 0)
            {
                _next[kept++] = _next[i];
            }
        }

        _next.RemoveRange(kept, _next.Count - kept);
    }

    private static Piece Sub(Piece piece, int start, int end) =>
        new(piece.Start + start, end - start, piece.AtTextStart && start == 0);

    private void Reserve(int more)
    {
        if (_length + more > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_length + more, _text.Length * 2));
        }
    }
}

/// <summary>Writes the new text of one piece into the buffer.</summary>
internal delegate void PieceRewrite(PieceBuffer buffer, ReadOnlySpan<char> text, bool atTextStart);
