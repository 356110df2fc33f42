namespace Foxtrot.Inference.Models;

/// <summary>A model folder or file that cannot be used; the message is one line and names the file, the field or tensor, and the value.</summary>
public sealed class ModelException : Exception
{
    /// <summary>An error with a one-line message.</summary>
    /// <param name="message">What does not fit, where, and what would.</param>
    public ModelException(string message)
        : base(Printable(message))
    {
    }

    /// <summary>An error with a one-line message and what caused it.</summary>
    /// <param name="message">What does not fit, where, and what would.</param>
    /// <param name="innerException">The cause.</param>
    public ModelException(string message, Exception innerException)
        : base(Printable(message), innerException)
    {
    }

    // Names in a damaged or hostile file may hold line feeds or terminal codes.
    private static string Printable(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.AsSpan().ContainsAnyInRange('\0', '\u001F') || message.AsSpan().ContainsAnyInRange('\u007F', '\u009F')
            ? string.Concat(message.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter))
            : message;
    }

    /// <summary>The first line of a message of another library, which may have many.</summary>
    internal static string FirstLine(string message)
    {
        var text = message.AsSpan().Trim();
        var end = text.IndexOfAny('\r', '\n');
        return (end < 0 ? text : text[..end].TrimEnd()).ToString();
    }
}
