using System.Text;
using Foxtrot.Commands;
using Spectre.Console;

namespace Foxtrot.Output;

/// <summary>Where a command reads and writes: standard input, output and error, and whether people look at the output.</summary>
/// <remarks>Bytes go out as UTF-8 without a byte order mark, whatever the locale.</remarks>
internal sealed class Terminal : IDisposable
{
    private readonly Stream _input;
    private readonly TextWriter _error;

    public Terminal(Stream input, bool inputIsRedirected, TextWriter output, TextWriter error, bool isInteractive)
    {
        _input = input;
        _error = error;
        InputIsRedirected = inputIsRedirected;
        Output = output;
        IsInteractive = isInteractive;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isInteractive ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isInteractive)
        {
            // Tables in a pipe or a file are not cut to some terminal's width.
            Console.Profile.Width = 200;
        }
    }

    /// <summary>Whether standard input is a pipe or a file.</summary>
    public bool InputIsRedirected { get; }

    /// <summary>Plain text out.</summary>
    public TextWriter Output { get; }

    /// <summary>Whether people look at the output: only then is anything coloured or animated.</summary>
    public bool IsInteractive { get; }

    /// <summary>Tables and colours out; plain text when nobody looks.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>The process's own.</summary>
    public static Terminal FromProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var output = new StreamWriter(System.Console.OpenStandardOutput(), utf8) { AutoFlush = false };
        var error = new StreamWriter(System.Console.OpenStandardError(), utf8) { AutoFlush = true };
        return new Terminal(System.Console.OpenStandardInput(), System.Console.IsInputRedirected, output, error, !System.Console.IsOutputRedirected);
    }

    /// <summary>Writes one line to standard error.</summary>
    public void Error(string message) => _error.WriteLine($"foxtrot: {message.ReplaceLineEndings(" ")}");

    /// <summary>Reads standard input to its end.</summary>
    /// <exception cref="UsageException">It is not UTF-8.</exception>
    public string ReadInput()
    {
        using var memory = new MemoryStream();
        _input.CopyTo(memory);
        var bytes = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        var invalid = System.Text.Unicode.Utf8.IsValid(bytes) ? -1 : FirstInvalid(bytes);
        return invalid < 0
            ? Encoding.UTF8.GetString(bytes)
            : throw new UsageException($"standard input must be UTF-8, but byte {invalid} (0x{bytes[invalid]:x2}) is not");
    }

    public void Dispose()
    {
        Output.Dispose();
        _error.Dispose();
        _input.Dispose();
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var index = 0;
        while (Rune.DecodeFromUtf8(bytes[index..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            index += length;
        }

        return index;
    }
}
