using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class PermitQuotaTests
{
    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static PermitAsk Ask(int inUse, int wanted, int? others = null, bool spare = false) => new(inUse, wanted, spare, others);

    [Fact]
    public void Permits_of_all_workers_together_are_no_more_than_the_limit()
    {
        var quota = new PermitQuota();
        Assert.Equal(2, quota.Exchange("a", Ask(0, 2), 3, At(0)).Held);
        Assert.Equal(1, quota.Exchange("b", Ask(0, 2), 3, At(0)).Held);
        Assert.Equal(0, quota.Exchange("c", Ask(0, 1), 3, At(0)).Held);
        quota.Exchange("a", Ask(1, 1), 3, At(1));
        Assert.Equal(1, quota.Exchange("c", Ask(0, 1), 3, At(1)).Held);
    }

    [Fact]
    public void Sequences_that_were_resumed_stay_and_count()
    {
        var quota = new PermitQuota();
        Assert.Equal(5, quota.Exchange("a", Ask(5, 5), 3, At(0)).Held);
        Assert.Equal(0, quota.Exchange("b", Ask(0, 1), 3, At(0)).Held);
        Assert.Equal(5, quota.Leased);
    }

    [Fact]
    public void Permits_of_a_worker_that_is_not_heard_of_are_free_again()
    {
        var quota = new PermitQuota();
        Assert.Equal(3, quota.Exchange("dies", Ask(0, 3), 3, At(0)).Held);
        Assert.Equal(0, quota.Exchange("b", Ask(0, 1), 3, LeaseTerms.Duration - At(0.1)).Held);
        Assert.Equal(1, quota.Exchange("b", Ask(0, 1), 3, LeaseTerms.Duration).Held);
    }

    [Fact]
    public void A_large_limit_leaves_workers_some_permits_to_spare_and_a_small_one_none()
    {
        var quota = new PermitQuota();
        Assert.Equal(1, quota.Exchange("a", Ask(0, 1, spare: true), 4, At(0)).Held);
        Assert.Equal(1 + 4, quota.Exchange("b", Ask(0, 1, spare: true), 64, At(0)).Held);
    }

    [Fact]
    public void A_new_activation_counts_the_permits_that_the_first_to_ask_had_heard_of()
    {
        var quota = new PermitQuota();

        // Of ten, this worker holds two, and saw others hold seven.
        Assert.Equal(3, quota.Exchange("a", Ask(2, 5, others: 7), 10, At(0)).Held);

        // One of the others speaks for itself; what is unknown becomes less by as much.
        Assert.Equal(4, quota.Exchange("b", Ask(4, 4, others: 5), 10, At(1)).Held);
        Assert.Equal(3 + 4 + 3, quota.Leased);
        Assert.Equal(3, quota.Exchange("c", Ask(3, 4, others: 7), 10, At(2)).Held);
        Assert.Equal(10, quota.Leased);
    }

    [Fact]
    public void What_nobody_has_spoken_for_when_a_lease_would_have_ended_is_free_again()
    {
        var quota = new PermitQuota();
        Assert.Equal(1, quota.Exchange("a", Ask(1, 2, others: 3), 4, At(0)).Held);
        Assert.Equal(4, quota.Exchange("a", Ask(1, 4, others: 3), 4, LeaseTerms.Duration).Held);
    }
}
