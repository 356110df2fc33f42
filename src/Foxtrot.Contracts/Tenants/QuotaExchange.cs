namespace Foxtrot.Contracts.Tenants;

/// <summary>What one process says and wants of a tenant's limits.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.quota_ask")]
public sealed record QuotaAsk
{
    /// <summary>The process: another name each time it starts.</summary>
    [Id(0)]
    public required string Holder { get; init; }

    /// <summary>Counts the process's questions, from 1; a question that is asked again keeps its number.</summary>
    [Id(1)]
    public required long Number { get; init; }

    /// <summary>About requests per minute; null when there is nothing to say.</summary>
    [Id(2)]
    public RateAsk? Requests { get; init; }

    /// <summary>About tokens per minute; null when there is nothing to say.</summary>
    [Id(3)]
    public RateAsk? Tokens { get; init; }

    /// <summary>About concurrent sequences; null when there is nothing to say.</summary>
    [Id(4)]
    public PermitAsk? Sequences { get; init; }
}

/// <summary>About one limit per minute. Amounts are requests or tokens.</summary>
/// <param name="Need">What is missing for everybody who waits; 0 when nobody does.</param>
/// <param name="Least">What is missing for whoever waits for least: less than that helps nobody.</param>
/// <param name="Held">What the process holds and may still spend.</param>
/// <param name="Returned">What it gives back.</param>
/// <param name="Debt">What was spent beyond all that was held.</param>
/// <param name="Spare">Whether it wants to hold something for those who come next.</param>
/// <param name="Seen">What it last saw of the level; null when it saw none.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.rate_ask")]
public sealed record RateAsk(
    [property: Id(0)] long Need,
    [property: Id(1)] long Least,
    [property: Id(2)] long Held,
    [property: Id(3)] long Returned,
    [property: Id(4)] long Debt,
    [property: Id(5)] bool Spare,
    [property: Id(6)] RateSight? Seen);

/// <summary>What a process saw of a limit's level: all that a quota that has lost its memory can go by.</summary>
/// <param name="Level">What was left for everybody.</param>
/// <param name="Held">What the process itself held then: it took room in the bucket until the next exchange.</param>
/// <param name="AgeSeconds">How long ago, on the process's own clock, which never steps.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.rate_sight")]
public sealed record RateSight([property: Id(0)] double Level, [property: Id(1)] long Held, [property: Id(2)] double AgeSeconds);

/// <summary>About permits for concurrent sequences.</summary>
/// <param name="Keep">Permits in use; they stay, whatever the limit.</param>
/// <param name="Wanted">Permits wanted, those in use included.</param>
/// <param name="Spare">Whether it wants to hold some for those who come next.</param>
/// <param name="Others">What it last saw others hold; null when it saw nothing.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.permit_ask")]
public sealed record PermitAsk([property: Id(0)] int Keep, [property: Id(1)] int Wanted, [property: Id(2)] bool Spare, [property: Id(3)] int? Others);

/// <summary>What is granted.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.quota_reply")]
public sealed record QuotaReply
{
    /// <summary>Of requests per minute; null when not asked about.</summary>
    [Id(0)]
    public RateReply? Requests { get; init; }

    /// <summary>Of tokens per minute; null when not asked about.</summary>
    [Id(1)]
    public RateReply? Tokens { get; init; }

    /// <summary>Of concurrent sequences; null when not asked about.</summary>
    [Id(2)]
    public PermitReply? Sequences { get; init; }
}

/// <summary>A lease of a limit per minute.</summary>
/// <param name="Granted">What comes on top of what was held.</param>
/// <param name="Level">What is left for everybody after that; below 0 is debt.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.rate_reply")]
public sealed record RateReply([property: Id(0)] long Granted, [property: Id(1)] double Level);

/// <summary>A lease of permits.</summary>
/// <param name="Held">Permits that the process holds from now on, those in use included.</param>
/// <param name="Others">What others hold.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.permit_reply")]
public sealed record PermitReply([property: Id(0)] int Held, [property: Id(1)] int Others);
