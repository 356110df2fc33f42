using Foxtrot.Inference.Batching;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>Turns the logits of a pass into output tokens: taps, draws, publication, and whether a sequence ends.</summary>
internal sealed class TokenSampling(BatchSampler sampler, int vocabulary, int slots, TimeProvider time, EngineObserver observer)
{
    private readonly SampleRow[] _rows = new SampleRow[slots];
    private readonly TokenDraw[] _draws = new TokenDraw[slots];

    /// <summary>Time spent drawing since the last restart.</summary>
    public long Elapsed { get; private set; }

    /// <summary>Output tokens since the last restart.</summary>
    public int OutputTokens { get; private set; }

    /// <summary>Output tokens chosen since the last restart, replayed ones not counted.</summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>How the time was spent since the last restart, if the observer asked then.</summary>
    public BatchStatistics Statistics { get; private set; }

    /// <summary>Zeroes the counters.</summary>
    public void Restart()
    {
        Elapsed = 0;
        OutputTokens = 0;
        GeneratedTokens = 0;
        Statistics = BatchStatistics.None;
        sampler.Measures = observer.MeasuresSampling;
    }

    /// <summary>Chooses the next output token of every sequence that is due one; replayed tokens are taken note of.</summary>
    /// <param name="sequences">The sequences of the pass, row by row.</param>
    /// <param name="logits">[rows, vocabulary]; used as scratch.</param>
    public void Choose(ReadOnlySpan<Sequence> sequences, Span<float> logits)
    {
        // Rows that are being rebuilt need no token; the others are taken in stretches.
        for (var row = 0; row < sequences.Length;)
        {
            var end = row;
            while (end < sequences.Length && sequences[end].IsOutputNext)
            {
                end++;
            }

            if (end > row)
            {
                ChooseAll(sequences[row..end], logits[(row * vocabulary)..(end * vocabulary)]);
            }

            row = end + 1;
        }
    }

    private void ChooseAll(ReadOnlySpan<Sequence> sequences, Span<float> logits)
    {
        for (var r = 0; r < sequences.Length; r++)
        {
            sequences[r].Generation.Request.Tap?.Invoke(logits.Slice(r * vocabulary, vocabulary), sequences[r].Sampler);
            _rows[r] = new SampleRow(sequences[r].Sampler, sequences[r].ForcedToken);
        }

        var start = time.GetTimestamp();
        sampler.Sample(logits, vocabulary, _rows.AsSpan(0, sequences.Length), _draws.AsSpan(0, sequences.Length));
        var now = time.GetTimestamp();
        Elapsed += now - start;
        OutputTokens += sequences.Length;
        Statistics = Statistics.Add(sampler.Statistics);
        for (var r = 0; r < sequences.Length; r++)
        {
            Commit(sequences[r], _draws[r], now);
        }
    }

    private void Commit(Sequence sequence, in TokenDraw draw, long now)
    {
        var request = sequence.Generation.Request;
        if (draw.Outcome != DrawOutcome.Chosen)
        {
            sequence.Ending = FinishReason.Failed;
            sequence.Error = new InvalidOperationException(draw.Outcome == DrawOutcome.NothingPossible
                ? $"no token is possible at position {sequence.Fed}: the constraints of the request exclude every one"
                : $"the model's logits at position {sequence.Fed} are not numbers");
            return;
        }

        var index = sequence.Fed;
        var replayed = index < sequence.Log.Count;
        if (!replayed)
        {
            sequence.Append(draw.Token);
            sequence.Tenant.CountGenerated();
            GeneratedTokens++;
        }

        sequence.Decide();
        if (!(replayed && request.Resumed))
        {
            sequence.Tenant.Serve(ServiceCost.GeneratedToken);
        }

        if (index == sequence.TurnStart)
        {
            sequence.Generation.Timings.FirstToken = now;
        }

        if (!replayed)
        {
            Observe(sequence, index, now);
        }

        // The monitor first: what it derives from a token is there when readers see the token.
        var stops = request.Monitor?.Observe(draw.Token) ?? false;
        Publish(sequence, draw, replayed);
        if (index < sequence.Log.Count - 1)
        {
            // More known tokens follow, so this one did not end the sequence, whatever it is.
            return;
        }

        if (IsEndToken(request, draw.Token))
        {
            sequence.Ending = FinishReason.EndToken;
        }
        else if (stops)
        {
            sequence.Ending = FinishReason.StopString;
        }
        else if (sequence.Count == sequence.Capacity)
        {
            sequence.Ending = FinishReason.Length;
        }
    }

    private void Observe(Sequence sequence, int index, long now)
    {
        if (sequence.LastToken != 0)
        {
            observer.OnNextToken(sequence.Generation, now - sequence.LastToken);
        }
        else if (index == sequence.TurnStart && !sequence.Generation.Request.Resumed)
        {
            observer.OnFirstToken(sequence.Generation);
        }

        sequence.LastToken = now;
    }

    private static void Publish(Sequence sequence, in TokenDraw draw, bool replayed)
    {
        if (sequence.Sampler.Logprobs is not { } logprobs)
        {
            sequence.Generation.Publish(new GeneratedToken(draw, replayed, double.NaN, null));
            return;
        }

        var top = new TokenLogProbability[logprobs.Tokens.Length];
        for (var i = 0; i < top.Length; i++)
        {
            top[i] = new TokenLogProbability(logprobs.Tokens[i], logprobs.Values[i]);
        }

        sequence.Generation.Publish(new GeneratedToken(draw, replayed, logprobs.Chosen, top));
    }

    private static bool IsEndToken(GenerationRequest request, int token)
    {
        for (var i = 0; i < request.EndTokens.Count; i++)
        {
            if (request.EndTokens[i] == token)
            {
                return true;
            }
        }

        return false;
    }
}
