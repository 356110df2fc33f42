using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Text;

/// <summary>
/// The text of one generation, token by token, ending at a stop string. The engine writes it as its monitor; anyone may read
/// the piece that belongs to a token once that token is readable.
/// </summary>
/// <remarks>
/// A piece never splits a character and never shows the beginning of a stop string that later matches: such text is held back
/// and comes with a later token, or with <see cref="Rest"/>. One writer, any number of readers.
/// </remarks>
public sealed class OutputText : ITokenMonitor
{
    private readonly TokenTextStream _stream;
    private readonly StopMatcher _stops;
    private readonly string[] _pieces;
    private readonly int _stopsFrom;
    private int _count;

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="stops">Stop strings, none of them empty; they are not part of the text.</param>
    /// <param name="maxTokens">Output tokens at most.</param>
    /// <param name="stopsFrom">First output token whose text can be part of a stop string: where an output is continued that ended already.</param>
    public OutputText(ITokenizer tokenizer, IReadOnlyList<string> stops, int maxTokens, int stopsFrom = 0)
    {
        _stopsFrom = stopsFrom;
        _stream = tokenizer.CreateStream();
        _stops = new StopMatcher(stops);
        _pieces = new string[maxTokens];
    }

    /// <summary>Text that became safe to show with the output token at an index; often empty.</summary>
    public string Piece(int index) => _pieces[index];

    /// <inheritdoc/>
    public bool Observe(int token)
    {
        var text = _stream.Push(token);
        _pieces[_count] = _count < _stopsFrom ? text : _stops.Push(text);
        _count++;
        return _stops.Matched is not null;
    }

    /// <summary>Text still held back when the generation has ended; may be called once, and by one reader.</summary>
    public string Rest() => _stops.Push(_stream.Flush()) + _stops.Flush();

    /// <summary>The whole text of a generation that has ended; may be called once, and instead of <see cref="Rest"/>.</summary>
    public string Finish() => string.Concat(_pieces.AsSpan(0, _count)!) + Rest();
}
