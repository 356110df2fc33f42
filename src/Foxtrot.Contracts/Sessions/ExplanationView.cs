namespace Foxtrot.Contracts.Sessions;

/// <summary>How one token was chosen.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.explanation")]
public sealed record ExplanationView
{
    /// <summary>Absolute position of the token, prompt included.</summary>
    [Id(0)]
    public required long Position { get; init; }

    /// <summary>The seed.</summary>
    [Id(1)]
    public required ulong Seed { get; init; }

    /// <summary>Which of several choices of one request.</summary>
    [Id(2)]
    public required int Choice { get; init; }

    /// <summary><c>greedy</c>, <c>inverse_cdf</c> or <c>gumbel</c>.</summary>
    [Id(3)]
    public required string Draw { get; init; }

    /// <summary>The uniform number; null when none was drawn.</summary>
    [Id(4)]
    public double? U { get; init; }

    /// <summary>The token chosen.</summary>
    [Id(5)]
    public required int Selected { get; init; }

    /// <summary>The active stages, in the order in which they ran.</summary>
    [Id(6)]
    public required StageView[] Stages { get; init; }

    /// <summary>The most probable tokens of the raw distribution, and the selected one in any case.</summary>
    [Id(7)]
    public required CandidateView[] Tokens { get; init; }
}

/// <summary>What one stage did.</summary>
/// <param name="Name">Its name in the API.</param>
/// <param name="Value">Its parameter, or what that came to at this step.</param>
/// <param name="Candidates">Tokens still possible after it.</param>
/// <param name="Removed">Tokens that it made impossible.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.stage_view")]
public sealed record StageView([property: Id(0)] string Name, [property: Id(1)] double Value, [property: Id(2)] int Candidates, [property: Id(3)] int Removed);

/// <summary>One candidate's way through the stages.</summary>
/// <param name="Id">The token id.</param>
/// <param name="Text">Its own text.</param>
/// <param name="Logit">Its logit before any stage; may be −∞.</param>
/// <param name="Probability">Its probability before any stage.</param>
/// <param name="ProbabilityAfterStage">Its probability after each stage, parallel to them.</param>
/// <param name="RemovedBy">The stage that removed it; null if none did.</param>
/// <param name="Low">Where its interval begins; null when it has none.</param>
/// <param name="High">Where its interval ends; null when it has none.</param>
/// <param name="GumbelScore">Logit / T + noise; null unless the draw is Gumbel.</param>
/// <param name="Selected">Whether it was chosen.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.candidate_view")]
public sealed record CandidateView(
    [property: Id(0)] int Id,
    [property: Id(1)] string Text,
    [property: Id(2)] double Logit,
    [property: Id(3)] double Probability,
    [property: Id(4)] double[] ProbabilityAfterStage,
    [property: Id(5)] string? RemovedBy,
    [property: Id(6)] double? Low,
    [property: Id(7)] double? High,
    [property: Id(8)] double? GumbelScore,
    [property: Id(9)] bool Selected);
