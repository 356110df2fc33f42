using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class RateQuotaTests
{
    private static readonly RateAsk Nothing = new(0, 0, 0, 0, 0, false, null);
    private static readonly RateAsk One = new(1, 1, 0, 0, 0, true, null);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void One_request_a_minute_is_granted_once_a_minute_to_whoever_asks_first()
    {
        var quota = new RateQuota();
        Assert.Equal(1, quota.Exchange("a", One, 1, At(0)).Granted);
        Assert.Equal(0, quota.Exchange("b", One, 1, At(1)).Granted);

        // The first one reports that it has spent it, as it does at once.
        Assert.Equal(0, quota.Exchange("a", Nothing, 1, At(0)).Granted);
        Assert.Equal(0, quota.Exchange("b", One, 1, At(59)).Granted);
        Assert.Equal(1, quota.Exchange("b", One, 1, At(61)).Granted);
    }

    [Fact]
    public void Sixteen_gateways_that_come_one_after_the_other_all_get_a_share_of_a_small_limit()
    {
        var quota = new RateQuota();
        var granted = Enumerable.Range(0, 16).Select(i => quota.Exchange($"g{i}", One, 60, At(0)).Granted).ToList();
        Assert.All(granted, share => Assert.InRange(share, 1, 4));
        Assert.InRange(granted.Sum(), 16, 60);
    }

    [Fact]
    public void A_lease_is_at_most_a_sixteenth_beyond_what_is_needed()
    {
        var quota = new RateQuota();
        Assert.Equal(500 + (16_000 / 16), quota.Exchange("a", new(500, 500, 0, 0, 0, true, null), 16_000, At(0)).Granted);
        Assert.Equal(500, quota.Exchange("b", new(500, 500, 0, 0, 0, false, null), 16_000, At(0)).Granted);
    }

    [Fact]
    public void When_not_all_who_wait_can_be_served_some_are()
    {
        var quota = new RateQuota();
        Assert.Equal(50, quota.Exchange("a", new(50, 50, 0, 0, 0, false, null), 60, At(0)).Granted);
        Assert.Equal(10, quota.Exchange("b", new(30, 5, 0, 0, 0, true, null), 60, At(0)).Granted);
        Assert.Equal(0, quota.Exchange("b", new(30, 5, 0, 0, 0, true, null), 60, At(1)).Granted);
    }

    [Fact]
    public void What_is_returned_is_there_for_others_at_once()
    {
        var quota = new RateQuota();
        Assert.Equal(1000, quota.Exchange("a", new(1000, 1000, 0, 0, 0, false, null), 1000, At(0)).Granted);
        Assert.Equal(0, quota.Exchange("b", new(700, 700, 0, 0, 0, false, null), 1000, At(0)).Granted);
        quota.Exchange("a", Nothing with { Returned = 700 }, 1000, At(0));
        Assert.Equal(700, quota.Exchange("b", new(700, 700, 0, 0, 0, false, null), 1000, At(0)).Granted);
    }

    [Fact]
    public void A_lease_that_is_not_renewed_counts_as_spent()
    {
        var quota = new RateQuota();
        var granted = quota.Exchange("crashes", new(100, 100, 0, 0, 0, true, null), 1600, At(0)).Granted;
        Assert.Equal(granted, quota.Leased);
        var level = quota.Exchange("b", Nothing, 1600, LeaseTerms.Duration).Level;
        Assert.Equal(0, quota.Leased);
        Assert.Equal(1600 - granted, level, 6);
    }

    [Fact]
    public void Debt_has_to_be_refilled_before_anything_is_granted()
    {
        var quota = new RateQuota();
        quota.Exchange("a", new(60, 60, 0, 0, 0, false, null), 60, At(0));
        Assert.Equal(-30, quota.Exchange("a", Nothing with { Debt = 30 }, 60, At(0)).Level, 6);
        Assert.Equal(0, quota.Exchange("a", One, 60, At(30.5)).Granted);
        Assert.Equal(1, quota.Exchange("a", One, 60, At(31.5)).Granted);
    }

    [Fact]
    public void A_new_activation_begins_with_the_level_that_the_first_to_ask_saw_and_not_with_a_full_bucket()
    {
        var quota = new RateQuota();
        var reply = quota.Exchange("a", One with { Spare = false, Seen = new RateSight(3, 0, 2) }, 60, At(0));
        Assert.Equal(4, reply.Level, 6);
    }

    [Fact]
    public void Somebody_who_saw_less_left_than_the_first_one_corrects_a_new_activation()
    {
        var quota = new RateQuota();
        quota.Exchange("stale", One with { Spare = false, Seen = new RateSight(50, 0, 0) }, 60, At(0));
        var corrected = quota.Exchange("fresh", Nothing with { Seen = new RateSight(10, 0, 1) }, 60, At(1)).Level;
        Assert.Equal(10, corrected, 6);
    }

    [Fact]
    public void A_limit_that_is_raised_is_there_with_the_next_exchange()
    {
        var quota = new RateQuota();
        quota.Exchange("a", new(45, 45, 0, 0, 0, false, null), 60, At(0));
        Assert.Equal(150, quota.Exchange("a", Nothing, 600, At(0)).Level, 6);
        Assert.Equal(15, quota.Exchange("a", Nothing, 60, At(0)).Level, 6);
    }

    [Fact]
    public void A_question_asked_again_counts_once()
    {
        var quota = new TenantQuota();
        var limits = new TenantLimits { RequestsPerMinute = 60 };
        var ask = new QuotaAsk { Holder = "a", Number = 1, Requests = new(20, 20, 0, 0, 0, false, null) };
        var first = quota.Exchange(ask, limits, At(0));
        Assert.Same(first, quota.Exchange(ask, limits, At(1)));
        Assert.Equal(40, quota.Requests.Level, 6);
    }
}
