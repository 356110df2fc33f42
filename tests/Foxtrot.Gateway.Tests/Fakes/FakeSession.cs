using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>A session that answers what a test put into it and keeps what it was asked. Newer members of the interface come from a proxy.</summary>
public class FakeSession : System.Reflection.DispatchProxy
{
    internal List<(string Method, object?[] Arguments)> Calls { get; } = [];

    internal Refusal? Refusal { get; set; }

    /// <summary>Hears of every call.</summary>
    internal Action<string> Called { get; set; } = _ => { };

    internal Exception? Failure { get; set; }

    internal SessionView View { get; set; } = Example;

    // The same in every process: test runners discover cases in one and run them in another.
    internal static string Id { get; } = "sess_" + SessionId.HashOf(FakeCatalog.Story) + "fedcba98" + new string('c', 24);

    internal static Receipt Receipt { get; } = new()
    {
        Session = Id,
        Model = FakeCatalog.Story,
        ModelHash = "0123456789abcdef",
        Fingerprint = "fedcba9876543210",
        SamplerVersion = 1,
        Seed = ulong.MaxValue,
        Sampling = new() { Temperature = 0.5, LogitBias = new() { [3] = -1.5f }, SamplerOrder = ["temperature", "top_k"] },
        MaxTokens = 64,
        Stop = ["\n\n"],
        EndTokens = [2],
        PromptHash = "aa",
        Tokens = 2,
        OutputHash = "bb",
        Exact = true,
    };

    internal static SessionView Example { get; } = new()
    {
        Id = Id,
        Model = FakeCatalog.Story,
        Created = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
        Status = SessionStatus.Finished,
        Finish = Finish.Stop,
        Seed = ulong.MaxValue,
        Sampling = Receipt.Sampling,
        MaxTokens = 64,
        Stop = ["\n\n"],
        Tokens = [7, 8],
        Text = "Once upon",
        Usage = new(5, 2, 1),
        Lineage = new("sess_" + new string('b', 40), 1),
        Receipt = Receipt,
        Exact = true,
        Epoch = 1,
    };

    internal static (ISessionGrain Grain, FakeSession Fake) Create()
    {
        var grain = Create<ISessionGrain, FakeSession>();
        return (grain, (FakeSession)(object)grain);
    }

    protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args)
    {
        Calls.Add((targetMethod!.Name, args ?? []));
        Called(targetMethod.Name);
        if (Failure is not null)
        {
            throw Failure;
        }

        return targetMethod.Name switch
        {
            "Create" or "Cancel" or "View" or "Extend" or "Fork" or "Rewind" => Of(View),
            "Delete" => Task.FromResult(Refusal),
            "Verify" => Of(new VerifyView(false, 1, "the output differs")),
            "Resample" => Of(new ResampleView(1, 100, [new(7, " upon", 60, true), new(9, " a", 40, false)])),
            "Explain" => Of(Explanation),
            var name => throw new NotSupportedException(name),
        };
    }

    private static ExplanationView Explanation { get; } = new()
    {
        Position = 6,
        Seed = 42,
        Choice = 0,
        Draw = "inverse_cdf",
        U = 0.25,
        Selected = 7,
        Stages = [new("temperature", 0.5, 4096, 0), new("top_k", double.NegativeInfinity, 2, 4094)],
        Tokens = [new(7, " upon", 1.5, 0.75, [0.8, 1], null, 0, 1, null, true), new(9, " a", double.NegativeInfinity, 0, [0, 0], "top_k", null, null, null, false)],
    };

    private Task<Outcome<T>> Of<T>(T value) where T : class => Task.FromResult(Refusal is { } refusal ? (Outcome<T>)refusal : value);
}
