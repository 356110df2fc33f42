using CsCheck;
using Foxtrot.Cluster.Workers;

namespace Foxtrot.Cluster.Tests.Workers;

public sealed class PredictedWaitTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(8);

    private static readonly Gen<QueueState> AnyFullQueue = Gen.Select(
        Gen.Int[1, 64], Gen.Int[0, 64], Gen.Int[0, 100], Gen.Int[0, 100], Gen.Double[0.01, 1],
        (slots, own, ownWaiting, others, share) => new QueueState(slots, slots, ownWaiting + others, Math.Min(own, slots), ownWaiting, share, Hold));

    [Fact]
    public void Nobody_waits_while_a_slot_is_free() =>
        Assert.Equal(TimeSpan.Zero, PredictedWait.Of(new QueueState(4, 3, 0, 3, 0, 1, Hold)));

    [Fact]
    public void Nothing_is_predicted_before_the_first_sequence_has_ended() =>
        Assert.Equal(TimeSpan.Zero, PredictedWait.Of(new QueueState(4, 4, 100, 4, 100, 1, TimeSpan.Zero)));

    [Fact]
    public void A_lone_tenant_waits_until_the_slots_have_turned_over_for_those_before_it()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), PredictedWait.Of(new QueueState(4, 4, 0, 4, 0, 1, Hold)));
        Assert.Equal(TimeSpan.FromSeconds(22), PredictedWait.Of(new QueueState(4, 4, 10, 4, 10, 1, Hold)));
    }

    [Fact]
    public void A_tenant_within_its_share_is_served_at_once_however_long_the_queue_of_another_one_is() =>
        Assert.Equal(TimeSpan.Zero, PredictedWait.Of(new QueueState(4, 4, 1000, 0, 0, 0.5, Hold)));

    [Fact]
    public void A_tenant_beyond_its_share_waits_for_slots_of_its_own() =>
        Assert.Equal(TimeSpan.FromSeconds(12), PredictedWait.Of(new QueueState(4, 4, 1000, 2, 2, 0.5, Hold)));

    [Fact]
    public void What_others_leave_is_given_in_turn() =>
        Assert.Equal(TimeSpan.FromSeconds(6), PredictedWait.Of(new QueueState(4, 4, 2, 3, 2, 0.25, Hold)));

    [Fact]
    public void A_longer_queue_never_shortens_and_a_larger_share_never_lengthens_the_wait() =>
        AnyFullQueue.Sample(queue =>
        {
            var wait = PredictedWait.Of(queue);
            Assert.True(wait >= TimeSpan.Zero && wait < TimeSpan.MaxValue);
            Assert.True(PredictedWait.Of(queue with { Waiting = queue.Waiting + 1 }) >= wait);
            Assert.True(PredictedWait.Of(queue with { Waiting = queue.Waiting + 1, TenantWaiting = queue.TenantWaiting + 1 }) >= wait);
            Assert.True(PredictedWait.Of(queue with { Share = (queue.Share + 1) / 2 }) <= wait);
        });
}
