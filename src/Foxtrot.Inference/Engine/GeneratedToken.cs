using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>One token of a generation's output.</summary>
/// <param name="Draw">The token and how it was chosen.</param>
/// <param name="Replayed">Whether the request prescribed it, rather than this engine choosing it.</param>
/// <param name="LogProbability">Natural log of its probability before any sampling stage; NaN unless log-probabilities were asked for.</param>
/// <param name="Top">The most probable tokens before any sampling stage, most probable first; null unless asked for.</param>
public readonly record struct GeneratedToken(TokenDraw Draw, bool Replayed, double LogProbability, TokenLogProbability[]? Top)
{
    /// <summary>The token id.</summary>
    public int Id => Draw.Token;
}

/// <summary>A token id with the natural log of its probability.</summary>
/// <param name="Token">Token id.</param>
/// <param name="LogProbability">At most 0.</param>
public readonly record struct TokenLogProbability(int Token, double LogProbability);
