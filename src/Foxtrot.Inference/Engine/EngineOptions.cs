using System.ComponentModel.DataAnnotations;
using Foxtrot.Inference.Batching;

namespace Foxtrot.Inference.Engine;

/// <summary>How an engine batches. None of these settings changes a bit of what is generated.</summary>
public sealed record EngineOptions
{
    /// <summary>Sequences that generate at once; more wait. 1 to 4,096, default 64.</summary>
    [Range(1, 4096)]
    public int Slots { get; init; } = 64;

    /// <summary>Positions per slot, prompt and output together; 0 (the default) is the model's context length.</summary>
    [Range(0, 1 << 20)]
    public int ContextLength { get; init; }

    /// <summary>Tokens that one step feeds at most, decode rows and prompt together. 16 to 65,536, default 256.</summary>
    [Range(16, 65536)]
    public int StepTokenBudget { get; init; } = 256;

    /// <summary>Prompt tokens that one step feeds at most while others generate. 2 to 65,536, default 128.</summary>
    [Range(SchedulerLimits.MinRun, 65536)]
    public int PrefillChunk { get; init; } = 128;

    /// <summary>
    /// Service that a waiting tenant may be owed before sequences of another one are preempted for it, in prompt tokens and twice the
    /// generated ones. 0 to 1e9, default 2,048: what 64 slots generate in 16 steps. Less evens out by itself as slots fall free, and a
    /// tenant without any slot gets its first one regardless.
    /// </summary>
    [Range(0, 1e9)]
    public double PreemptionLead { get; init; } = SchedulerLimits.DefaultPreemptionLead;

    /// <summary>
    /// Tokens that a sequence generates at least between getting a slot and being preempted; one that was rebuilt has to earn as much
    /// as its rebuild cost, too. 1 to 65,536, default 4: the first rebuild of a young sequence is cheap.
    /// </summary>
    [Range(1, 65536)]
    public int PreemptionQuantum { get; init; } = SchedulerLimits.DefaultPreemptionQuantum;

    /// <summary>
    /// Share of the engine's time that may be lost to forward passes that are stopped for a tenant that comes back from idle, and done
    /// again. 0 (never) to 0.5, default 0.03.
    /// </summary>
    [Range(0, 0.5)]
    public double InterruptionShare { get; init; } = 0.03;

    /// <summary>Threads that sample a batch. 1 to 64, default 1.</summary>
    [Range(1, 64)]
    public int SamplerThreads { get; init; } = 1;

    /// <summary>All that is wrong with these options, each naming field, bound and value; empty when they are valid.</summary>
    public IReadOnlyList<string> Validate()
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true);
        return [.. results.Select(r => $"{r.ErrorMessage} The value is {Value(r.MemberNames.First())}.")];
    }

    /// <summary>What may be lost to stopped passes: the share of ten seconds at once, and nothing for a wait of less than a millisecond.</summary>
    internal InterruptionBudget InterruptionBudget(long second) => new(InterruptionShare, 10 * second, second / 1000);

    private object? Value(string property) => GetType().GetProperty(property)?.GetValue(this);
}
