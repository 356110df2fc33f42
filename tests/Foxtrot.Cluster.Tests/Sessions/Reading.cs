using System.Text;
using Foxtrot.Client.Streams;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Tests.Sessions;

/// <summary>All that a reader got of a stream.</summary>
internal sealed record Reading(string Text, int[] Tokens, double[] Probabilities, double[] U, double[] LogProbabilities, StreamEnd End, int Resumptions)
{
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads to the end.</summary>
    /// <param name="reader">The stream.</param>
    /// <param name="at">Called before a token is taken, with its index in this reading.</param>
    public static async Task<Reading> AllAsync(GenerationReader reader, Func<int, Task>? at = null)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var refusal = await reader.StartAsync(deadline.Token);
        Assert.Null(refusal);
        var text = new StringBuilder();
        List<TokenEvent> events = [];
        while (await reader.WaitToReadAsync(deadline.Token))
        {
            while (reader.TryRead(out var token))
            {
                if (at is not null)
                {
                    await at(events.Count);
                }

                events.Add(token);
                text.Append(token.Text);
            }
        }

        var end = reader.End!;
        text.Append(end.Rest);
        await reader.DisposeAsync();
        return new Reading(
            text.ToString(),
            [.. events.Select(e => e.Token)],
            [.. events.Select(e => e.Probability)],
            [.. events.Select(e => e.U)],
            [.. events.Select(e => e.Detail?.LogProbability ?? double.NaN)],
            end,
            reader.Resumptions);
    }

    public void AssertSame(Reading other)
    {
        Assert.Equal(other.Tokens, Tokens);
        Assert.Equal(other.Text, Text);
        Assert.Equal(other.Probabilities, Probabilities);
        Assert.Equal(other.U, U);
        Assert.Equal(other.LogProbabilities, LogProbabilities);
        Assert.Equal(other.End.Finish, End.Finish);
        Assert.Equal(other.End.Usage, End.Usage);
    }
}
