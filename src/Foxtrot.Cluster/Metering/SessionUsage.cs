using Foxtrot.Cluster.Sessions;
using Foxtrot.Contracts.Metering;

namespace Foxtrot.Cluster.Metering;

/// <summary>What a stored session has used over its life, as its state says.</summary>
/// <remarks>
/// Of the delivered tokens the state keeps the index up to which readers have acknowledged the output there is, and how many of the
/// tokens that a rewind dropped had been. Tokens shared with a parent are the parent's.
/// </remarks>
internal static class SessionUsage
{
    /// <summary>What it has used.</summary>
    public static UsageCounts Of(SessionState state) => new()
    {
        Requests = state.Requests,
        Aborted = state.Aborted,
        PromptTokens = state.PromptTokens,
        GeneratedTokens = state.CompletionTokens,
        DeliveredTokens = Math.Min(state.DeliveredBefore + Math.Max(state.ReadTo - state.Shared, 0), state.CompletionTokens),
    };

    /// <summary>A reader has acknowledged the output up to an index.</summary>
    /// <param name="state">The session; holds the output up to there.</param>
    /// <param name="index">First output token that it has not.</param>
    public static void Acknowledge(SessionState state, int index) => state.ReadTo = Math.Max(state.ReadTo, Math.Min(index, SessionLog.Outputs(state)));

    /// <summary>A reader had acknowledged the output up to an index, some of which is being generated again.</summary>
    /// <param name="state">The session.</param>
    /// <param name="index">First output token that it has not.</param>
    public static void AcknowledgeAhead(SessionState state, int index) => state.ReadTo = Math.Max(state.ReadTo, index);

    /// <summary>Output is about to be dropped; what was delivered of it stays so.</summary>
    /// <param name="state">The session.</param>
    /// <param name="length">Output tokens that stay.</param>
    public static void Rewind(SessionState state, int length)
    {
        state.ReadTo = Math.Min(state.ReadTo, SessionLog.Outputs(state));
        state.DeliveredBefore += Math.Max(state.ReadTo - Math.Max(length, state.Shared), 0);
        state.ReadTo = Math.Min(state.ReadTo, length);
        state.Shared = Math.Min(state.Shared, length);
    }
}
