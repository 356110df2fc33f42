using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Sessions;

/// <summary>Makes the state of a fork from its parent's.</summary>
internal static class SessionForks
{
    /// <summary>The parent's tokens and turns up to the cut, and a new turn without text of its own; nothing of the parent changes.</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="name">The parent's name.</param>
    /// <param name="request">Where to cut and what to change; <c>at</c> is within the parent's output.</param>
    public static SessionState Cut(SessionState parent, string name, ForkRequest request)
    {
        var (index, kept) = SessionLog.Locate(parent, request.At);
        var cut = parent.Turns[index];
        var fork = new SessionState
        {
            Tokens = parent.Tokens[..((cut.Start + kept) * sizeof(int))],
            Turns = [.. parent.Turns.Take(index).Select(t => t.Copy()), cut.Copy()],
            Lineage = new Lineage(name, request.At),
            Fingerprint = parent.Fingerprint,
            Exact = parent.Exact,
        };
        var shared = fork.Turns[^1];
        shared.Count = kept;
        shared.Forced = Math.Min(shared.Forced, kept);
        shared.Finish ??= Finish.Cancelled;
        var turn = cut.Copy();
        turn.Start = cut.Start + kept;
        turn.Count = 0;
        turn.Forced = 0;
        turn.Finish = null;
        turn.Error = null;
        turn.Reserved = request.Reserved;
        turn.Seed = request.Seed ?? cut.Seed;
        turn.Sampling = (request.Sampling ?? SamplingSettings.Default).Over(cut.Sampling);
        turn.MaxTokens = (request.MaxTokens ?? cut.MaxTokens) - kept;
        if (request.Token is { } token)
        {
            SessionLog.Append(fork, [token]);
            turn.Count = 1;
            turn.Forced = 1;
        }

        fork.Turns.Add(turn);
        return fork;
    }
}
