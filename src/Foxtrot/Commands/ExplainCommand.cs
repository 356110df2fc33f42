using System.CommandLine;
using Foxtrot.Inference.Engine;
using Foxtrot.Output;
using Foxtrot.Sampling;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot explain</c>: shows how one token of a generation was chosen.</summary>
internal sealed class ExplainCommand
{
    private const int MostTop = 1000;

    private readonly PromptOptions _prompt = new();
    private readonly ModelOptions _model = new();
    private readonly Option<int?> _at = Options.Number<int>("--at", "Which output token, from 0 (default: 0)");
    private readonly Option<int?> _top = Options.Number<int>("--top", "Candidates to show (default: 10)");
    private readonly Option<bool> _json = Options.Flag("--json", "Print one JSON document instead of a table");
    private readonly Terminal _terminal;

    private ExplainCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var explain = new ExplainCommand(terminal);
        var command = new Command("explain", "Show how one token was chosen: every candidate's probability before and after each stage, its interval, the number drawn.");
        explain._prompt.AddTo(command);
        explain._model.AddTo(command);
        command.Add(explain._at);
        command.Add(explain._top);
        command.Add(explain._json);
        command.SetAction(explain.RunAsync);
        return command;
    }

    /// <summary>Checks a number of candidates to show.</summary>
    public static int ReadTop(int top) => Options.Bounded("--top", top, 1, MostTop);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var at = parsed.GetValue(_at) ?? 0;
        var top = ReadTop(parsed.GetValue(_top) ?? 10);
        if (at < 0)
        {
            throw new UsageException($"--at must be at least 0, but is {at}");
        }

        var prompt = _prompt.ReadPrompt(parsed, _terminal);
        var seed = _prompt.ReadSeed(parsed, out _);
        await using var model = _model.Open(parsed, _prompt.ReadEngine(parsed, slots: 1), _terminal);
        var request = _prompt.Read(parsed, model, prompt, seed);
        Explanation? explanation = null;
        Generation? generation = null;
        var index = 0;
        void Tap(ReadOnlySpan<float> logits, RowSampler sampler)
        {
            if (index++ == at)
            {
                explanation = Explain.Row(logits, sampler, top);
            }
        }

        // One token more than asked for would be work for nothing.
        var shortest = request with { Request = request.Request with { MaxTokens = Math.Min(request.Request.MaxTokens, at + 1) } };
        (generation, _) = shortest.Start(model, 0, Tap);
        using (cancellationToken.UnsafeRegister(_ => generation.Cancel(), null))
        {
            await generation.Completion;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (generation.Error is { } error)
        {
            throw new InvalidOperationException($"generation failed: {error.Message}");
        }

        if (explanation is null)
        {
            throw new UsageException($"--at must be below the {generation.Count} tokens that were generated, but is {at}");
        }

        if (parsed.GetValue(_json))
        {
            ExplanationJson.Write(_terminal.Output, at, explanation, model.Tokenizer);
        }
        else
        {
            ExplanationTable.Write(_terminal.Console, explanation, model.Tokenizer);
        }

        return 0;
    }
}
