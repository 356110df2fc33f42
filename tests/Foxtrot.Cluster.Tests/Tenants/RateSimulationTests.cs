using CsCheck;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

/// <summary>
/// Random schedules of several gateways with one quota: messages are late, repeated and lost, gateways and the quota crash. A bucket
/// that sees all spending, and nothing else, is the oracle: it is below 0 by exactly what some stretch of time had too much.
/// </summary>
public sealed class RateSimulationTests
{
    private const int Gateways = 4;
    private const double Rounding = 1e-6;

    private static readonly Gen<Op[]> Ops = Gen.Select(Gen.Enum<Action>(), Gen.Int[0, Gateways - 1], Gen.Int[1, 100], Gen.Int[0, 4000])
        .Select((action, gateway, share, milliseconds) => new Op(action, gateway, share, TimeSpan.FromMilliseconds(milliseconds))).Array[1, 250];

    private static readonly Gen<long> Limits = Gen.OneOf(Gen.Const(1L), Gen.Const(7L), Gen.Const(60L), Gen.Const(1600L));

    private enum Action
    {
        Pass,
        Spend,
        SpendAgain,
        Ask,
        Process,
        ProcessAgain,
        Deliver,
        DeliverAgain,
        Lose,
        Crash,
        Settle,
        Kill,
    }

    [Fact]
    public void Whatever_gateways_and_messages_do_no_stretch_of_time_gets_more_than_the_limit() =>
        Gen.Select(Ops, Limits).Sample((ops, limit) => new Simulation(limit).Run(ops, without: [Action.Settle, Action.Kill]).Lowest >= -Rounding, iter: 20_000);

    [Fact]
    public void What_settled_reservations_leave_behind_is_at_most_a_sixteenth_of_the_limit_for_each_gateway() =>
        Gen.Select(Ops, Limits).Sample(
            (ops, limit) => new Simulation(limit).Run(ops, without: [Action.Kill]).Lowest >= -Rounding - (Gateways * (limit / LeaseTerms.ShareOfLimit)), iter: 20_000);

    [Fact]
    public void With_one_gateway_the_loss_of_the_quota_gives_nothing_away() =>
        Gen.Select(Ops, Limits).Sample(
            (ops, limit) => new Simulation(limit).Run([.. ops.Select(op => op with { Gateway = 0 })], without: [Action.Settle, Action.Crash]).Lowest >= -Rounding, iter: 20_000);

    [Fact]
    public void Each_loss_of_the_quota_gives_away_one_minutes_worth_at_the_very_most() =>
        Gen.Select(Ops, Limits).Sample(
            (ops, limit) =>
            {
                var simulation = new Simulation(limit).Run(ops, without: [Action.Settle]);
                return simulation.Lowest >= -Rounding - (simulation.Kills * limit);
            },
            iter: 20_000);

    [Fact]
    public void A_gateway_alone_gets_the_whole_limit()
    {
        var simulation = new Simulation(60);
        for (var second = 0; second < 600; second++)
        {
            simulation.Run(
                [
                    .. Enumerable.Repeat(new[] { Action.Spend, Action.Process, Action.Deliver, Action.Spend }, 3).SelectMany(a => a).Select(a => new Op(a, 0, 1, default)),
                    new Op(Action.Pass, 0, 1, TimeSpan.FromSeconds(1)),
                ],
                without: []);
        }

        Assert.InRange(simulation.Spent, 600, 660);
    }

    private readonly record struct Op(Action Action, int Gateway, int Share, TimeSpan Time);

    private sealed class Simulation
    {
        private readonly long _limit;
        private readonly TokenBucket _oracle;
        private readonly Gateway[] _gateways;
        private TenantQuota _quota = new();
        private int _names;
        private TimeSpan _now;

        public Simulation(long limit)
        {
            _limit = limit;
            _oracle = new TokenBucket(limit, limit, TimeSpan.Zero);
            _gateways = [.. Enumerable.Range(0, Gateways).Select(_ => Start())];
        }

        public double Lowest { get; private set; }

        public int Kills { get; private set; }

        public long Spent { get; private set; }

        public Simulation Run(Op[] ops, Action[] without)
        {
            foreach (var op in ops.Where(op => !without.Contains(op.Action)))
            {
                Step(op, _gateways[op.Gateway]);
                _oracle.Advance(_now, 0);
                Lowest = Math.Min(Lowest, _oracle.Level);
            }

            return this;
        }

        private void Step(Op op, Gateway gateway)
        {
            var amount = Math.Max(1, _limit * op.Share / 200);
            switch (op.Action)
            {
                case Action.Pass:
                    _now += op.Time;
                    break;
                case Action.Spend or Action.SpendAgain when gateway.Balance.Has(amount, _now):
                    gateway.Balance.Take(amount, _now);
                    gateway.Reserved += amount;
                    Spent += amount;
                    _oracle.Advance(_now, 0);
                    _oracle.Take(amount);
                    break;
                case Action.Spend or Action.SpendAgain:
                    Ask(gateway, amount);
                    break;
                case Action.Ask:
                    Ask(gateway, 0);
                    break;
                case Action.Process or Action.ProcessAgain when gateway.Asked is { } ask:
                    gateway.Reply = _quota.Exchange(ask, new TenantLimits { TokensPerMinute = _limit }, _now).Tokens;
                    break;
                case Action.Deliver or Action.DeliverAgain when gateway.Reply is not null:
                    gateway.Balance.Apply(gateway.Asked!.Tokens!, gateway.Reply, gateway.AskedAt, _now);
                    gateway.Asked = null;
                    gateway.Reply = null;
                    break;
                case Action.Lose when gateway.Asked is not null:
                    gateway.Balance.Fail();
                    gateway.Asked = null;
                    gateway.Reply = null;
                    break;
                case Action.Crash:
                    _gateways[op.Gateway] = Start();
                    break;
                case Action.Settle:
                    var back = Math.Min(gateway.Reserved, amount);
                    gateway.Reserved -= back;
                    gateway.Balance.Give(back, _limit, _now);
                    _oracle.Advance(_now, 0);
                    _oracle.Add(back, 0);
                    break;
                case Action.Kill:
                    _quota = new TenantQuota();
                    Kills++;
                    break;
            }
        }

        private void Ask(Gateway gateway, long wanted)
        {
            if (gateway.Asked is null && gateway.Balance.Ask(wanted, wanted, leaves: false, _now) is { } tokens)
            {
                gateway.Asked = new QuotaAsk { Holder = gateway.Name, Number = ++gateway.Number, Tokens = tokens };
                gateway.AskedAt = _now;
            }
        }

        private Gateway Start() => new($"gateway {_names++}");
    }

    private sealed class Gateway(string name)
    {
        public string Name => name;

        public RateBalance Balance { get; } = new();

        public long Reserved { get; set; }

        public long Number { get; set; }

        public QuotaAsk? Asked { get; set; }

        public TimeSpan AskedAt { get; set; }

        public RateReply? Reply { get; set; }
    }
}
