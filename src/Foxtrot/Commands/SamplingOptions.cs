using System.CommandLine;
using System.Globalization;
using Foxtrot.Inference.Models;
using Foxtrot.Inference.Text;
using Foxtrot.Inference.Tokenization;
using Foxtrot.Sampling;

namespace Foxtrot.Commands;

/// <summary>The sampling parameters as options, named as in the API with dashes. What is not given comes from the model's own defaults.</summary>
internal sealed class SamplingOptions
{
    private readonly List<(Option Option, Func<ParseResult, SamplingParams, SamplingParams> Apply)> _options = [];
    private readonly Option<string[]> _badWords = Options.Texts("--bad-words", "A word that must not appear; may be repeated", "text");
    private readonly Option<string[]> _breakers = Options.Texts("--dry-sequence-breakers", "A text that DRY repetitions do not cross; may be repeated (default: newline : \" *)", "text");
    private readonly Option<string[]> _bias = Options.Texts("--logit-bias", "Adds to a token's logit, as ID=VALUE, VALUE in [-100, 100]; may be repeated", "id=value");
    private readonly Option<string[]> _allowed = Options.Texts("--allowed-token-ids", "Only these token ids may appear, as a list ID,ID,...", "ids");

    public SamplingOptions()
    {
        Add<double>("--temperature", "Divides the logits, [0, 2]; 0 always takes the most probable token", (p, v) => p with { Temperature = v });
        Add<int>("--top-k", "Keeps the k most probable tokens; 0 is off", (p, v) => p with { TopK = v });
        Add<double>("--top-p", "Keeps the most probable tokens whose mass reaches p, (0, 1]", (p, v) => p with { TopP = v });
        Add<double>("--min-p", "Keeps tokens at least p times as probable as the most probable, [0, 1]", (p, v) => p with { MinP = v });
        Add<double>("--typical-p", "Keeps the locally typical tokens whose mass reaches p, (0, 1]", (p, v) => p with { TypicalP = v });
        Add<double>("--top-n-sigma", "Keeps logits within n standard deviations of the largest, > 0; -1 is off", (p, v) => p with { TopNSigma = v });
        Add<double>("--epsilon-cutoff", "Keeps tokens with at least this probability, [0, 1]", (p, v) => p with { EpsilonCutoff = v });
        Add<double>("--eta-cutoff", "Keeps tokens above an entropy-dependent probability, [0, 1]", (p, v) => p with { EtaCutoff = v });
        Add<double>("--xtc-probability", "How often the most probable tokens are excluded, [0, 1]", (p, v) => p with { XtcProbability = v });
        Add<double>("--xtc-threshold", "Probability from which a token may be excluded, [0, 1]", (p, v) => p with { XtcThreshold = v });
        Add<double>("--dynatemp-range", "Lets the temperature vary by this much with the entropy, >= 0", (p, v) => p with { DynatempRange = v });
        Add<double>("--dynatemp-exponent", "How the entropy maps to the temperature, > 0", (p, v) => p with { DynatempExponent = v });
        Add<int>("--mirostat", "2 keeps the surprise near a target instead of truncating; 0 is off", (p, v) => p with { Mirostat = v });
        Add<double>("--mirostat-tau", "Target surprise in bits, > 0", (p, v) => p with { MirostatTau = v });
        Add<double>("--mirostat-eta", "Learning rate, [0, 1]", (p, v) => p with { MirostatEta = v });
        Add<double>("--repetition-penalty", "Divides the logits of tokens seen before, > 0", (p, v) => p with { RepetitionPenalty = v });
        Add<double>("--frequency-penalty", "Lowers output tokens by this much per occurrence, [-2, 2]", (p, v) => p with { FrequencyPenalty = v });
        Add<double>("--presence-penalty", "Lowers output tokens that occurred, [-2, 2]", (p, v) => p with { PresencePenalty = v });
        Add<int>("--no-repeat-ngram-size", "Forbids n-grams seen before; 0 is off", (p, v) => p with { NoRepeatNgramSize = v });
        Add<double>("--dry-multiplier", "Strength of the DRY repetition penalty, >= 0", (p, v) => p with { DryMultiplier = v });
        Add<double>("--dry-base", "Growth of the DRY penalty per token of repetition", (p, v) => p with { DryBase = v });
        Add<int>("--dry-allowed-length", "Repetitions up to this length are free", (p, v) => p with { DryAllowedLength = v });
        Add<int>("--dry-penalty-last-n", "How far back repetitions are looked for; -1 is everything", (p, v) => p with { DryPenaltyLastN = v });
        Add<int>("--min-tokens", "Output tokens before an end token is possible", (p, v) => p with { MinTokens = v });
        AddText("--draw", "How the token is drawn: inverse_cdf or gumbel", "method", (p, v) => p with { Draw = ParseDraw(v) });
        AddText("--sampler-order", "A preset (default, transformers, vllm, llama.cpp) or a list of stages: stage,stage,...", "order", (p, v) => p with { Order = ParseOrder(v) });
    }

    /// <summary>Adds all options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var (option, _) in _options)
        {
            command.Add(option);
        }

        command.Add(_bias);
        command.Add(_allowed);
        command.Add(_badWords);
        command.Add(_breakers);
    }

    /// <summary>The parameters that a command line and the model's defaults ask for; ranges are checked with the whole request.</summary>
    /// <exception cref="UsageException">A value cannot be read.</exception>
    public SamplingParams Read(ParseResult parsed, GenerationDefaults defaults, ITokenizer tokenizer)
    {
        var parameters = ModelDefaults.Of(defaults);
        foreach (var (option, apply) in _options)
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                parameters = apply(parsed, parameters);
            }
        }

        var breakers = parsed.GetValue(_breakers)!;
        var badWords = parsed.GetValue(_badWords)!;
        if (badWords.Contains(""))
        {
            throw new UsageException("--bad-words must not be empty");
        }

        return parameters with
        {
            LogitBias = ParseBias(parsed.GetValue(_bias)!),
            AllowedTokenIds = parsed.GetValue(_allowed) is { Length: > 0 } lists ? [.. lists.SelectMany(ParseIds)] : null,
            BadWords = TokenConstraints.BadWords(tokenizer, badWords),
            DrySequenceBreakers = parameters.DryMultiplier > 0
                ? TokenConstraints.DryBreakers(tokenizer, breakers.Length > 0 ? breakers : TokenConstraints.DefaultDryBreakers)
                : parameters.DrySequenceBreakers,
        };
    }

    private static DrawMethod ParseDraw(string text) => text switch
    {
        "inverse_cdf" => DrawMethod.InverseCdf,
        "gumbel" => DrawMethod.Gumbel,
        _ => throw new UsageException($"--draw must be inverse_cdf or gumbel, but is '{text}'"),
    };

    private static IReadOnlyList<SamplerStage> ParseOrder(string text) =>
        SamplerOrder.TryGetPreset(text, out var preset)
            ? preset
            : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(ParseStage)];

    private static SamplerStage ParseStage(string name) => SamplerOrder.TryParse(name, out var stage)
        ? stage
        : throw new UsageException($"--sampler-order must be a preset or a list of stages ({string.Join(", ", SamplerOrder.Default.Select(SamplerOrder.NameOf))}), but has '{name}'");

    private static Dictionary<int, float> ParseBias(string[] entries)
    {
        var bias = new Dictionary<int, float>();
        foreach (var entry in entries)
        {
            var at = entry.IndexOf('=', StringComparison.Ordinal);
            if (at < 0
                || !int.TryParse(entry.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || !float.TryParse(entry.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                || !bias.TryAdd(id, value))
            {
                throw new UsageException($"--logit-bias must be ID=VALUE with each ID once, but is '{entry}'");
            }
        }

        return bias;
    }

    private static IEnumerable<int> ParseIds(string list)
    {
        foreach (var text in list.Split(',', StringSplitOptions.TrimEntries))
        {
            yield return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw new UsageException($"--allowed-token-ids must be a list of token ids, but has '{text}'");
        }
    }

    private void Add<T>(string name, string description, Func<SamplingParams, T, SamplingParams> set)
        where T : struct, System.Numerics.INumber<T>
    {
        var option = Options.Number<T>(name, description);
        _options.Add((option, (parsed, parameters) => parsed.GetValue(option) is { } value ? set(parameters, value) : parameters));
    }

    private void AddText(string name, string description, string helpName, Func<SamplingParams, string, SamplingParams> set)
    {
        var option = Options.Text(name, description, helpName);
        _options.Add((option, (parsed, parameters) => parsed.GetValue(option) is { } value ? set(parameters, value) : parameters));
    }
}
