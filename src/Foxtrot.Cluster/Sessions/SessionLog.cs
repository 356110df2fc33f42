using System.Runtime.InteropServices;
using Foxtrot.Inference.Engine;

namespace Foxtrot.Cluster.Sessions;

/// <summary>Reads and cuts a session's tokens by turn and by output index. Pure but for the state it is given.</summary>
internal static class SessionLog
{
    /// <summary>All token ids.</summary>
    public static ReadOnlySpan<int> Tokens(SessionState state) => MemoryMarshal.Cast<byte, int>(state.Tokens);

    /// <summary>Number of tokens.</summary>
    public static int Count(SessionState state) => state.Tokens.Length / sizeof(int);

    /// <summary>Adds tokens at the end.</summary>
    public static void Append(SessionState state, ReadOnlySpan<int> tokens) => state.Tokens = [.. state.Tokens, .. MemoryMarshal.AsBytes(tokens)];

    /// <summary>Output tokens over all turns.</summary>
    public static int Outputs(SessionState state) => state.Turns.Sum(t => t.Count);

    /// <summary>Output tokens of the turns before one.</summary>
    public static int OutputsBefore(SessionState state, int turn) => state.Turns.Take(turn).Sum(t => t.Count);

    /// <summary>The output tokens of all turns, in order.</summary>
    public static int[] OutputTokens(SessionState state)
    {
        var outputs = new List<int>();
        foreach (var turn in state.Turns)
        {
            outputs.AddRange(Tokens(state).Slice(turn.Start, turn.Count));
        }

        return [.. outputs];
    }

    /// <summary>The turn that an output token belongs to, and its index there; the one after the last belongs to the last turn.</summary>
    public static (int Turn, int Index) Locate(SessionState state, int output)
    {
        var turn = 0;
        while (turn < state.Turns.Count - 1 && output >= state.Turns[turn].Count)
        {
            output -= state.Turns[turn].Count;
            turn++;
        }

        return (turn, output);
    }

    /// <summary>The engine's log of everything up to an output token of a turn.</summary>
    /// <param name="state">The session.</param>
    /// <param name="turn">Which turn.</param>
    /// <param name="outputs">How many of its output tokens to include.</param>
    public static TokenLog Build(SessionState state, int turn, int outputs)
    {
        var tokens = Tokens(state);
        var log = TokenLog.Empty;
        var at = 0;
        for (var t = 0; t <= turn; t++)
        {
            var start = state.Turns[t].Start;
            log = log.Append(TokenSource.Prompt, tokens[at..start]);
            at = start + (t == turn ? outputs : state.Turns[t].Count);
            log = log.Append(TokenSource.Generated, tokens[start..at]);
        }

        return log;
    }

    /// <summary>Output tokens directly before a turn's own, which the engine sees as one stretch with them: earlier turns that it continues without new text.</summary>
    public static int Continued(SessionState state, int turn)
    {
        var start = state.Turns[turn].Start;
        var continued = 0;
        for (var t = turn - 1; t >= 0 && state.Turns[t].Start + state.Turns[t].Count == start - continued; t--)
        {
            continued += state.Turns[t].Count;
        }

        return continued;
    }

    /// <summary>Keeps only the first output tokens; later turns and everything given in between are dropped.</summary>
    public static void Truncate(SessionState state, int outputs)
    {
        var (turn, kept) = Locate(state, outputs);
        state.Turns.RemoveRange(turn + 1, state.Turns.Count - turn - 1);
        var last = state.Turns[turn];
        last.Count = kept;
        last.Forced = Math.Min(last.Forced, kept);
        state.Tokens = state.Tokens[..((last.Start + kept) * sizeof(int))];
    }
}
