using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.History;
using Foxtrot.Sampling.Stages;

namespace Foxtrot.Sampling;

/// <summary>One sequence's sampler: its parameters, compiled, and what they need to know of the past.</summary>
/// <remarks>
/// The state is the tokens themselves and Mirostat's mu, so the same parameters, seed, choice and tokens always give the
/// same next token for the same logits. Not thread-safe; one owner. Allocates at construction, and when the history
/// outgrows what was foreseen.
/// </remarks>
public sealed class RowSampler
{
    private readonly Pipeline _pipeline;
    private readonly TokenHistory _history;
    private double _mu;

    /// <summary>A sampler that stands after the prompt.</summary>
    /// <param name="parameters">Valid for the vocabulary.</param>
    /// <param name="vocabulary">Number of logits per row.</param>
    /// <param name="seed">The session's seed.</param>
    /// <param name="choice">Which of n parallel choices, ≥ 0.</param>
    /// <param name="prompt">The prompt's token ids; copied.</param>
    /// <param name="endTokens">End and stop tokens, which <c>min_tokens</c> holds back; copied.</param>
    /// <param name="logprobs">How many top raw log-probabilities to record at each draw; 0 records the chosen token's alone, −1 none.</param>
    /// <param name="maxOutput">Output tokens to have room for; more are possible.</param>
    /// <exception cref="ArgumentException">Parameters or token ids are out of range; the message has every error.</exception>
    public RowSampler(
        SamplingParams parameters,
        int vocabulary,
        ulong seed,
        int choice,
        ReadOnlySpan<int> prompt,
        ReadOnlySpan<int> endTokens,
        int logprobs = -1,
        int maxOutput = 0)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(choice);
        ArgumentOutOfRangeException.ThrowIfLessThan(logprobs, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(logprobs, vocabulary);
        ArgumentOutOfRangeException.ThrowIfNegative(maxOutput);
        IReadOnlyList<ParameterError> errors = parameters.Validate(vocabulary);
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors.Select(error => error.Message)), nameof(parameters));
        }

        Vocabulary = vocabulary;
        CheckTokens(prompt, nameof(prompt));
        CheckTokens(endTokens, nameof(endTokens));
        Parameters = parameters;
        Seed = seed;
        Choice = choice;
        _pipeline = new Pipeline(parameters, endTokens);
        _history = new TokenHistory(prompt, maxOutput, _pipeline.CountsTokens);
        _mu = _pipeline.Mirostat?.FirstMu ?? double.NaN;
        Logprobs = logprobs >= 0 ? new TokenLogprobs(logprobs) : null;
    }

    private RowSampler(RowSampler other, ulong seed)
    {
        Vocabulary = other.Vocabulary;
        Parameters = other.Parameters;
        Seed = seed;
        Choice = other.Choice;
        _pipeline = other._pipeline;
        _history = new TokenHistory(other._history);
        _mu = other._mu;
        Logprobs = other.Logprobs is { } logprobs ? new TokenLogprobs(logprobs.Tokens.Length) : null;
    }

    /// <summary>What was asked for.</summary>
    public SamplingParams Parameters { get; }

    /// <summary>The session's seed.</summary>
    public ulong Seed { get; }

    /// <summary>Which of n parallel choices.</summary>
    public int Choice { get; }

    /// <summary>Number of logits per row.</summary>
    public int Vocabulary { get; }

    /// <summary>Absolute position of the token to be chosen next: the number of tokens so far.</summary>
    public long Position => _history.Tokens.Length;

    /// <summary>Prompt, output and extensions in order; valid until the next token is appended.</summary>
    public ReadOnlySpan<int> Tokens => _history.Tokens;

    /// <summary>Number of tokens that the model has written, over all turns.</summary>
    public int OutputCount => _history.OutputCount;

    /// <summary>Mirostat's mu in bits; NaN when Mirostat is off.</summary>
    public double Mu => _mu;

    /// <summary>Raw log-probabilities of the last draw; null if none were asked for.</summary>
    public TokenLogprobs? Logprobs { get; }

    /// <summary>Appends text given to the model, such as a user's next turn: it counts as prompt, and <c>min_tokens</c> counts from here.</summary>
    /// <exception cref="ArgumentException">A token id is outside the vocabulary.</exception>
    public void Extend(ReadOnlySpan<int> moreText)
    {
        CheckTokens(moreText, nameof(moreText));
        _history.AppendPrompt(moreText);
    }

    /// <summary>A sampler that stands where this one does, with another seed; the two then go their own ways.</summary>
    public RowSampler WithSeed(ulong seed) => new(this, seed);

    internal Pipeline Pipeline => _pipeline;

    /// <summary>Number of the batch that it was last part of, by which a batch notices a sampler that appears twice.</summary>
    internal long LastBatch { get; set; }

    internal StepContext Context(SamplingScratch scratch) => new(_history, scratch, Seed, Position, Choice, _mu);

    internal void CheckForced(int token)
    {
        if ((uint)token >= (uint)Vocabulary)
        {
            throw new ArgumentException($"ForcedToken must be in [0, {Vocabulary - 1}], but is {token}.");
        }
    }

    /// <summary>Chooses the next token and appends it.</summary>
    /// <param name="logits">[vocabulary], overwritten.</param>
    /// <param name="forced">A known token, or −1.</param>
    /// <param name="scratch">The calling thread's buffers.</param>
    internal TokenDraw Advance(Span<float> logits, int forced, SamplingScratch scratch)
    {
        if (Logprobs is not null)
        {
            RawLogprobs.Read(logits, scratch, Logprobs);
            scratch.KeepRaw(logits);
        }

        TokenDraw draw = Choose(logits, forced, scratch);
        scratch.Meter?.Enter(RowPart.None);
        if (draw.Outcome == DrawOutcome.Chosen)
        {
            if (Logprobs is not null)
            {
                RawLogprobs.SetChosen(Logprobs, scratch.RawRow[draw.Token]);
            }

            _history.AppendOutput(draw.Token);
        }

        return draw;
    }

    private TokenDraw Choose(Span<float> logits, int forced, SamplingScratch scratch)
    {
        CandidateRow row = new(logits, scratch);
        StepContext context = Context(scratch);
        RowMeter? meter = scratch.Meter;
        DrawOutcome outcome = _pipeline.Run(ref row, context);
        meter?.Enter(RowPart.Draw);
        if (outcome != DrawOutcome.Chosen)
        {
            // A known token needs no draw; only Mirostat cannot go on without its probability.
            return forced >= 0 && _pipeline.Mirostat is null
                ? new TokenDraw(forced, double.NaN, double.NaN)
                : new TokenDraw(-1, double.NaN, double.NaN, outcome);
        }

        // A known token that would be drawn here anyway looks exactly as it did when it was drawn.
        TokenDraw draw = Draw(ref row, context, out _);
        if (meter is { WantsDistribution: true } && forced < 0)
        {
            Measure(ref row, meter);
        }

        if (forced >= 0 && draw.Token != forced)
        {
            draw = new TokenDraw(forced, double.NaN, row.ProbabilityOf(forced));
        }

        if (_pipeline.Mirostat is { } mirostat)
        {
            double probability = double.IsNaN(draw.Probability) ? row.ProbabilityOf(draw.Token) : draw.Probability;
            _mu = mirostat.NextMu(_mu, probability);
        }

        return draw;
    }

    // After the draw, so that no sum is taken in another order because somebody looks.
    private void Measure(ref CandidateRow row, RowMeter meter)
    {
        meter.Enter(RowPart.None);
        if (_pipeline.IsGreedy)
        {
            meter.Note(0, 1);
        }
        else
        {
            meter.Note(row.Entropy(out _), row.CountSurvivors());
        }
    }

    /// <summary>The draw alone, without any effect on the sampler.</summary>
    internal TokenDraw Draw(ref CandidateRow row, in StepContext context, out double gumbelScore)
    {
        gumbelScore = double.NaN;
        if (_pipeline.IsGreedy)
        {
            return new TokenDraw(row.ArgMax(), double.NaN, 1);
        }

        if (Parameters.Draw == DrawMethod.Gumbel)
        {
            return new TokenDraw(row.GumbelMax(Seed, context.Position, Choice, out gumbelScore), double.NaN, double.NaN);
        }

        double u = DrawRandom.Uniform(Seed, context.Position, Choice, DrawPurpose.Token);
        int token = row.InverseCdf(u, out double probability);
        return new TokenDraw(token, u, probability);
    }

    private void CheckTokens(ReadOnlySpan<int> tokens, string name)
    {
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)Vocabulary)
            {
                throw new ArgumentException($"{name} must hold token ids in [0, {Vocabulary - 1}], but holds {token}.", name);
            }
        }
    }
}
