using Foxtrot.Inference.Models;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>
/// Passes without a model: they wait instead of computing, and make up logits. Everything around them is real, so that what a
/// cluster costs shows, and not what its processors can multiply.
/// </summary>
/// <remarks>
/// A decode pass takes <c>step</c>, whatever its rows; a prefill pass that share of it that its tokens are of
/// <see cref="TokensPerStep"/>. The logits of a row are a function of its last token and that token's position alone: the same
/// alone, in any batch, in chunks and after a replay.
/// </remarks>
internal sealed class SyntheticRunner : ForwardRunner
{
    /// <summary>Prompt tokens that take as long as one decode pass: the engine's default budget of one step.</summary>
    public const int TokensPerStep = 256;

    private const int Candidates = 8;
    private const float Excluded = -20;
    private static readonly TimeSpan Oversleep = TimeSpan.FromMilliseconds(1);

    private readonly ManualResetEvent _interrupted = new(false);
    private readonly float[] _logits;
    private readonly TimeSpan _step;
    private readonly TimeProvider _time;
    private TimeSpan _owed;

    /// <param name="graph">For the width of its logits.</param>
    /// <param name="slots">Sequences that fit, at least 1.</param>
    /// <param name="maxLength">Positions per slot, at least 2.</param>
    /// <param name="step">How long a decode pass takes; not negative.</param>
    /// <param name="time">The clock that tells how long a wait took; null for the system's.</param>
    public SyntheticRunner(ModelGraph graph, int slots, int maxLength, TimeSpan step, TimeProvider? time = null)
        : base(graph, slots, maxLength)
    {
        _logits = new float[Rows * graph.Vocabulary];
        _step = step;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>None: nothing is kept.</summary>
    protected override int PaddingLength => 0;

    /// <inheritdoc/>
    public override Span<float> Prefill(int slot, ReadOnlySpan<int> tokens, int start)
    {
        Wait(tokens.Length);
        MakeUp(0, tokens[^1], start + tokens.Length - 1);
        return _logits.AsSpan(0, Vocabulary);
    }

    /// <inheritdoc/>
    public override Span<float> PrefillBatch(int firstSlot, ReadOnlySpan<int> tokens, int width, ReadOnlySpan<int> lengths)
    {
        Wait(tokens.Length);
        for (var r = 0; r < lengths.Length; r++)
        {
            MakeUp(r, tokens[(r * width) + lengths[r] - 1], lengths[r] - 1);
        }

        return _logits.AsSpan(0, lengths.Length * Vocabulary);
    }

    /// <inheritdoc/>
    public override void Interrupt() => _interrupted.Set();

    /// <inheritdoc/>
    public override void Resume() => _interrupted.Reset();

    /// <inheritdoc/>
    public override void Copy(int from, int to, int positions)
    {
    }

    /// <inheritdoc/>
    public override void Swap(int a, int b, int positions)
    {
    }

    /// <inheritdoc/>
    protected override Span<float> DecodeRows(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> lengths, int kept)
    {
        Wait(TokensPerStep);
        for (var r = 0; r < tokens.Length; r++)
        {
            MakeUp(r, tokens[r], lengths[r]);
        }

        return _logits.AsSpan(0, tokens.Length * Vocabulary);
    }

    protected override void Dispose(bool disposing) => _interrupted.Dispose();

    // A few likely tokens, so that there is something to draw and little to do. Bytes and special tokens stand first in vocabularies,
    // and would be no text of their own.
    private void MakeUp(int row, int token, int position)
    {
        var logits = _logits.AsSpan(row * Vocabulary, Vocabulary);
        logits.Fill(Excluded);
        var first = Vocabulary / 4;
        var state = ((ulong)(uint)token << 32) | (uint)position;
        for (var i = 0; i < Candidates; i++)
        {
            // SplitMix64 (Steele, Lea and Flood 2014).
            state += 0x9E3779B97F4A7C15;
            var bits = state;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            bits ^= bits >> 31;
            logits[first + (int)(bits % (ulong)(Vocabulary - first))] = i * 0.5f;
        }
    }

    // The system sleeps whole milliseconds and a little more: what is missing or too much is made up by the next pass.
    private void Wait(int tokens)
    {
        _owed += _step * ((double)tokens / TokensPerStep);
        var start = _time.GetTimestamp();
        if (_owed >= Oversleep)
        {
            if (_interrupted.WaitOne((int)_owed.TotalMilliseconds))
            {
                _owed = TimeSpan.Zero;
                throw new PassInterruptedException();
            }
        }

        _owed -= _time.GetElapsedTime(start);
        _owed = _owed < -Oversleep ? -Oversleep : _owed;
    }
}
