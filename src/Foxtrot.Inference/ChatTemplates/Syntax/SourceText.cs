namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>A template's source with its newlines made '\n' and its last one dropped, as Jinja reads it.</summary>
internal sealed class SourceText
{
    private readonly List<int> _lineStarts = [0];

    public SourceText(string source)
    {
        string text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Text = text.EndsWith('\n') ? text[..^1] : text;
        for (int i = Text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = Text.IndexOf('\n', i + 1))
        {
            _lineStarts.Add(i + 1);
        }
    }

    /// <summary>The normalized source.</summary>
    public string Text { get; }

    /// <summary>The line and column of an index into <see cref="Text"/>.</summary>
    public SourcePosition PositionAt(int index)
    {
        int line = _lineStarts.BinarySearch(index);
        line = line < 0 ? ~line - 1 : line;
        return new SourcePosition(line + 1, index - _lineStarts[line] + 1);
    }
}
