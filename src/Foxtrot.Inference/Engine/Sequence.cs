using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>A generation inside the engine: its tokens, how many of them the cache holds, and its slot.</summary>
/// <remarks>Belongs to the engine's thread.</remarks>
internal sealed class Sequence
{
    private readonly int[] _tokens;

    /// <param name="generation">What readers see of it.</param>
    /// <param name="sampler">Its sampler, whose prompt is everything before the current turn.</param>
    /// <param name="capacity">Most tokens that it can have: prompt and output.</param>
    public Sequence(Generation generation, RowSampler sampler, int capacity)
    {
        Generation = generation;
        Sampler = sampler;
        Log = generation.Request.Log;
        TurnStart = Log.TurnStart;
        Count = Log.Count;
        _tokens = new int[capacity];
        Log.Tokens.CopyTo(_tokens);
    }

    /// <summary>What readers see.</summary>
    public Generation Generation { get; }

    /// <summary>Chooses its tokens.</summary>
    public RowSampler Sampler { get; }

    /// <summary>The tokens that the request gave.</summary>
    public TokenLog Log { get; }

    /// <summary>Index of the first output token.</summary>
    public int TurnStart { get; }

    /// <summary>Tokens known: given or chosen.</summary>
    public int Count { get; private set; }

    /// <summary>Most tokens that it can have.</summary>
    public int Capacity => _tokens.Length;

    /// <summary>Tokens whose keys and values the cache holds.</summary>
    public int Fed { get; set; }

    /// <summary>Its slot, or −1.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Whether it is part of the decode rows.</summary>
    public bool IsDecoding { get; set; }

    /// <summary>Set when it is to end at the next opportunity.</summary>
    public FinishReason? Ending { get; set; }

    /// <summary>What went wrong, when it is to end as failed.</summary>
    public Exception? Error { get; set; }

    /// <summary>Tokens left in the run of prompt tokens that comes next; 0 when a generated token does.</summary>
    public int PromptRun => Log.PromptRunFrom(Fed);

    /// <summary>Whether the logits after the tokens fed so far decide an output token, chosen or replayed.</summary>
    public bool IsOutputNext => Fed >= TurnStart;

    /// <summary>The known token that comes next, which the sampler only takes note of; −1 when it is to choose.</summary>
    public int ForcedToken => Fed < Log.Count ? Log.Tokens[Fed] : -1;

    /// <summary>The next token to feed.</summary>
    public int NextToken => _tokens[Fed];

    /// <summary>The next tokens to feed.</summary>
    public ReadOnlySpan<int> NextTokens(int count) => _tokens.AsSpan(Fed, count);

    /// <summary>Adds a chosen token.</summary>
    public void Append(int token) => _tokens[Count++] = token;
}
