using Foxtrot.Cluster.Sessions;
using Foxtrot.Contracts.Metering;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Tests.Sessions;

public sealed class StorageContractTests
{
    // Written by the first version. It must be readable for ever; add another constant for each version, never change one.
    private const string FirstVersion =
        "IAAFIYAAlLl9XUnfCIEAAAAAAAAAAOABDUEZAQAAAAIBAAADAAAAIQADIQAFAQkBUYH6/////////wERIeiAZmZmZmZm5j8BoYFmZmZmZmbuP8EBwQHBAcEB"
        + "wQHBAcEBwQHBAcEBwQHBAcEBwQHBAcEBwQHBAcEBwQEhAANBAwrgwQEhAQMBRWAAAMC/4CEABwEFAAkADeAhAANBBW5v4EENZ3VtYmVsIQAFQRd0ZW1wZXJh"
        + "dHVyZUALdG9wX3Dg4CEAA0EHRU5E4CEABQEBAAngARUBBQkDBUEJbm9uZQEDQQ1hYmNkZWbg4CHoQBdzZXNzX3BhcmVudAEx4AEdAQVBCTAxMjNBCTQ1NjcB"
        + "A+A=";

    // The same with what tenants brought: priorities, reservations, and what has been accounted.
    private const string WithTenants =
        "IAAFIYAAlLl9XUnfCIEAAAAAAAAAAOABDUEZAQAAAAIBAAADAAAAIQADIQAFAQkBUYH6/////////wERIeiAZmZmZmZm5j8BoYFmZmZmZmbuP8EBwQHBAcEB"
        + "wQHBAcEBwQHBAcEBwQHBAcEBwQHBAcEBwQHBAcEBwQEhAANBAwrgwQEhAQMBRWAAAMC/4CEABwEFAAkADeAhAANBBW5v4EENZ3VtYmVsIQAFQRd0ZW1wZXJh"
        + "dHVyZUALdG9wX3Dg4CEAA0EHRU5E4CEABQEBAAngARUBBQkDBUEJbm9uZQEDQQ1hYmNkZWYBGwFiCeDgIehAF3Nlc3NfcGFyZW50ATHgAR0BBUEJMDEyM0EJ"
        + "NDU2NwEDIegACQEBAQUBAQEZARXgAQkBBQERARkBDeA=";

    private static SessionState Sample => new()
    {
        Version = 1,
        Created = new DateTimeOffset(2026, 11, 23, 12, 30, 0, TimeSpan.Zero),
        Epoch = 3,
        Tokens = [1, 0, 0, 0, 2, 1, 0, 0, 3, 0, 0, 0],
        Turns =
        [
            new TurnState
            {
                Start = 1,
                Count = 2,
                MaxTokens = 20,
                Seed = ulong.MaxValue - 5,
                Choice = 4,
                Sampling = new SamplingSettings
                {
                    Temperature = 0.7,
                    TopK = 40,
                    TopP = 0.95,
                    LogitBias = new() { [17] = -1.5f },
                    BadWords = ["no"],
                    AllowedTokenIds = [1, 2, 3],
                    DrySequenceBreakers = ["\n"],
                    Draw = "gumbel",
                    SamplerOrder = ["temperature", "top_p"],
                },
                Stop = ["END"],
                EndTokens = [0, 2],
                LogProbabilities = 5,
                Forced = 1,
                Finish = Finish.Length,
                Error = "none",
                Inexact = true,
                Fingerprint = "abcdef",
            },
        ],
        Lineage = new Lineage("sess_parent", 12),
        CompletionTokens = 7,
        PromptTokens = 1,
        ModelHash = "0123",
        Fingerprint = "4567",
        Exact = true,
    };

    // With everything that later versions added.
    private static SessionState Current
    {
        get
        {
            var state = Sample;
            state.Turns[0].Priority = -7;
            state.Turns[0].Reserved = 300;
            state.Accounted = new UsageCounts { Requests = 2, PromptTokens = 1, GeneratedTokens = 6, DeliveredTokens = 5 };
            state.Requests = 2;
            state.Aborted = 1;
            state.Shared = 4;
            state.ReadTo = 6;
            state.DeliveredBefore = 3;
            return state;
        }
    }

    [Fact]
    public void A_session_stored_by_the_first_version_can_be_read()
    {
        var state = StoredBlobs.Serializer.Deserialize<SessionState>(Convert.FromBase64String(FirstVersion));
        Assert.Equivalent(Sample, state, strict: true);
    }

    [Fact]
    public void A_session_stored_by_the_version_with_tenants_can_be_read()
    {
        var state = StoredBlobs.Serializer.Deserialize<SessionState>(Convert.FromBase64String(WithTenants));
        Assert.Equivalent(Current, state, strict: true);
    }

    [Fact]
    public void What_is_stored_is_read_back_whole()
    {
        var serializer = StoredBlobs.Serializer;
        Assert.Equivalent(Current, serializer.Deserialize<SessionState>(serializer.SerializeToArray(Current)), strict: true);
    }

    [Fact]
    public void Every_field_of_the_sample_says_something_so_that_none_goes_unpinned()
    {
        Assert.All(typeof(SessionState).GetProperties().Where(p => p.CanWrite), p => AssertSays(p.GetValue(Current)));
        Assert.All(typeof(TurnState).GetProperties().Where(p => p.CanWrite), p => AssertSays(p.GetValue(Current.Turns[0])));

        static void AssertSays(object? value)
        {
            Assert.NotNull(value);
            Assert.NotEqual(value.GetType().IsValueType ? Activator.CreateInstance(value.GetType()) : null, value);
        }
    }
}
