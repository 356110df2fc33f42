using System.Net;
using Foxtrot.Cluster.Workers;

namespace Foxtrot.Cluster.Tests.Workers;

public sealed class ForeignServiceTests
{
    private readonly Dictionary<string, double> _counted = [];
    private readonly ForeignService _foreign;

    public ForeignServiceTests() => _foreign = new ForeignService((tenant, service) => _counted[tenant] = _counted.GetValueOrDefault(tenant) + service);

    [Fact]
    public void What_a_silo_did_before_it_was_heard_of_is_over()
    {
        _foreign.Hear(Silo(1), [Load("t", 5000)]);
        Assert.Empty(_counted);
    }

    [Fact]
    public void Service_elsewhere_is_counted_exactly_once_in_the_end()
    {
        _foreign.Hear(Silo(1), []);
        _foreign.Hear(Silo(2), [Load("t", 100)]);
        for (var report = 0; report < 100; report++)
        {
            _foreign.Hear(Silo(1), [Load("t", 600), Load("u", 60)]);
            _foreign.Hear(Silo(2), [Load("t", 400)]);
        }

        Assert.Equal(600 + 300, _counted["t"], 6);
        Assert.Equal(60, _counted["u"], 6);
    }

    [Fact]
    public void A_silo_that_dies_or_restarts_takes_nothing_back()
    {
        _foreign.Hear(Silo(1), []);
        for (var report = 0; report < 100; report++)
        {
            _foreign.Hear(Silo(1), [Load("t", 500)]);
        }

        _foreign.Forget(Silo(1));
        Assert.Equal(500, _counted["t"], 6);
        _foreign.Hear(Silo(1, generation: 2), []);
        for (var report = 0; report < 100; report++)
        {
            _foreign.Hear(Silo(1, generation: 2), [Load("t", 50)]);
            _foreign.Hear(Silo(1, generation: 2), []);
        }

        Assert.Equal(550, _counted["t"], 6);
    }

    /// <remarks>
    /// Every worker serves so as to even out what it knows. If each made up for the whole imbalance, n of them would turn it into one
    /// n − 1 times as large the other way round.
    /// </remarks>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Workers_make_up_for_an_imbalance_together_and_do_not_overshoot(int workers)
    {
        var favoured = new double[workers];
        var other = new double[workers];
        var seen = new double[workers];
        var views = Enumerable.Range(0, workers)
            .Select(w => new ForeignService((tenant, service) => seen[w] += tenant == "favoured" ? service : -service)).ToArray();
        Exchange();
        favoured[0] = 1000;
        for (var round = 0; round < 40; round++)
        {
            Exchange();
            for (var w = 0; w < workers; w++)
            {
                // The first worker has the favoured tenant alone, and nobody else to serve.
                var lead = favoured[w] - other[w] + seen[w];
                if (w > 0)
                {
                    other[w] += Math.Max(lead, 0);
                    favoured[w] += Math.Max(-lead, 0);
                }
            }

            Assert.InRange(favoured.Sum() - other.Sum(), -1, 1000);
        }

        Assert.InRange(favoured.Sum() - other.Sum(), -1, 1);

        void Exchange()
        {
            for (var from = 0; from < workers; from++)
            {
                for (var to = 0; to < workers; to++)
                {
                    if (from != to)
                    {
                        views[to].Hear(Silo(from), [Load("favoured", favoured[from]), Load("other", other[from])]);
                    }
                }
            }
        }
    }

    private static TenantLoad Load(string tenant, double service) => new(tenant, service, 0, 0);

    private static SiloAddress Silo(int number, int generation = 1) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, number + 1), generation);
}
