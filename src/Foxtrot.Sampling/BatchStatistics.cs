namespace Foxtrot.Sampling;

/// <summary>How long the parts of a batch took, and how wide one of its distributions was.</summary>
/// <param name="Penalties">Editing logits, in time stamps of the sampler's clock, summed over the rows and so over all threads.</param>
/// <param name="Truncate">Temperature and narrowing the candidates, likewise.</param>
/// <param name="Draw">Choosing from the survivors, likewise.</param>
/// <param name="Entropy">
/// Shannon entropy of the distribution that one row of the batch drew from, in nats, ≥ 0: 0 when greedy. NaN when the row drew nothing.
/// </param>
/// <param name="Candidates">Tokens that this distribution leaves possible; 0 when the row drew nothing.</param>
public readonly record struct BatchStatistics(long Penalties, long Truncate, long Draw, double Entropy, int Candidates)
{
    /// <summary>Nothing measured.</summary>
    public static BatchStatistics None { get; } = new(0, 0, 0, double.NaN, 0);

    /// <summary>Both batches together; the distribution is the later one's, if it has one.</summary>
    public BatchStatistics Add(in BatchStatistics later) => new(
        Penalties + later.Penalties,
        Truncate + later.Truncate,
        Draw + later.Draw,
        later.Candidates > 0 ? later.Entropy : Entropy,
        later.Candidates > 0 ? later.Candidates : Candidates);
}
