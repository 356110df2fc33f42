using System.Runtime.InteropServices;

namespace Foxtrot.Bench.Load;

/// <summary>What one client saw. Not thread-safe: one per client, added up at the end.</summary>
internal sealed class LoadTally
{
    private readonly Dictionary<string, int> _errors = [];

    /// <summary>Requests answered in full.</summary>
    public int Requests { get; set; }

    /// <summary>Answered requests with fewer tokens than asked for.</summary>
    public int Short { get; set; }

    /// <summary>Requests that the measurement's end cut off.</summary>
    public int Unfinished { get; set; }

    /// <summary>Output tokens received.</summary>
    public long Tokens { get; set; }

    /// <summary>Prompt tokens of the replies that the server counted.</summary>
    public long PromptTokens { get; set; }

    /// <summary>Answered requests whose tokens the server counted.</summary>
    public int CountedByUsage { get; set; }

    /// <summary>From a request to its first text.</summary>
    public CallTimes FirstToken { get; } = new(64);

    /// <summary>From one text to the next.</summary>
    public CallTimes BetweenTokens { get; } = new(1024);

    /// <summary>Failed requests by kind.</summary>
    public IReadOnlyDictionary<string, int> Errors => _errors;

    /// <summary>Counts a failed request.</summary>
    public void Error(string kind, int count = 1) => CollectionsMarshal.GetValueRefOrAddDefault(_errors, kind, out _) += count;

    /// <summary>Forgets how long things took so far, not what was received.</summary>
    public void ForgetTimes()
    {
        FirstToken.Clear();
        BetweenTokens.Clear();
    }

    /// <summary>Adds another client's.</summary>
    public void Add(LoadTally other)
    {
        Requests += other.Requests;
        Short += other.Short;
        Unfinished += other.Unfinished;
        Tokens += other.Tokens;
        PromptTokens += other.PromptTokens;
        CountedByUsage += other.CountedByUsage;
        FirstToken.Add(other.FirstToken);
        BetweenTokens.Add(other.BetweenTokens);
        foreach (var (kind, count) in other._errors)
        {
            Error(kind, count);
        }
    }
}
