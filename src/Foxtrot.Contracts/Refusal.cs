namespace Foxtrot.Contracts;

/// <summary>Why something was not done. An expected outcome, not an exception; every edge maps it once.</summary>
public enum RefusalKind
{
    /// <summary>The request is wrong: 400.</summary>
    Invalid = 0,

    /// <summary>There is no such model or session: 404.</summary>
    NotFound = 1,

    /// <summary>The session's state does not allow it now: 409.</summary>
    Conflict = 2,

    /// <summary>A queue, a rate or a quota is full: 429, to be tried again later.</summary>
    QueueFull = 3,

    /// <summary>No worker has the model at the moment: 503.</summary>
    Unavailable = 4,

    /// <summary>Something failed that should not have: 500.</summary>
    Failed = 5,

    /// <summary>The tenant may not: 403.</summary>
    Forbidden = 6,
}

/// <summary>A refusal with its reason.</summary>
/// <param name="Kind">What sort.</param>
/// <param name="Message">For people: names the field, the bound and the value.</param>
/// <param name="Param">The field at fault, by its name in the API; null when there is none.</param>
/// <param name="Code">A stable word for programs, such as <c>context_length_exceeded</c>; null when there is none.</param>
/// <param name="RetryAfterSeconds">When trying again makes sense; 0 when it does not.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.refusal")]
public sealed record Refusal(
    [property: Id(0)] RefusalKind Kind,
    [property: Id(1)] string Message,
    [property: Id(2)] string? Param = null,
    [property: Id(3)] string? Code = null,
    [property: Id(4)] int RetryAfterSeconds = 0);

/// <summary>A value, or the reason why there is none.</summary>
/// <typeparam name="T">The value's type.</typeparam>
[GenerateSerializer, Immutable, Alias("foxtrot.outcome`1")]
public sealed record Outcome<T>
    where T : class
{
    /// <summary>The value; null when refused.</summary>
    [Id(0)]
    public T? Value { get; init; }

    /// <summary>Why not; null when there is a value.</summary>
    [Id(1)]
    public Refusal? Refusal { get; init; }

    /// <summary>What sort of outcome it is. Orleans logs results by this text, and values may hold what users wrote.</summary>
    public override string ToString() => Refusal is { } refusal ? $"refused: {refusal.Kind}" : typeof(T).Name;

    /// <summary>A value is an outcome.</summary>
    public static implicit operator Outcome<T>(T value) => new() { Value = value };

    /// <summary>So is a refusal.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new() { Refusal = refusal };
}
