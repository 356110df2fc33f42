using System.Diagnostics;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>One generation to run: everything that determines its tokens, and whose turn it is.</summary>
/// <remarks>
/// Log, sampling, seed, choice and end tokens alone decide the output; batch, slot, tenant, engine options and time do not.
/// A log that ends in generated tokens resumes: those are replayed first, and count towards <see cref="MaxTokens"/>.
/// </remarks>
public sealed record GenerationRequest
{
    private const double LeastWeight = 0.01;
    private const double MostWeight = 1000;

    /// <summary>Prompt, earlier turns and what was generated already. At least one token, the first of them prompt.</summary>
    public required TokenLog Log { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingParams Sampling { get; init; } = SamplingParams.Default;

    /// <summary>The seed. The same seed gives the same tokens.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Which of several choices of one request this is, from 0; each has random numbers of its own.</summary>
    public int Choice { get; init; }

    /// <summary>Output tokens at most, replayed ones included; at least 1. The context's end may come earlier.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>Tokens that end the generation; empty to go on to the maximum.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>Log-probabilities to record: −1 none (the default), 0 the chosen token's, n also the n most probable.</summary>
    public int LogProbabilities { get; init; } = -1;

    /// <summary>Whose generation it is: tenants share the engine by weight. Default empty.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The tenant's share relative to others when all want more than there is, as of its latest request: 0.01 to 1,000, default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Precedence among the waiting sequences of the tenant, higher first; default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Whether it goes on with what ran before and was charged then: its prompt and its replayed tokens cost the tenant nothing again.</summary>
    public bool Resumed { get; init; }

    /// <summary>Ends the generation early; null for none. Used by one generation only.</summary>
    public ITokenMonitor? Monitor { get; init; }

    /// <summary>The span that the generation is traced by; null, the default, when it is not. Whoever started it stops it, after the generation's end.</summary>
    public Activity? Trace { get; init; }

    /// <summary>Sees the raw logits of each output token; null for none.</summary>
    public LogitsTap? Tap { get; init; }

    /// <summary>All that is wrong with the request for a model; empty when it is valid.</summary>
    /// <param name="vocabulary">Entries of a row of logits.</param>
    /// <param name="contextLength">Positions per slot.</param>
    public IReadOnlyList<ParameterError> Validate(int vocabulary, int contextLength)
    {
        var errors = new List<ParameterError>(Sampling.Validate(vocabulary));
        if (Log.Count == 0)
        {
            errors.Add(new("prompt", "prompt must have at least 1 token, but has 0"));
        }
        else if (Log.SourceAt(0) != TokenSource.Prompt)
        {
            errors.Add(new("prompt", "prompt must come before generated tokens"));
        }

        if (Log.TurnStart >= contextLength)
        {
            errors.Add(new("prompt", $"prompt must leave room to generate in a context of {contextLength} tokens, but has {Log.TurnStart}"));
        }
        else if (Log.Count > contextLength)
        {
            errors.Add(new("prompt", $"prompt and replayed tokens must fit a context of {contextLength} tokens, but are {Log.Count}"));
        }

        for (var i = 0; i < Log.Count; i++)
        {
            if ((uint)Log.Tokens[i] >= (uint)vocabulary)
            {
                errors.Add(new("prompt", $"prompt token ids must be in [0, {vocabulary}), but number {i} is {Log.Tokens[i]}"));
                break;
            }
        }

        if (MaxTokens < 1)
        {
            errors.Add(new("max_tokens", $"max_tokens must be at least 1, but is {MaxTokens}"));
        }
        else if (Log.Count - Log.TurnStart > MaxTokens)
        {
            errors.Add(new("max_tokens", $"max_tokens must cover the {Log.Count - Log.TurnStart} replayed tokens, but is {MaxTokens}"));
        }

        if (Choice < 0)
        {
            errors.Add(new("choice", $"choice must be at least 0, but is {Choice}"));
        }

        if (LogProbabilities < -1 || LogProbabilities > vocabulary)
        {
            errors.Add(new("logprobs", $"logprobs must be in [-1, {vocabulary}], but is {LogProbabilities}"));
        }

        if (!(Weight is >= LeastWeight and <= MostWeight))
        {
            errors.Add(new("weight", $"weight must be in [{LeastWeight}, {MostWeight}], but is {Weight}"));
        }

        return errors;
    }
}
