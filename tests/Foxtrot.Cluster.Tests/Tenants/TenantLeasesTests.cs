using System.Threading.Channels;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class TenantLeasesTests
{
    private static readonly TenantLimits Many = new() { RequestsPerMinute = 16_000, TokensPerMinute = 16_000_000 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_are_spent_without_a_call_while_the_lease_lasts()
    {
        var quota = new LocalQuota(Many);
        var leases = quota.Holder("a");
        for (var i = 0; i < 400; i++)
        {
            Assert.Null(await leases.TakeAsync(Many, 1, 100, Cancellation));
        }

        Assert.Equal(1, quota.Exchanges);
    }

    [Fact]
    public async Task Spending_from_a_lease_allocates_nothing()
    {
        var quota = new LocalQuota(Many);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(Many, 1, 100, Cancellation));
        Assert.Null(await leases.TakeAsync(Many, 1, 100, Cancellation));
        var token = Cancellation;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300; i++)
        {
            Assert.Null(await leases.TakeAsync(Many, 1, 100, token));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task Before_a_lease_runs_out_more_is_fetched_and_nobody_waits()
    {
        var quota = new LocalQuota(Many);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(Many, 1, 0, Cancellation));
        await quota.NextAsync();
        var waited = 0;
        for (var i = 0; i < 950; i++)
        {
            var taken = leases.TakeAsync(Many, 1, 0, Cancellation);
            waited += taken.IsCompleted ? 0 : 1;
            Assert.Null(await taken);
            if (i == 600)
            {
                await quota.NextAsync(ask => ask.Requests is { Need: 0 });
            }
        }

        Assert.Equal(0, waited);
    }

    [Fact]
    public async Task All_who_find_nothing_left_wait_for_one_exchange()
    {
        var quota = new LocalQuota(Many);
        var hold = quota.Hold();
        var leases = quota.Holder("a");
        var first = leases.TakeAsync(Many, 1, 0, Cancellation).AsTask();
        await quota.NextAsync();
        var others = Enumerable.Range(0, 50).Select(_ => leases.TakeAsync(Many, 100, 0, Cancellation).AsTask()).ToArray();
        hold.SetResult();
        Assert.Null(await first);
        Assert.All(await Task.WhenAll(others), Assert.Null);
        Assert.InRange(quota.Exchanges, 2, 3);
    }

    [Fact]
    public async Task A_tenant_at_its_limit_costs_few_exchanges_however_often_it_asks()
    {
        var limits = new TenantLimits { RequestsPerMinute = 2 };
        var quota = new LocalQuota(limits);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(limits, 1, 0, Cancellation));
        Assert.Null(await leases.TakeAsync(limits, 1, 0, Cancellation));
        for (var i = 0; i < 1000; i++)
        {
            var refusal = await leases.TakeAsync(limits, 1, 0, Cancellation);
            Assert.Equal((RefusalKind.QueueFull, "rate_limit_exceeded", 30), (refusal!.Kind, refusal.Code, refusal.RetryAfterSeconds));
        }

        Assert.InRange(quota.Exchanges, 2, 6);
        quota.Time.Pass(TimeSpan.FromSeconds(30));
        Assert.Null(await leases.TakeAsync(limits, 1, 0, Cancellation));
    }

    [Fact]
    public async Task A_small_request_is_admitted_right_after_a_large_one_was_refused()
    {
        var limits = new TenantLimits { TokensPerMinute = 1000 };
        var quota = new LocalQuota(limits);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(limits, 1, 600, Cancellation));
        var refusal = await leases.TakeAsync(limits, 1, 900, Cancellation);
        Assert.Equal("the tenant's tokens per minute must be at most 1000: the request reserves 900 (its prompt, and max_tokens for each choice), and 400 are left; try again in 30 s", refusal!.Message);
        Assert.Null(await leases.TakeAsync(limits, 1, 100, Cancellation));
    }

    [Fact]
    public async Task When_requests_are_left_but_too_few_tokens_neither_is_spent()
    {
        var limits = new TenantLimits { RequestsPerMinute = 10, TokensPerMinute = 100 };
        var quota = new LocalQuota(limits);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(limits, 1, 100, Cancellation));
        Assert.NotNull(await leases.TakeAsync(limits, 1, 50, Cancellation));
        Assert.Equal(9, leases.Left(limits).Requests, 6);
    }

    [Fact]
    public async Task Tokens_that_were_reserved_and_not_used_are_there_for_another_gateway_at_once()
    {
        var limits = new TenantLimits { TokensPerMinute = 1000 };
        var quota = new LocalQuota(limits);
        var (one, other) = (quota.Holder("one"), quota.Holder("other"));
        Assert.Null(await one.TakeAsync(limits, 1, 1000, Cancellation));
        await quota.NextAsync();
        one.SettleTokens(1000, 100, 1000);
        await quota.NextAsync(ask => ask.Tokens!.Returned is >= 800 and <= 900);
        Assert.Null(await other.TakeAsync(limits, 1, 800, Cancellation));
    }

    [Fact]
    public async Task What_was_used_beyond_the_reservation_is_owed_by_the_whole_cluster()
    {
        var limits = new TenantLimits { TokensPerMinute = 1000 };
        var quota = new LocalQuota(limits);
        var (one, other) = (quota.Holder("one"), quota.Holder("other"));
        Assert.Null(await one.TakeAsync(limits, 1, 500, Cancellation));
        await quota.NextAsync();
        one.SettleTokens(500, 1400, 1000);
        await quota.NextAsync(ask => ask.Tokens!.Debt > 800);
        var refusal = await other.TakeAsync(limits, 1, 100, Cancellation);
        Assert.InRange(refusal!.RetryAfterSeconds, 28, 30);
    }

    [Fact]
    public async Task A_lease_that_nobody_spends_from_goes_back()
    {
        var quota = new LocalQuota(Many);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(Many, 1, 0, Cancellation));
        await quota.NextAsync();
        quota.Time.Pass(LeaseTerms.Idle);
        leases.Tick();
        Assert.Equal((0, 1000), ((await quota.NextAsync()).Requests!.Held, quota.Last!.Requests!.Returned));
    }

    [Fact]
    public async Task A_process_that_stops_gives_everything_back()
    {
        var quota = new LocalQuota(Many);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(Many, 1, 50, Cancellation));
        await leases.LeaveAsync();
        Assert.Equal((0, 0), (quota.Quota.Requests.Leased, quota.Quota.Tokens.Leased));
        Assert.Equal((15_999, 15_999_950), (quota.Quota.Requests.Level, quota.Quota.Tokens.Level));
    }

    [Fact]
    public async Task When_the_quota_cannot_be_reached_the_lease_is_spent_and_then_requests_are_told_to_come_again()
    {
        var quota = new LocalQuota(Many);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(Many, 1, 0, Cancellation));
        quota.Reachable = false;
        Assert.Null(await leases.TakeAsync(Many, 900, 0, Cancellation));
        var refusal = await leases.TakeAsync(Many, 900, 0, Cancellation);
        Assert.Equal((RefusalKind.Unavailable, "quota_unavailable", 1), (refusal!.Kind, refusal.Code, refusal.RetryAfterSeconds));
        quota.Reachable = true;
        Assert.Null(await leases.TakeAsync(Many, 900, 0, Cancellation));
    }

    [Fact]
    public async Task Steps_of_the_wall_clock_change_nothing()
    {
        var limits = new TenantLimits { RequestsPerMinute = 2 };
        var quota = new LocalQuota(limits);
        var leases = quota.Holder("a");
        Assert.Null(await leases.TakeAsync(limits, 2, 0, Cancellation));
        quota.Time.StepWallClock(TimeSpan.FromHours(1));
        Assert.Equal(30, (await leases.TakeAsync(limits, 1, 0, Cancellation))!.RetryAfterSeconds);
        quota.Time.StepWallClock(TimeSpan.FromHours(-2));
        quota.Time.Pass(TimeSpan.FromSeconds(30));
        Assert.Null(await leases.TakeAsync(limits, 1, 0, Cancellation));
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_pays_nothing()
    {
        var quota = new LocalQuota(Many);
        var hold = quota.Hold();
        var leases = quota.Holder("a");
        using var leaves = new CancellationTokenSource();
        var waiting = leases.TakeAsync(Many, 5000, 0, leaves.Token).AsTask();
        await quota.NextAsync();
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        hold.SetResult();
        await leases.LeaveAsync();
        Assert.Equal(16_000, quota.Quota.Requests.Level);
    }

    [Fact]
    public async Task A_permit_is_free_for_another_worker_when_its_sequence_has_ended()
    {
        var limits = new TenantLimits { ConcurrentSequences = 2 };
        var quota = new LocalQuota(limits, TimeProvider.System);
        var (one, other) = (quota.Holder("one"), quota.Holder("other"));
        Assert.Null(await one.TakePermitAsync(limits, Cancellation));
        Assert.Null(await other.TakePermitAsync(limits, Cancellation));
        var waiting = other.TakePermitAsync(limits, Cancellation).AsTask();
        one.ReleasePermit();
        Assert.Null(await waiting);
        var refusal = await other.TakePermitAsync(limits, Cancellation);
        Assert.Equal((RefusalKind.QueueFull, "concurrency_limit_exceeded"), (refusal!.Kind, refusal.Code));
        Assert.Equal("the tenant's concurrent sequences must be at most 2, and 2 are held", refusal.Message);
    }

    [Fact]
    public async Task Resumed_sequences_are_never_refused_but_count()
    {
        var limits = new TenantLimits { ConcurrentSequences = 1 };
        var quota = new LocalQuota(limits, TimeProvider.System);
        var (one, other) = (quota.Holder("one"), quota.Holder("other"));
        Assert.Null(await one.TakePermitAsync(limits, Cancellation));
        await quota.NextAsync();
        other.ResumePermit();
        await quota.NextAsync(ask => ask.Sequences!.Keep == 1);
        one.ReleasePermit();
        await quota.NextAsync(ask => ask is { Sequences.Keep: 0 });
        Assert.NotNull(await one.TakePermitAsync(limits, Cancellation));
    }

    /// <summary>A quota in this process, with a clock of its own.</summary>
    private sealed class LocalQuota(TenantLimits limits, TimeProvider? clock = null)
    {
        private readonly Channel<QuotaAsk> _asks = Channel.CreateUnbounded<QuotaAsk>();
        private readonly long _started = (clock ?? TimeProvider.System).GetTimestamp();
        private TaskCompletionSource? _hold;
        private int _exchanges;

        public TenantQuota Quota { get; } = new();

        public ManualTime Time { get; } = new();

        public bool Reachable { get; set; } = true;

        public int Exchanges => Volatile.Read(ref _exchanges);

        public QuotaAsk? Last { get; private set; }

        public TaskCompletionSource Hold() => _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TenantLeases Holder(string name) => new(name, ExchangeAsync, clock ?? Time);

        /// <summary>The next question that nobody has waited for, once it is answered or held up.</summary>
        public async Task<QuotaAsk> NextAsync() => Last = await _asks.Reader.ReadAsync(Cancellation);

        /// <summary>The next one of which something is true.</summary>
        public async Task NextAsync(Predicate<QuotaAsk> which)
        {
            while (!which(await NextAsync()))
            {
            }
        }

        private async Task<QuotaReply?> ExchangeAsync(QuotaAsk ask)
        {
            Interlocked.Increment(ref _exchanges);
            QuotaReply? reply;
            lock (Quota)
            {
                reply = Reachable ? Quota.Exchange(ask, limits, clock?.GetElapsedTime(_started) ?? Time.Passed) : null;
            }

            _asks.Writer.TryWrite(ask);
            if (_hold is { } hold)
            {
                await hold.Task;
            }

            return reply;
        }
    }
}
