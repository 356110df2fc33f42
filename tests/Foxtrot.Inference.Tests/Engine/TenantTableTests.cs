using Foxtrot.Inference.Engine;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>Counters of tenants that come and go.</summary>
public sealed class TenantTableTests
{
    private const double DebtBound = 1000;

    private readonly TenantTable _table = new(DebtBound, TimeProvider.System);

    [Fact]
    public void A_tenant_that_comes_back_from_idle_is_lifted_to_the_least_active_counter()
    {
        var (busy, busier) = (Enter("busy"), Enter("busier"));
        busy.Tenant.Serve(500);
        busier.Tenant.Serve(700);
        Assert.Equal(500, Enter("newcomer").Tenant.Counter);
    }

    [Fact]
    public void Time_that_a_tenant_did_not_use_is_no_credit_and_leaving_forgives_nothing()
    {
        var (a, b) = (Enter("a"), Enter("b"));
        a.Tenant.Serve(300);
        _table.Remove(a, hadSlot: false);
        b.Tenant.Serve(200);
        Assert.Equal(300, Enter("a").Tenant.Counter);
        b.Tenant.Serve(1000);
        Assert.Equal(300, Enter("c").Tenant.Counter);
    }

    [Fact]
    public void Who_comes_to_an_idle_engine_starts_where_the_last_one_left()
    {
        var a = Enter("a");
        a.Tenant.Serve(900);
        _table.Remove(a, hadSlot: false);
        Assert.Empty(_table.Active);
        var b = Enter("b");
        Assert.Equal(900, b.Tenant.Counter);
        b.Tenant.Serve(10);
        Assert.Equal(910, Enter("a").Tenant.Counter);
    }

    [Fact]
    public void Service_elsewhere_sets_a_tenant_back_but_not_for_ever()
    {
        Enter("here").Tenant.Serve(100);
        _table.AddService("elsewhere", 40);
        Assert.Equal(100, Enter("elsewhere").Tenant.Counter);
        _table.AddService("elsewhere", 40);
        Assert.Equal(140, Find("elsewhere").Counter);
        _table.AddService("elsewhere", 1e9);
        Assert.Equal(100 + DebtBound, Find("elsewhere").Counter);
        Assert.Equal(0, Find("elsewhere").Read(0).Weighted);
    }

    [Fact]
    public void Queues_are_ordered_by_priority_and_then_by_arrival_and_anybody_may_leave()
    {
        var random = new Random(3);
        var expected = new List<Sequence>();
        for (var step = 0; step < 500; step++)
        {
            if (expected.Count > 0 && random.Next(3) == 0)
            {
                var leaving = expected[random.Next(expected.Count)];
                expected.Remove(leaving);
                _table.Remove(leaving, hadSlot: false);
            }
            else
            {
                var sequence = Enter("t", random.Next(-2, 3));
                var index = expected.FindIndex(s => Priority(s) < Priority(sequence));
                expected.Insert(index < 0 ? expected.Count : index, sequence);
            }

            var queued = new List<Sequence>();
            for (var s = _table.Active.Count > 0 ? _table.Active[0].Queue.First : null; s is not null; s = s.Tenant.Queue.After(s))
            {
                queued.Add(s);
            }

            Assert.Equal(expected, queued);
        }

        static int Priority(Sequence sequence) => sequence.Generation.Request.Priority;
    }

    private TenantState Find(string name) => _table.Active.Single(t => t.Name == name);

    private Sequence Enter(string tenant, int priority = 0)
    {
        var request = new GenerationRequest { Log = TokenLog.FromPrompt([1]), Seed = 1, Tenant = tenant, Priority = priority };
        var sequence = InferenceEngine.NewSequence(request, 8, 8, 0, _ => { });
        _table.Add(sequence);
        return sequence;
    }
}
