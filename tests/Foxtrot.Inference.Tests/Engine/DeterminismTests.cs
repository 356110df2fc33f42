using System.Globalization;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>
/// The product's promise on the bundled model. FOXTROT_SCHEDULES and FOXTROT_SCHEDULE_SEED run more, or other, schedules.
/// </summary>
public sealed class DeterminismTests(BundledModels models) : IClassFixture<BundledModels>
{
    private static readonly int Schedules = Setting("FOXTROT_SCHEDULES", 200);
    private static readonly int Seed = Setting("FOXTROT_SCHEDULE_SEED", 20261123);

    [Fact]
    public void In_any_batch_every_sequence_has_the_tokens_and_logits_that_it_has_alone() =>
        ScheduleRun.All(Seed, Schedules, index => index % 4 == 3 ? models.SharedBufferTwoThreads : models.SharedBuffer, models.SharedBuffer);

    [Fact]
    public void The_same_holds_for_models_that_concatenate_past_and_present() =>
        ScheduleRun.All(Seed, Schedules / 5, _ => models.Concatenated, models.Concatenated);

    [Fact]
    public void Tenants_that_preempt_each_other_change_no_token()
    {
        var (preemptions, _) = ScheduleRun.All(Seed, Schedules / 5, _ => models.SharedBuffer, models.SharedBuffer, crowded: true);
        Assert.True(preemptions >= Schedules / 5, $"only {preemptions} preemptions");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
