using Foxtrot.Cluster.Metering;
using Foxtrot.Contracts.Metering;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Metering;
using Microsoft.Extensions.Logging.Abstractions;

namespace Foxtrot.Gateway.Tests.Metering;

public sealed class LedgerRecorderTests
{
    [Fact]
    public void Each_output_is_reported_by_itself_and_the_request_with_its_first_one()
    {
        var id = SessionId.New("m", null);
        var ledger = Record(new UsageRecord("req", "t", "m", new(5, 7), 2, true)
        {
            Outputs = [new(id, new(5, 3, 2), 2, true), new(id.WithChoice(1), new(0, 4), 4, true)],
        });
        Assert.Equal(
            [
                (id.ToString(), LedgerSource.Reader, new UsageCounts { Requests = 1, Aborted = 1, PromptTokens = 5, CachedTokens = 2, GeneratedTokens = 3, DeliveredTokens = 2 }),
                (id + "-1", LedgerSource.Reader, new UsageCounts { GeneratedTokens = 4, DeliveredTokens = 4 }),
            ],
            ledger.Reports.Select(r => (r.Entry, r.Source, r.Counts)));
        Assert.All(ledger.Reports, r => Assert.True(r is { Opens: true, Done: true, Reader: "this" }));
    }

    [Fact]
    public void An_output_that_never_began_leaves_nothing_open()
    {
        var id = SessionId.New("m", null);
        var ledger = Record(new UsageRecord("req", "t", "m", new(0, 4), 2, true) { Outputs = [new(id, Usage.None, 0, false), new(id.WithChoice(1), new(0, 4), 4, true)] });
        Assert.Equal([(LedgerSource.Whole, 1L), (LedgerSource.Reader, 0L)], ledger.Reports.Select(r => (r.Source, r.Counts.Requests)));
        Assert.Single(Record(new UsageRecord("req", "t", "m", new(0, 4), 2, true) { Outputs = [new(id, new(5, 4), 4, true), new(id.WithChoice(1), Usage.None, 0, false)] }).Reports);
    }

    [Fact]
    public void What_is_only_computed_again_is_a_request_without_tokens()
    {
        var report = Assert.Single(Record(new UsageRecord("req", "t", "m", Usage.None, 0, false)).Reports);
        Assert.Equal(("req", LedgerSource.Whole, new UsageCounts { Requests = 1 }), (report.Entry, report.Source, report.Counts));
    }

    private static FakeLedger Record(UsageRecord record)
    {
        var ledger = new FakeLedger();
        new LedgerRecorder(ledger, NullLogger<LedgerRecorder>.Instance).Record(record);
        return ledger;
    }

    private sealed class FakeLedger : ILedger
    {
        public List<LedgerReport> Reports { get; } = [];

        public string Sender => "this";

        public void Report(string tenant, LedgerReport report)
        {
            Assert.Equal("t", tenant);
            Reports.Add(report);
        }

        public Task ReportAsync(string tenant, LedgerReport report) => throw new NotSupportedException();
    }
}
