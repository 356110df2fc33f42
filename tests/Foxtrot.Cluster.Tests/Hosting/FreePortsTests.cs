using System.Net;
using System.Net.Sockets;
using Foxtrot.Cluster.Hosting;

namespace Foxtrot.Cluster.Tests.Hosting;

public sealed class FreePortsTests
{
    [Fact]
    public void A_port_that_is_taken_is_not_chosen()
    {
        var first = FreePorts.Take(2, new Random(1));
        var listener = new TcpListener(IPAddress.Loopback, first[0]);
        listener.Start();
        try
        {
            Assert.DoesNotContain(first[0], FreePorts.Take(2, new Random(1)));
        }
        finally
        {
            listener.Dispose();
        }
    }

    [Fact]
    public void Ports_are_different_ones_that_no_outgoing_connection_gets()
    {
        var ports = FreePorts.Take(100, new Random(2));
        Assert.Equal(100, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, FreePorts.Lowest, FreePorts.Highest));
    }

    [Fact]
    public void Port_numbers_that_come_again_and_again_end_in_an_error() =>
        Assert.Contains("fewer than 2 of them", Assert.Throws<InvalidOperationException>(() => FreePorts.Take(2, new Always())).Message, StringComparison.Ordinal);

    private sealed class Always : Random
    {
        public override int Next(int minValue, int maxValue) => minValue;
    }
}
