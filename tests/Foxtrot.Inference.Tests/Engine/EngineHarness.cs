using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Foxtrot.Inference.Batching;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>An engine that the test steps by hand, with the invariants checked after every step.</summary>
internal sealed class EngineHarness : IDisposable
{
    private readonly ForwardRunner _runner;
    private readonly BatchSampler _sampler;
    private readonly int _contextLength;

    public EngineHarness(LoadedModel model, EngineOptions options, EngineObserver? observer = null, InterruptionBudget? budget = null)
    {
        _contextLength = options.ContextLength;
        _runner = ForwardRunner.Create(model, options.Slots, options.ContextLength);
        _sampler = new BatchSampler(options.SamplerThreads);
        Core = new EngineCore(_runner, options, _sampler, TimeProvider.System, observer ?? new EngineObserver(), budget);
    }

    public EngineCore Core { get; }

    /// <summary>Queues a request and records a hash of the raw logits of every output token.</summary>
    public Recorded Submit(GenerationRequest request)
    {
        Assert.Empty(request.Validate(_runner.Vocabulary, _contextLength));
        var logits = new List<ulong>();
        var tapped = request with { Tap = (row, _) => logits.Add(Hash(row)) };
        var sequence = InferenceEngine.NewSequence(tapped, _contextLength, _runner.Vocabulary, 0, _ => { });
        Core.Add(sequence);
        return new Recorded(sequence, logits);
    }

    public bool Step()
    {
        Core.Interruptions.Restart();
        var worked = Core.Step();
        EngineInvariants.Check(Core, _contextLength);
        return worked;
    }

    /// <summary>Runs one request with nothing beside it.</summary>
    public Recorded RunAlone(GenerationRequest request)
    {
        var recorded = Submit(request);
        while (Step())
        {
        }

        Assert.NotNull(recorded.Sequence.Generation.FinishReason);
        return recorded;
    }

    public void Dispose()
    {
        _sampler.Dispose();
        _runner.Dispose();
    }

    // Bits, not values: NaN, −0 and denormals count too.
    private static ulong Hash(ReadOnlySpan<float> row)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(row), hash);
        return MemoryMarshal.Read<ulong>(hash);
    }
}

/// <summary>A sequence and the hashes of the logits that its output tokens were chosen from.</summary>
internal sealed record Recorded(Sequence Sequence, List<ulong> Logits)
{
    public int[] Tokens => Sequence.Generation.TokenIds();

    public FinishReason? Finish => Sequence.Generation.FinishReason;
}
