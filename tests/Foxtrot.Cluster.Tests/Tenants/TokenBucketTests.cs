using Foxtrot.Cluster.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class TokenBucketTests
{
    [Fact]
    public void A_bucket_refills_one_minutes_worth_in_a_minute_and_no_more()
    {
        var bucket = new TokenBucket(120, 0, TimeSpan.Zero);
        bucket.Advance(TimeSpan.FromSeconds(0.5), 0);
        Assert.Equal(1, bucket.Level, 9);
        bucket.Advance(TimeSpan.FromSeconds(60), 0);
        Assert.Equal(120, bucket.Level, 9);
        bucket.Advance(TimeSpan.FromSeconds(600), 0);
        Assert.Equal(120, bucket.Level, 9);
    }

    [Fact]
    public void A_bucket_of_one_request_a_minute_has_the_next_one_after_a_minute()
    {
        var bucket = new TokenBucket(1, 1, TimeSpan.Zero);
        bucket.Take(1);
        bucket.Advance(TimeSpan.FromSeconds(59), 0);
        Assert.True(bucket.Level < 1);
        bucket.Advance(TimeSpan.FromSeconds(60), 0);
        Assert.Equal(1, bucket.Level, 9);
    }

    [Fact]
    public void Debt_is_paid_by_refilling_first()
    {
        var bucket = new TokenBucket(60, 10, TimeSpan.Zero);
        bucket.Take(40);
        Assert.Equal(-30, bucket.Level);
        bucket.Advance(TimeSpan.FromSeconds(40), 0);
        Assert.Equal(10, bucket.Level, 9);
    }

    [Fact]
    public void What_others_hold_takes_room_and_what_is_in_stays()
    {
        var bucket = new TokenBucket(60, 40, TimeSpan.Zero);
        bucket.Advance(TimeSpan.FromSeconds(30), 15);
        Assert.Equal(45, bucket.Level, 9);
        bucket.Add(100, 0);
        Assert.Equal(60, bucket.Level, 9);
        bucket.Advance(TimeSpan.FromSeconds(31), 30);
        Assert.Equal(60, bucket.Level, 9);
    }

    [Fact]
    public void A_time_that_lies_before_the_last_one_changes_nothing()
    {
        var bucket = new TokenBucket(60, 5, TimeSpan.FromSeconds(10));
        bucket.Advance(TimeSpan.FromSeconds(3), 0);
        Assert.Equal(5, bucket.Level);
        bucket.Advance(TimeSpan.FromSeconds(11), 0);
        Assert.Equal(6, bucket.Level, 9);
    }

    [Fact]
    public void A_changed_limit_leaves_the_bucket_as_full_as_it_was()
    {
        var bucket = new TokenBucket(60, 30, TimeSpan.Zero);
        bucket.Resize(600);
        Assert.Equal((600, 300), (bucket.Capacity, bucket.Level));
        bucket.Take(600);
        bucket.Resize(60);
        Assert.Equal((60, -30), (bucket.Capacity, bucket.Level));
    }
}
