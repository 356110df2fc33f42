using System.Text;
using System.Text.Json;
using Foxtrot.Commands;
using Foxtrot.Output;

namespace Foxtrot.Tests.Commands;

/// <summary>One run of the foxtrot command inside the test's process: what it printed, and its exit code.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Runs a command line with nothing on standard input.</summary>
    public static Task<CommandRun> Of(params string[] args) => WithInput((byte[]?)null, args);

    /// <summary>Runs a command line with bytes on standard input; null is a terminal.</summary>
    public static async Task<CommandRun> WithInput(byte[]? input, params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        using var terminal = new Terminal(new MemoryStream(input ?? []), input is not null, output, error, isInteractive: false);
        var code = await FoxtrotCommand.RunAsync(args, terminal);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line with text on standard input.</summary>
    public static Task<CommandRun> WithInput(string input, params string[] args) => WithInput(Encoding.UTF8.GetBytes(input), args);
}
