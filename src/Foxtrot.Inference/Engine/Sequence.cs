using Foxtrot.Inference.Batching;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>A generation inside the engine: its tokens, how many of them the cache holds, and its slot.</summary>
/// <remarks>Belongs to the engine's thread.</remarks>
internal sealed class Sequence
{
    private readonly int[] _tokens;
    private int _countAtAdmission;
    private bool _isCharged;
    private long _admitted;

    /// <param name="generation">What readers see of it.</param>
    /// <param name="sampler">Its sampler, whose prompt is everything before the current turn.</param>
    /// <param name="capacity">Most tokens that it can have: prompt and output.</param>
    public Sequence(Generation generation, RowSampler sampler, int capacity)
    {
        Generation = generation;
        Sampler = sampler;
        Log = generation.Request.Log;
        TurnStart = Log.TurnStart;
        Decided = TurnStart;
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

    /// <summary>Index of the first output token that has not been published yet: its sampler and its readers know everything before.</summary>
    public int Decided { get; private set; }

    /// <summary>Tokens that the cache held when the sequence was last preempted: up to there it is rebuilt, in silence.</summary>
    public int Rebuilt { get; private set; }

    /// <summary>What it replayed when it last got a slot, in generated tokens' worth; 0 when it was new.</summary>
    public int Replayed { get; private set; }

    /// <summary>Tokens that it has chosen since it last got a slot; replayed ones do not count.</summary>
    public int NewTokens => Count - _countAtAdmission;

    /// <summary>What rebuilding it would cost.</summary>
    public int RebuildCost => (TurnStart * ServiceCost.PromptToken) + ((Count - TurnStart) * ServiceCost.GeneratedToken);

    /// <summary>What its next admission costs its tenant: its prompt, once.</summary>
    public int Charge => _isCharged || Generation.Request.Resumed ? 0 : TurnStart * ServiceCost.PromptToken;

    /// <summary>Time that it has held slots, as of when it last gave one up.</summary>
    public long Held { get; private set; }

    /// <summary>Whose it is, once the engine has taken it in.</summary>
    public TenantState Tenant { get; set; } = null!;

    /// <summary>The one before it in its queue; kept by the queue.</summary>
    public Sequence? Before { get; set; }

    /// <summary>The one behind it in its queue; kept by the queue.</summary>
    public Sequence? Behind { get; set; }

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
    /// <remarks>While a preempted sequence is rebuilt they decide nothing: its tokens are known to its sampler and its readers.</remarks>
    public bool IsOutputNext => Fed >= Decided;

    /// <summary>The known token that comes next, which the sampler only takes note of; −1 when it is to choose.</summary>
    public int ForcedToken => Fed < Log.Count ? Log.Tokens[Fed] : -1;

    /// <summary>The next token to feed.</summary>
    public int NextToken => _tokens[Fed];

    /// <summary>The next tokens to feed.</summary>
    public ReadOnlySpan<int> NextTokens(int count) => _tokens.AsSpan(Fed, count);

    /// <summary>Adds a chosen token.</summary>
    public void Append(int token) => _tokens[Count++] = token;

    /// <summary>Notes that an output token has been chosen or replayed.</summary>
    public void Decide() => Decided++;

    /// <summary>When it chose its last token; 0 when it has not chosen any yet.</summary>
    public long LastToken { get; set; }

    /// <summary>Notes that it has got a slot.</summary>
    /// <returns>Whether it is its first one.</returns>
    public bool Admit(long now)
    {
        var isFirst = Generation.Timings.Admitted == 0;
        if (isFirst)
        {
            Generation.Timings.Admitted = now;
        }

        var isNew = Rebuilt == 0 && Count == TurnStart;
        Replayed = isNew ? 0 : RebuildCost / ServiceCost.GeneratedToken;
        _isCharged = true;
        _countAtAdmission = Count;
        _admitted = now;
        return isFirst;
    }

    /// <summary>Notes that it has given its slot up: what the cache held is lost.</summary>
    public void Release(long now)
    {
        Held += now - _admitted;
        Rebuilt = Math.Max(Rebuilt, Fed);
        Fed = 0;
    }
}
