namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>Every stage, in any order, on any row: the survivors and probabilities of its definition.</summary>
public sealed class StagesAgreeWithOracleTests
{
    private const int Cases = 1_800;

    /// <summary>Cases in which a stage must have changed the row at least, or it counts as untested.</summary>
    private const int LeastEffects = 25;

    /// <summary>Share of stages in which single precision may have decided the survival of some token; 0.0012 when this was written.</summary>
    private const double DoubtAllowed = 0.003;

    [Fact]
    public void Every_stage_keeps_the_tokens_and_probabilities_of_its_definition()
    {
        var tally = new StageTally();
        new FixedCases(stream: 1).ForEach(Scenario.Any, Cases, scenario => StageByStage.Check(scenario, tally));

        Assert.All(Enum.GetValues<SamplerStage>(), stage =>
            Assert.True(tally.Effects(stage) >= LeastEffects, $"{stage} changed the row in only {tally.Effects(stage)} cases"));
        Assert.True(
            tally.Doubtful <= DoubtAllowed * tally.Stages,
            $"{tally.Doubtful} of {tally.Stages} stages had a token at a border: the comparison is too lenient");
    }

    [Fact]
    public void Stages_agree_on_rows_of_real_vocabularies()
    {
        var tally = new StageTally();
        new FixedCases(stream: 6).ForEach(Scenario.Long, 30, scenario => StageByStage.Check(scenario, tally));

        // A long row has tokens near every border; what counts is that most stages are beyond doubt.
        Assert.True(tally.Stages >= 30, $"only {tally.Stages} stages ran");
        Assert.True(tally.Doubtful <= 0.1 * tally.Stages, $"{tally.Doubtful} of {tally.Stages} stages had a token at a border");
    }
}
