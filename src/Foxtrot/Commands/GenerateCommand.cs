using System.CommandLine;
using System.Diagnostics;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Text;
using Foxtrot.Output;
using Foxtrot.Sampling;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot generate</c>: continues a prompt.</summary>
internal sealed class GenerateCommand
{
    private const int MostChoices = 1024;

    private readonly PromptOptions _prompt = new();
    private readonly ModelOptions _model = new();
    private readonly Option<int?> _choices = Options.Number<int>("--n", $"How many different continuations, 1 to {MostChoices} (default: 1)");
    private readonly Option<bool> _json = Options.Flag("--json", "Print one JSON document instead of text");
    private readonly Option<bool> _explain = Options.Flag("--explain", "Show for every token how it was chosen");
    private readonly Option<int?> _top = Options.Number<int>("--top", "Candidates that --explain shows per token (default: 5)");
    private readonly Option<bool> _echo = Options.Flag("--echo", "Print the prompt before its continuation (default: only on a terminal)");
    private readonly Terminal _terminal;

    private GenerateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var generate = new GenerateCommand(terminal);
        var command = new Command("generate", "Continue a text. The same seed gives the same text, bit for bit.");
        generate._prompt.AddTo(command);
        generate._model.AddTo(command);
        command.Add(generate._choices);
        command.Add(generate._json);
        command.Add(generate._explain);
        command.Add(generate._top);
        command.Add(generate._echo);
        command.SetAction(generate.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var count = Options.Bounded("--n", parsed.GetValue(_choices) ?? 1, 1, MostChoices);
        var top = ExplainCommand.ReadTop(parsed.GetValue(_top) ?? 5);
        var prompt = _prompt.ReadPrompt(parsed, _terminal);
        var seed = _prompt.ReadSeed(parsed, out var isRandom);
        await using var model = _model.Open(parsed, _prompt.ReadEngine(parsed, Math.Min(count, 64)), _terminal);
        var request = _prompt.Read(parsed, model, prompt, seed);
        var json = parsed.GetValue(_json);
        if (isRandom && !json)
        {
            _terminal.Error($"seed {seed}");
        }

        var loaded = Stopwatch.GetElapsedTime(start);
        var choices = Enumerable.Range(0, count).Select(choice => Start(model, request, choice, parsed.GetValue(_explain) ? top : 0)).ToList();
        using var cancellation = cancellationToken.UnsafeRegister(_ => choices.ForEach(c => c.Generation.Cancel()), null);
        if (json)
        {
            await Task.WhenAll(choices.Select(c => c.Generation.Completion));
            GenerateJson.Write(_terminal.Output, model, request.Request, choices, loaded);
        }
        else
        {
            var echo = parsed.GetValue(_echo) || _terminal.IsInteractive;
            await PrintAsync(model, echo ? prompt : "", choices);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return choices.TrueForAll(c => c.Generation.Error is null)
            ? 0
            : throw new InvalidOperationException($"generation failed: {choices.First(c => c.Generation.Error is not null).Generation.Error!.Message}");
    }

    private static Choice Start(ServedModel model, TextRequest request, int choice, int top)
    {
        var explanations = new List<Explanation>();
        LogitsTap? tap = top > 0 ? (logits, sampler) => explanations.Add(Explain.Row(logits, sampler, top)) : null;
        var (generation, text) = request.Start(model, choice, tap);
        return new Choice(generation, text, explanations);
    }

    private async Task PrintAsync(ServedModel model, string echo, List<Choice> choices)
    {
        var writer = new TokenWriter(_terminal);
        for (var i = 0; i < choices.Count; i++)
        {
            if (choices.Count > 1)
            {
                writer.Heading($"choice {i}");
            }

            writer.Prompt(echo);
            var (generation, text, explanations) = choices[i];
            var index = 0;
            await foreach (var token in generation.ReadAsync())
            {
                writer.Token(text.Piece(index++), token.Draw.Probability);
            }

            writer.Token(text.Rest(), double.NaN);
            writer.EndOfText();
            foreach (var explanation in explanations)
            {
                ExplanationTable.Write(_terminal.Console, explanation, model.Tokenizer);
            }
        }
    }
}

/// <summary>One running continuation, its text, and the explanations of its tokens where they were asked for.</summary>
internal sealed record Choice(Generation Generation, OutputText Text, IReadOnlyList<Explanation> Explanations);
