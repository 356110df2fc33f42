namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>Stages that make tokens impossible because of what they are, whatever their probability.</summary>
internal static class OracleMasks
{
    public static OracleRow AllowedTokenIds(OracleRow row, OracleContext context) =>
        context.Parameters.AllowedTokenIds is { } allowed ? row.Keeping(allowed.ToHashSet().Contains) : row;

    /// <summary>The last token of a sequence is impossible when all tokens before it are the latest of the history.</summary>
    public static OracleRow BadWords(OracleRow row, OracleContext context)
    {
        var history = context.History;
        var banned = context.Parameters.BadWords
            .Where(word => history.Count >= word.Count - 1
                && word.Take(word.Count - 1).SequenceEqual(history.TakeLast(word.Count - 1)))
            .Select(word => word[^1])
            .ToHashSet();
        return row.Keeping(token => !banned.Contains(token));
    }

    public static OracleRow MinTokens(OracleRow row, OracleContext context) =>
        context.Output.Count < context.Parameters.MinTokens ? row.Keeping(token => !context.EndTokens.Contains(token)) : row;

    /// <summary>A token t is impossible when the last n − 1 tokens followed by t occur in the history.</summary>
    public static OracleRow NoRepeatNgram(OracleRow row, OracleContext context)
    {
        var n = context.Parameters.NoRepeatNgramSize;
        var history = context.History;
        if (n == 0 || history.Count < n)
        {
            return row;
        }

        var suffix = history.TakeLast(n - 1).ToArray();
        var banned = Enumerable.Range(0, history.Count - n + 1)
            .Select(start => history.Skip(start).Take(n).ToArray())
            .Where(ngram => ngram.Take(n - 1).SequenceEqual(suffix))
            .Select(ngram => ngram[^1])
            .ToHashSet();
        return row.Keeping(token => !banned.Contains(token));
    }
}
