using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Inference.Engine;
using Foxtrot.Sampling;

namespace Foxtrot.Cluster.Sessions;

/// <summary>Looks at one step of a session again: rebuilds its cache by replay and reads the logits from which the token was drawn.</summary>
internal static class SessionReplay
{
    private const int MostTop = 1000;
    private const int MostDraws = 10_000;

    /// <summary>How one output token was, or would be, chosen.</summary>
    public static async Task<Outcome<ExplanationView>> ExplainAsync(WorkerModel model, string tenant, SessionState state, int at, int top)
    {
        if (top is < 1 or > MostTop)
        {
            return new Refusal(RefusalKind.Invalid, $"top must be in [1, {MostTop}], but is {top}", "top");
        }

        Explanation? explanation = null;
        var refusal = await ReplayAsync(model, tenant, state, at, SamplingSettings.Default, null, (logits, sampler) => explanation = Explain.Row(logits, sampler, top));
        return refusal ?? (Outcome<ExplanationView>)ExplanationViews.Of(explanation!, model.TokenText);
    }

    /// <summary>What the step would have chosen under other parameters or seeds.</summary>
    public static async Task<Outcome<ResampleView>> ResampleAsync(WorkerModel model, string tenant, SessionState state, ResampleRequest request)
    {
        if (request.Draws is < 1 or > MostDraws)
        {
            return new Refusal(RefusalKind.Invalid, $"draws must be in [1, {MostDraws}], but is {request.Draws}", "draws");
        }

        float[]? row = null;
        RowSampler? before = null;
        var changes = request.Sampling ?? SamplingSettings.Default;
        var refusal = await ReplayAsync(model, tenant, state, request.At, changes, request.Seed, (logits, sampler) =>
        {
            row = logits.ToArray();
            before = sampler.WithSeed(sampler.Seed);
        });
        return refusal ?? await Task.Run(() => Draw(model, state, request, row!, before!));
    }

    /// <summary>The turn that a receipt is about; null when there is none.</summary>
    public static int? FindTurn(SessionState state, Receipt receipt)
    {
        for (var turn = state.Turns.Count - 1; turn >= 0; turn--)
        {
            if (SessionHashes.Of(SessionLog.Build(state, turn, 0), state.Turns[turn].Start) == receipt.PromptHash)
            {
                return turn;
            }
        }

        return null;
    }

    private static Outcome<ResampleView> Draw(WorkerModel model, SessionState state, ResampleRequest request, float[] row, RowSampler before)
    {
        using var sampler = new BatchSampler();
        var counts = new Dictionary<int, int>();
        var scratch = new float[row.Length];
        var draws = new TokenDraw[1];
        for (var i = 0; i < request.Draws; i++)
        {
            row.CopyTo(scratch, 0);
            sampler.Sample(scratch, row.Length, [new SampleRow(before.WithSeed(unchecked(before.Seed + (ulong)i)))], draws);
            if (draws[0].Outcome != DrawOutcome.Chosen)
            {
                return new Refusal(RefusalKind.Invalid, "sampling leaves no token possible at this position", "sampling");
            }

            counts[draws[0].Token] = counts.GetValueOrDefault(draws[0].Token) + 1;
        }

        var outputs = SessionLog.OutputTokens(state);
        var original = request.At < outputs.Length ? outputs[request.At] : -1;
        return new ResampleView(
            request.At,
            request.Draws,
            [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Select(c => new ResampledToken(c.Key, model.TokenText(c.Key), c.Value, c.Key == original))]);
    }

    private static async Task<Refusal?> ReplayAsync(
        WorkerModel model, string tenant, SessionState state, int at, SamplingSettings changes, ulong? seed, LogitsTap look)
    {
        var outputs = SessionLog.Outputs(state);
        if (at < 0 || at > outputs)
        {
            return new Refusal(RefusalKind.Invalid, $"at must be in [0, {outputs}], the session's output tokens, but is {at}", "at");
        }

        var (turn, index) = SessionLog.Locate(state, at);
        var errors = new List<ParameterError>();
        var sampling = SamplingResolver.Parameters(changes.Over(state.Turns[turn].Sampling), model.Served.Tokenizer, errors);
        var position = SessionLog.Continued(state, turn) + index;
        Exception? failure = null;
        var seen = false;
        var request = RunStart.Request(state, turn, sampling, index + 1) with
        {
            Log = SessionLog.Build(state, turn, index),
            Seed = seed ?? state.Turns[turn].Seed,
            Tap = (logits, sampler) =>
            {
                if (position-- != 0)
                {
                    return;
                }

                try
                {
                    look(logits, sampler);
                    seen = true;
                }
                catch (InvalidOperationException error)
                {
                    failure = error;
                }
            },
        };
        errors.AddRange(request.Validate(model.Info.Vocabulary, model.Info.ContextLength));
        if (errors.Count > 0)
        {
            return new Refusal(RefusalKind.Invalid, string.Join("; ", errors.Select(e => e.Message)), errors[0].Field);
        }

        var started = model.Submit(tenant, request, mayRefuse: true);
        if (started.Value is not { } generation)
        {
            return started.Refusal!;
        }

        await generation.Completion;
        if (seen)
        {
            return null;
        }

        return failure is not null
            ? new Refusal(RefusalKind.Invalid, failure.Message, "sampling")
            : generation.Error is { } error
                ? new Refusal(RefusalKind.Failed, $"the step could not be computed again: {error.Message}")
                : new Refusal(RefusalKind.Invalid, $"at must be before the output's end, but is {at}", "at");
    }
}
