namespace Foxtrot.Contracts.Sessions;

/// <summary>What a replay said of a receipt.</summary>
/// <param name="Match">Whether everything agrees.</param>
/// <param name="Position">First output token that differs; −1 when none does.</param>
/// <param name="Reason">What does not agree; null when everything does.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.verify_view")]
public sealed record VerifyView([property: Id(0)] bool Match, [property: Id(1)] int Position, [property: Id(2)] string? Reason);
