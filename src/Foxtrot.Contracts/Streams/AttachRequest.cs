namespace Foxtrot.Contracts.Streams;

/// <summary>Asks a session to deliver its output tokens from an index on.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.attach")]
public sealed record AttachRequest
{
    /// <summary>Where to deliver.</summary>
    [Id(0)]
    public required ITokenSink Sink { get; init; }

    /// <summary>The sink's number for this attachment; never used twice.</summary>
    [Id(1)]
    public required long Stream { get; init; }

    /// <summary>First output token to deliver.</summary>
    [Id(2)]
    public int From { get; init; }

    /// <summary>Output tokens that the reader has been given already, ending before <see cref="From"/>: a resumed session never changes them.</summary>
    [Id(3)]
    public int[] Delivered { get; init; } = [];

    /// <summary>The highest epoch that the reader has seen; 0 for none.</summary>
    [Id(4)]
    public int Epoch { get; init; }
}
