using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using Foxtrot.Inference.ChatTemplates;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Text;
using Foxtrot.Output;

namespace Foxtrot.Commands;

/// <summary>Prompt, seed and sampling: what turns a model into one text, shared by <c>generate</c> and <c>explain</c>.</summary>
internal sealed class PromptOptions
{
    // Long-context models would otherwise reserve gigabytes for one short text.
    private const int DefaultContext = 4096;
    private const int LongestContext = 1 << 20;

    private readonly Argument<string?> _prompt = new("PROMPT")
    {
        Description = "The text to continue; without it, standard input (one line break at its end is dropped)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<ulong?> _seed = Options.Number<ulong>("--seed", "The seed; the same seed gives the same text (default: a random one, printed)");
    private readonly Option<int?> _maxTokens = Options.Number<int>("--max-tokens", "Output tokens at most (default: 256)");
    private readonly Option<int?> _context = Options.Number<int>("--context", $"Tokens of prompt and output together that there is memory for (default: the model's context, at most {DefaultContext})");
    private readonly Option<bool> _chat = Options.Flag("--chat", "Put the prompt to the model as a user's message, through its chat template");
    private readonly Option<string?> _system = Options.Text("--system", "With --chat: a system message before it", "text");
    private readonly Option<string[]> _stop = Options.Texts("--stop", "A text that ends the output; may be repeated", "text");
    private readonly Option<bool> _ignoreEnd = Options.Flag("--ignore-eos", "Go on after the model's end token");
    private readonly SamplingOptions _sampling = new();

    /// <summary>Adds argument and options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_prompt);
        command.Add(_seed);
        command.Add(_maxTokens);
        command.Add(_context);
        command.Add(_chat);
        command.Add(_system);
        command.Add(_stop);
        command.Add(_ignoreEnd);
        _sampling.AddTo(command);
    }

    /// <summary>An engine for a number of sequences of the context asked for.</summary>
    public EngineOptions ReadEngine(ParseResult parsed, int slots) => new()
    {
        Slots = slots,
        ContextLength = Options.Bounded("--context", parsed.GetValue(_context) ?? DefaultContext, 2, LongestContext),
    };

    /// <summary>The prompt's text.</summary>
    public string ReadPrompt(ParseResult parsed, Terminal terminal)
    {
        if (parsed.GetValue(_prompt) is { } prompt)
        {
            // The parser takes an option that it does not know for the prompt.
            return prompt.StartsWith('-') && !parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash)
                ? throw new UsageException($"there is no option '{prompt}'; a prompt that begins with a dash goes behind --")
                : prompt;
        }

        if (!terminal.InputIsRedirected)
        {
            throw new UsageException("a prompt is missing: give it as an argument or on standard input");
        }

        var text = terminal.ReadInput();
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
    }

    /// <summary>The seed asked for, or a random one.</summary>
    public ulong ReadSeed(ParseResult parsed, out bool isRandom)
    {
        var seed = parsed.GetValue(_seed);
        isRandom = seed is null;
        return seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    }

    /// <summary>The request for choice 0, checked against the model, and the text that its output becomes.</summary>
    /// <exception cref="UsageException">Something is out of range; the message lists every error.</exception>
    public TextRequest Read(ParseResult parsed, ServedModel model, string prompt, ulong seed)
    {
        var stops = parsed.GetValue(_stop)!;
        if (stops.Contains(""))
        {
            throw new UsageException("--stop must not be empty");
        }

        var request = new GenerationRequest
        {
            Log = TokenLog.FromPrompt(Encode(parsed, model, prompt)),
            Seed = seed,
            MaxTokens = parsed.GetValue(_maxTokens) ?? 256,
            EndTokens = parsed.GetValue(_ignoreEnd) ? [] : model.Folder.Generation.EosTokens,
            Sampling = _sampling.Read(parsed, model.Folder.Generation, model.Tokenizer),
        };
        return request.Validate(model.Engine.Vocabulary, model.Engine.ContextLength) is { Count: > 0 } errors
            ? throw new UsageException(string.Join("; ", errors.Select(e => e.Message)))
            : new TextRequest(request, stops);
    }

    private int[] Encode(ParseResult parsed, ServedModel model, string prompt)
    {
        var system = parsed.GetValue(_system);
        if (!parsed.GetValue(_chat))
        {
            return system is null ? model.Tokenizer.Encode(prompt) : throw new UsageException("--system needs --chat");
        }

        // A template writes the special tokens itself.
        List<ChatMessage> messages = system is null ? [] : [new ChatMessage("system", system)];
        messages.Add(new ChatMessage("user", prompt));
        return model.Tokenizer.Encode(new ChatPrompt(model.Folder, model.Tokenizer).Render(messages), addSpecialTokens: false);
    }
}

/// <summary>A request and the texts that end its output.</summary>
/// <param name="Request">For choice 0, without a monitor.</param>
/// <param name="Stops">Stop strings.</param>
internal sealed record TextRequest(GenerationRequest Request, IReadOnlyList<string> Stops)
{
    /// <summary>Starts one choice; its text can be read as it comes.</summary>
    public (Generation Generation, OutputText Text) Start(ServedModel model, int choice, LogitsTap? tap = null)
    {
        var text = new OutputText(model.Tokenizer, Stops, Math.Min(Request.MaxTokens, model.Engine.ContextLength));
        return (model.Engine.Submit(Request with { Choice = choice, Monitor = text, Tap = tap }), text);
    }
}
