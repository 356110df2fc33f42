using Foxtrot.Inference.Models;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>
/// Runs forward passes of one model over a fixed set of cache slots. A decode pass feeds one token to each of the
/// first rows; a prefill pass feeds runs of an even width. These are the only two numeric classes there are:
/// within each, the bits of a row depend on nothing but that row's own tokens.
/// </summary>
/// <remarks>
/// One thread at a time. Logits come back in a buffer that the runner owns, [rows, vocabulary] in fp32;
/// callers may write it, and the next pass overwrites it.
/// </remarks>
internal abstract class ForwardRunner(ModelGraph graph, int slots, int maxLength) : IDisposable
{
    /// <summary>Facts about the model.</summary>
    public ModelGraph Graph { get; } = graph;

    /// <summary>Sequences whose keys and values fit.</summary>
    public int Slots { get; } = slots;

    /// <summary>Positions that fit in a slot.</summary>
    public int MaxLength { get; } = maxLength;

    /// <summary>The width at which a run is fed: even, so that a run of an odd length has a dummy token behind it.</summary>
    /// <remarks>
    /// Attention on the CPU takes queries in blocks of twice the head size, and a block of a single query goes through
    /// another kernel (matrix times vector) whose last bits differ: a token alone, but also the last one of 65 with heads
    /// of 32. An even width never leaves a single query over.
    /// </remarks>
    public static int RunWidth(int tokens) => (tokens + 1) & ~1;

    /// <summary>Entries of a row of logits.</summary>
    public int Vocabulary => Graph.Vocabulary;

    /// <summary>Makes the runner that the model's cache layout asks for, or one that only waits if the model was loaded for that.</summary>
    /// <param name="model">Owned by the caller and alive as long as the runner.</param>
    /// <param name="slots">Sequences that fit, at least 1.</param>
    /// <param name="maxLength">Positions per slot, at least 2.</param>
    public static ForwardRunner Create(LoadedModel model, int slots, int maxLength) => model switch
    {
        { SyntheticStep: { } step } => new SyntheticRunner(model.Graph, slots, maxLength, step),
        { Graph.Layout: CacheLayout.SharedBuffer } => new SharedBufferRunner(model, slots, maxLength),
        { Graph.Layout: CacheLayout.Concatenated } => new ConcatenatedRunner(model, slots, maxLength),
        _ => throw new NotSupportedException($"cache layout {model.Graph.Layout} has no runner"),
    };

    /// <summary>Feeds one token to each of the slots 0..tokens.Length-1.</summary>
    /// <param name="tokens">[rows]: the token of each row.</param>
    /// <param name="lengths">[rows]: positions that the row already holds; its token goes to that position.</param>
    /// <returns>[rows, vocabulary].</returns>
    public Span<float> Decode(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> lengths) =>
        Graph.PadSingleRow && tokens.Length == 1
            ? DecodeRows([tokens[0], tokens[0]], [lengths[0], PaddingLength], 1)[..Vocabulary]
            : DecodeRows(tokens, lengths, tokens.Length);

    /// <summary>Feeds a run to one slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="tokens">The run, at least one token; fed at its <see cref="RunWidth"/>, which must fit the slot.</param>
    /// <param name="start">Positions that the slot already holds.</param>
    /// <returns>[1, vocabulary]: the logits after the run's last token.</returns>
    public abstract Span<float> Prefill(int slot, ReadOnlySpan<int> tokens, int start);

    /// <summary>Feeds several whole prompts to consecutive empty slots in one right-padded pass.</summary>
    /// <param name="firstSlot">Slot of the first prompt.</param>
    /// <param name="tokens">[lengths.Length, width] row-major, padded on the right with any token.</param>
    /// <param name="width">Padded length: even, and at least the longest prompt.</param>
    /// <param name="lengths">[prompts]: length of each, at least 1.</param>
    /// <returns>[prompts, vocabulary]: the logits after each prompt's last token.</returns>
    public abstract Span<float> PrefillBatch(int firstSlot, ReadOnlySpan<int> tokens, int width, ReadOnlySpan<int> lengths);

    /// <summary>What passes run with.</summary>
    protected PassControl Control { get; } = new();

    /// <summary>Rows that passes need memory for.</summary>
    protected int Rows => Graph.PadSingleRow ? Math.Max(Slots, 2) : Slots;

    /// <summary>Rows of logits that a prefill pass of some sequences computes.</summary>
    protected int LogitRows(int sequences) => Graph.PadSingleRow ? Math.Max(sequences, 2) : sequences;

    /// <summary>Positions that a padding row claims to hold, so that it overwrites nothing that anyone needs.</summary>
    protected abstract int PaddingLength { get; }

    /// <summary>A decode pass.</summary>
    /// <param name="tokens">[rows].</param>
    /// <param name="lengths">[rows].</param>
    /// <param name="kept">Rows whose keys and values are kept; rows behind them are padding.</param>
    protected abstract Span<float> DecodeRows(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> lengths, int kept);

    /// <summary>Copies the first positions of one slot over another.</summary>
    public abstract void Copy(int from, int to, int positions);

    /// <summary>Exchanges two slots, each with at most <paramref name="positions"/> positions in use.</summary>
    public abstract void Swap(int a, int b, int positions);

    /// <summary>
    /// Stops the pass under way, soon: it ends with <see cref="PassInterruptedException"/>, unless it is as good as done. Slots hold
    /// what they held; what a stopped pass wrote behind that, the same pass writes again. Thread-safe.
    /// </summary>
    /// <remarks>Passes that begin later are stopped, too, until <see cref="Resume"/>.</remarks>
    public virtual void Interrupt() => Control.Interrupt();

    /// <summary>Lets passes run again. Not while one is under way.</summary>
    public virtual void Resume() => Control.Resume();

    /// <summary>Says that no slot holds anything any more, so that memory that follows the longest sequence may shrink.</summary>
    public virtual void Reset()
    {
    }

    public void Dispose()
    {
        Dispose(true);
        Control.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
