using Foxtrot.Contracts.Metering;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Sessions;

/// <summary>A session as it is stored: its tokens, the turns that made them, and who may write.</summary>
/// <remarks>
/// Append-only contract: fields and enumeration values are only ever added, never renumbered or reused. A test reads a stored
/// blob of the first version. The sampler's state is not stored: it follows from tokens, seed and parameters.
/// </remarks>
[GenerateSerializer, Alias("foxtrot.session_state")]
public sealed class SessionState
{
    /// <summary>The version that this code writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Which version wrote it; 0 when there is no session.</summary>
    [Id(0)]
    public int Version { get; set; }

    /// <summary>When the session was created.</summary>
    [Id(1)]
    public DateTimeOffset Created { get; set; }

    /// <summary>Activations that have generated for it. An activation with a lower number than the stored one may not write.</summary>
    [Id(2)]
    public int Epoch { get; set; }

    /// <summary>Every token, prompt and output of all turns: little-endian 32-bit ids.</summary>
    [Id(3)]
    public byte[] Tokens { get; set; } = [];

    /// <summary>The turns, oldest first; at least one once the session exists.</summary>
    [Id(4)]
    public List<TurnState> Turns { get; set; } = [];

    /// <summary>Where it was forked from.</summary>
    [Id(5)]
    public Lineage? Lineage { get; set; }

    /// <summary>Output tokens generated over its life, those that a rewind dropped included and those shared with a parent not.</summary>
    [Id(6)]
    public int CompletionTokens { get; set; }

    /// <summary>Given tokens over its life.</summary>
    [Id(7)]
    public int PromptTokens { get; set; }

    /// <summary>Hash of the model's files, as of its creation.</summary>
    [Id(8)]
    public string ModelHash { get; set; } = "";

    /// <summary>Fingerprint of the worker that generated last.</summary>
    [Id(9)]
    public string Fingerprint { get; set; } = "";

    /// <summary>Whether all tokens were computed by workers of one fingerprint that promises exactness.</summary>
    [Id(10)]
    public bool Exact { get; set; }

    /// <summary>What the ledger has acknowledged of it: where a new entry of it begins to count.</summary>
    [Id(11)]
    public UsageCounts Accounted { get; set; }

    /// <summary>Turns that were asked for.</summary>
    [Id(12)]
    public int Requests { get; set; }

    /// <summary>Of these, the ones that were cancelled or failed.</summary>
    [Id(13)]
    public int Aborted { get; set; }

    /// <summary>First output tokens that are not its own: shared with the parent, or prescribed when it was forked.</summary>
    [Id(14)]
    public int Shared { get; set; }

    /// <summary>First output token that no reader has acknowledged, counted as if readers left nothing out.</summary>
    [Id(15)]
    public int ReadTo { get; set; }

    /// <summary>Output tokens of its own that readers had acknowledged before a rewind dropped them.</summary>
    [Id(16)]
    public int DeliveredBefore { get; set; }

    /// <summary>A copy that later changes of this one do not touch: a store may serialize it after others had their turn.</summary>
    public SessionState Copy()
    {
        var copy = (SessionState)MemberwiseClone();
        copy.Turns = [.. Turns.Select(turn => turn.Copy())];
        return copy;
    }
}

/// <summary>One turn: what was asked for, and where its output lies among the tokens.</summary>
/// <remarks>Append-only contract.</remarks>
[GenerateSerializer, Alias("foxtrot.turn_state")]
public sealed class TurnState
{
    /// <summary>Index of its first output token among all tokens. Tokens between the previous turn's output and this one are prompt.</summary>
    [Id(0)]
    public int Start { get; set; }

    /// <summary>Output tokens so far.</summary>
    [Id(1)]
    public int Count { get; set; }

    /// <summary>Output tokens at most.</summary>
    [Id(2)]
    public int MaxTokens { get; set; }

    /// <summary>The seed.</summary>
    [Id(3)]
    public ulong Seed { get; set; }

    /// <summary>Which of several choices of one request.</summary>
    [Id(4)]
    public int Choice { get; set; }

    /// <summary>The parameters, all of them.</summary>
    [Id(5)]
    public SamplingSettings Sampling { get; set; } = SamplingSettings.Default;

    /// <summary>Stop strings.</summary>
    [Id(6)]
    public string[] Stop { get; set; } = [];

    /// <summary>Tokens that end the output.</summary>
    [Id(7)]
    public int[] EndTokens { get; set; } = [];

    /// <summary>Log-probabilities to record: −1 none, 0 the chosen token's, n also the n most probable.</summary>
    [Id(8)]
    public int LogProbabilities { get; set; } = -1;

    /// <summary>First output tokens that were prescribed rather than drawn.</summary>
    [Id(9)]
    public int Forced { get; set; }

    /// <summary>Why it ended; null while it runs.</summary>
    [Id(10)]
    public Finish? Finish { get; set; }

    /// <summary>What went wrong, when it failed.</summary>
    [Id(11)]
    public string? Error { get; set; }

    /// <summary>Whether a worker with another fingerprint continued it.</summary>
    [Id(12)]
    public bool Inexact { get; set; }

    /// <summary>Fingerprint of the worker that generated its last tokens.</summary>
    [Id(13)]
    public string Fingerprint { get; set; } = "";

    /// <summary>Precedence among the waiting sequences of its tenant, higher first.</summary>
    [Id(14)]
    public int Priority { get; set; }

    /// <summary>Tokens taken from the tenant's tokens per minute for it; settled when it ends.</summary>
    [Id(15)]
    public long Reserved { get; set; }

    /// <summary>A copy that later changes of this one do not touch.</summary>
    public TurnState Copy() => (TurnState)MemberwiseClone();
}
