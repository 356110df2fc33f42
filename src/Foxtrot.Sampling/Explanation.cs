namespace Foxtrot.Sampling;

/// <summary>How one token was chosen.</summary>
/// <param name="Position">Absolute position of the token.</param>
/// <param name="Seed">The session's seed.</param>
/// <param name="Choice">Which of n parallel choices.</param>
/// <param name="Method">How the token is chosen when not greedy.</param>
/// <param name="Greedy">Temperature 0: the largest logit wins, no random number is used.</param>
/// <param name="U">The uniform number; null when greedy or Gumbel.</param>
/// <param name="SelectedToken">The token chosen.</param>
/// <param name="Stages">The active stages in the order in which they ran.</param>
/// <param name="Tokens">The most probable tokens of the raw distribution, most probable first, and the selected one in any case.</param>
public sealed record Explanation(
    long Position,
    ulong Seed,
    int Choice,
    DrawMethod Method,
    bool Greedy,
    double? U,
    int SelectedToken,
    IReadOnlyList<StageSummary> Stages,
    IReadOnlyList<ExplainedToken> Tokens);

/// <summary>What one stage did to the row.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Value">Its parameter, or what it came to at this step: effective temperature, eta's limit, mu in bits. For lists their length.</param>
/// <param name="Candidates">Tokens still possible after it.</param>
/// <param name="Removed">Tokens that it made impossible.</param>
public sealed record StageSummary(SamplerStage Stage, double Value, int Candidates, int Removed)
{
    /// <summary>The stage's wire name, such as <c>top_p</c>.</summary>
    public string Name => SamplerOrder.NameOf(Stage);
}

/// <summary>One token's way through the stages.</summary>
/// <param name="Id">The token id.</param>
/// <param name="RawLogit">Its logit before any stage.</param>
/// <param name="RawProbability">Its probability before any stage.</param>
/// <param name="ProbabilityAfterStage">Its probability after each of the explanation's stages, parallel to them; 0 when removed.</param>
/// <param name="RemovedBy">The stage that removed it; null if none did, or if its raw logit was −∞ already.</param>
/// <param name="Low">Where its cumulative interval [low, high) begins, in token-id order; null when removed, greedy or Gumbel.</param>
/// <param name="High">Where its interval ends; an interval may be empty where a probability is too small for double precision.</param>
/// <param name="GumbelScore">Logit / T + noise; null unless the draw is Gumbel and the token survives.</param>
/// <param name="Selected">Whether it was chosen.</param>
public sealed record ExplainedToken(
    int Id,
    float RawLogit,
    double RawProbability,
    IReadOnlyList<double> ProbabilityAfterStage,
    SamplerStage? RemovedBy,
    double? Low,
    double? High,
    double? GumbelScore,
    bool Selected)
{
    /// <summary>Its probability after the last stage.</summary>
    public double FinalProbability => ProbabilityAfterStage.Count > 0 ? ProbabilityAfterStage[^1] : RawProbability;
}
