using System.Collections.Immutable;
using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Tests.Sessions;
using Foxtrot.Contracts.Metering;

namespace Foxtrot.Cluster.Tests.Metering;

public sealed class LedgerStorageContractTests
{
    // Written by the first version. It must be readable for ever; add another constant for each version, never change one.
    private const string FirstState =
        "IOgABWFmSgsAISABAyHoYGZKCwBBC3N0b3J54CDoAA0BBQGhASEB4hUBUhTg4MEB4CEgAQNBDXNlc3NfMSDowBMBAyHoAA0BBQGhASEB4hUBUhTgAaIUQR1T"
        + "MTI3LjAuMC4xOjE6MkEdUzEyNy4wLjAuMTozOjQBAwEDIYAAlLl9XUnfCIEAAAAAAAAAAOABCeDgwQHgISABA8FDIOgARSGAANp8oV1J3wiBAAAAAAAAAADg"
        + "4ODBAeDg";

    private const string FirstMonth = "IOgABSEgAQMh6GBmSgsAQQtzdG9yeeAg6AANAQUBoQEhAeIVAVIU4ODBAeDg";

    private static readonly UsageCounts Counts = new() { Requests = 3, Aborted = 1, PromptTokens = 40, CachedTokens = 8, GeneratedTokens = 700, DeliveredTokens = 650 };

    private static LedgerState Sample => new()
    {
        Version = 1,
        Day = new DateOnly(2026, 11, 23),
        Days = ImmutableDictionary<LedgerDay, UsageCounts>.Empty.Add(new LedgerDay(new DateOnly(2026, 11, 23), "story"), Counts),
        Open = ImmutableDictionary<string, LedgerEntry>.Empty.Add("sess_1", new LedgerEntry
        {
            Model = "story",
            IsSession = true,
            Counted = Counts,
            Taken = 660,
            Worker = "S127.0.0.1:1:2",
            Reader = "S127.0.0.1:3:4",
            WorkerDone = true,
            ReaderDone = true,
            News = new DateTimeOffset(2026, 11, 23, 12, 30, 0, TimeSpan.Zero),
            Epoch = 2,
        }),
        Senders = ImmutableDictionary<string, LedgerSender>.Empty.Add("S127.0.0.1:1:2", new LedgerSender(17, new DateTimeOffset(2026, 11, 23, 12, 31, 0, TimeSpan.Zero))),
    };

    [Fact]
    public void A_ledger_stored_by_the_first_version_can_be_read()
    {
        AssertSample(StoredBlobs.Serializer.Deserialize<LedgerState>(Convert.FromBase64String(FirstState))!);
        var month = StoredBlobs.Serializer.Deserialize<LedgerMonth>(Convert.FromBase64String(FirstMonth))!;
        Assert.Equal(1, month.Version);
        Assert.Equal(Sample.Days, month.Days);
    }

    [Fact]
    public void What_is_stored_is_read_back_whole()
    {
        var serializer = StoredBlobs.Serializer;
        AssertSample(serializer.Deserialize<LedgerState>(serializer.SerializeToArray(Sample))!);
        Assert.Equal(Sample.Days, serializer.Deserialize<LedgerMonth>(serializer.SerializeToArray(new LedgerMonth { Days = Sample.Days }))!.Days);
    }

    [Fact]
    public void Every_field_of_the_sample_says_something_so_that_none_goes_unpinned()
    {
        Assert.All(typeof(LedgerState).GetProperties().Where(p => p.CanWrite), p => AssertSays(p.GetValue(Sample)));
        Assert.All(typeof(LedgerEntry).GetProperties().Where(p => p.CanWrite), p => AssertSays(p.GetValue(Sample.Open["sess_1"])));
        Assert.All(typeof(UsageCounts).GetProperties().Where(p => p.CanWrite), p => AssertSays(p.GetValue(Counts)));

        static void AssertSays(object? value)
        {
            Assert.NotNull(value);
            Assert.NotEqual(value.GetType().IsValueType ? Activator.CreateInstance(value.GetType()) : null, value);
        }
    }

    private static void AssertSample(LedgerState state)
    {
        Assert.Equal(Sample.Version, state.Version);
        Assert.Equal(Sample.Day, state.Day);
        Assert.Equal(Sample.Days, state.Days);
        Assert.Equal(Sample.Open, state.Open);
        Assert.Equal(Sample.Senders, state.Senders);
        Assert.Empty(state.Closed);
    }
}
