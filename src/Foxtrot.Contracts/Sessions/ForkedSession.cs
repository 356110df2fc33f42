namespace Foxtrot.Contracts.Sessions;

/// <summary>What a fork starts from: the parent's log up to the cut.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.forked_session")]
public sealed record ForkedSession
{
    /// <summary>Where it comes from.</summary>
    [Id(0)]
    public required Lineage Lineage { get; init; }

    /// <summary>The request as the parent had it, with seed, parameters and maximum already changed; its prompt is not read again.</summary>
    [Id(1)]
    public required SessionRequest Request { get; init; }

    /// <summary>All tokens up to the cut, as little-endian 32-bit ids, and a prescribed one.</summary>
    [Id(2)]
    public required byte[] Tokens { get; init; }

    /// <summary>Who wrote them: where each stretch starts, alternating prompt and generated, prompt first.</summary>
    [Id(3)]
    public required int[] Stretches { get; init; }

    /// <summary>The fingerprint that the parent's tokens were computed with, and whether they are exact.</summary>
    [Id(4)]
    public required string Fingerprint { get; init; }

    /// <summary>Whether the parent's tokens are exact.</summary>
    [Id(5)]
    public required bool Exact { get; init; }
}
