using Spectre.Console;

namespace Foxtrot.Output;

/// <summary>Prints text as it is generated; on a terminal each token has the colour of its probability.</summary>
internal sealed class TokenWriter(Terminal terminal)
{
    /// <summary>Prints what separates several texts.</summary>
    public void Heading(string text)
    {
        if (terminal.IsInteractive)
        {
            terminal.Console.Write(new Rule(text) { Justification = Justify.Left });
        }
        else
        {
            terminal.Output.Write($"--- {text} ---\n");
        }
    }

    /// <summary>Prints the prompt.</summary>
    public void Prompt(string text) => Write(text, new Style(decoration: Decoration.Dim));

    /// <summary>Prints a token's text.</summary>
    /// <param name="text">The text; empty prints nothing.</param>
    /// <param name="probability">Of the token, (0, 1]; NaN for text that belongs to no single token.</param>
    public void Token(string text, double probability) => Write(text, double.IsNaN(probability) ? Style.Plain : new Style(ColorOf(probability)));

    /// <summary>Ends a text.</summary>
    public void EndOfText()
    {
        terminal.Output.Write('\n');
        terminal.Output.Flush();
    }

    /// <summary>From red at a probability of 1 % or less through yellow to green at 1, on a logarithmic scale.</summary>
    internal static Color ColorOf(double probability)
    {
        var level = Math.Clamp(1 + (Math.Log10(probability) / 2), 0, 1);
        return new Color((byte)Math.Min(255, 510 * (1 - level)), (byte)Math.Min(255, 510 * level), 60);
    }

    private void Write(string text, Style style)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (terminal.IsInteractive)
        {
            terminal.Console.Write(new Text(text, style));
        }
        else
        {
            terminal.Output.Write(text);
        }

        terminal.Output.Flush();
    }
}
