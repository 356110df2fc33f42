namespace Foxtrot.Sampling;

/// <summary>Whether a row gave a token.</summary>
public enum DrawOutcome
{
    /// <summary>A token was chosen (or forced) and appended to the history.</summary>
    Chosen,

    /// <summary>Constraints and penalties leave no token possible; nothing was appended.</summary>
    NothingPossible,

    /// <summary>The logits hold NaN or +∞: the model's output is broken. Nothing was appended.</summary>
    InvalidLogits,
}

/// <summary>The result of one row.</summary>
/// <param name="Token">The token id; −1 unless the outcome is <see cref="DrawOutcome.Chosen"/>.</param>
/// <param name="U">The uniform number that chose it; NaN when greedy, Gumbel or forced.</param>
/// <param name="Probability">The token's probability in the final distribution; 1 when greedy; NaN when Gumbel or forced without Mirostat.</param>
/// <param name="Outcome">Whether there is a token.</param>
public readonly record struct TokenDraw(int Token, double U, double Probability, DrawOutcome Outcome = DrawOutcome.Chosen);

/// <summary>One row of a batch.</summary>
/// <param name="Sampler">The sequence's sampler; each at most once in a batch.</param>
/// <param name="ForcedToken">
/// A token that is already known (replay): nothing is drawn, but history, mu and log-probabilities advance exactly as if it
/// had been. −1 draws.
/// </param>
public readonly record struct SampleRow(RowSampler Sampler, int ForcedToken = -1);
