using System.CommandLine;
using Foxtrot.Bench.Load;
using Foxtrot.Inference.ChatTemplates;
using Foxtrot.Inference.Models;
using Foxtrot.Inference.Tokenization;
using Foxtrot.Output;

namespace Foxtrot.Commands;

/// <summary>The <c>foxtrot</c> command: parses, runs, and turns errors into one line and an exit code.</summary>
/// <remarks>0 success, 1 failure, 2 bad input, 130 interrupted.</remarks>
internal static class FoxtrotCommand
{
    private const int Failure = 1;
    private const int BadInput = 2;
    private const int Interrupted = 130;

    /// <summary>Runs one command line.</summary>
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var serve = ServeCommand.Create(terminal);
        var root = new RootCommand("Seeded, reproducible, explainable text generation.")
        {
            serve,
            GenerateCommand.Create(terminal),
            ExplainCommand.Create(terminal),
            BenchCommand.Create(terminal),
            KeyCommand.Create(terminal),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var message in parsed.Errors.Select(e => e.Message).Distinct())
            {
                terminal.Error($"{message} (see foxtrot {parsed.CommandResult.Command.Name} --help)".Replace("foxtrot foxtrot", "foxtrot", StringComparison.Ordinal));
            }

            return BadInput;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = terminal.Output,

                // A server takes signals itself, and its time to stop.
                ProcessTerminationTimeout = parsed.CommandResult.Command == serve ? null : TimeSpan.FromSeconds(2),
            });
        }
        catch (Exception exception) when (exception is UsageException or ModelException or TokenizerException or ChatTemplateException)
        {
            terminal.Error(exception.Message);
            return BadInput;
        }
        catch (LoadTargetException exception)
        {
            terminal.Error(exception.Message);
            return Failure;
        }
        catch (OperationCanceledException)
        {
            terminal.Error("interrupted");
            return Interrupted;
        }
        catch (IOException exception) when (exception is not FileNotFoundException)
        {
            // Whoever read the output has gone: nothing is left to say.
            terminal.Error(exception.Message);
            return Failure;
        }
#pragma warning disable CA1031 // The last line of defence: people get one line, not a stack trace.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            terminal.Error($"{exception.GetType().Name}: {exception.Message}");
            return Failure;
        }
        finally
        {
            try
            {
                await terminal.Output.FlushAsync();
            }
            catch (IOException)
            {
                // A closed pipe has been reported already, or ends the output anyway.
            }
        }
    }
}
