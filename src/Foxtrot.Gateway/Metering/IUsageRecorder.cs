using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Gateway.Metering;

/// <summary>What one request has cost its tenant.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Tenant">Who pays.</param>
/// <param name="Model">The model.</param>
/// <param name="Usage">The tokens, each prompt counted once however many choices it had.</param>
/// <param name="Choices">How many outputs there were; 0 for a request that only computed again what there was.</param>
/// <param name="Aborted">Whether the client left or the generation failed before its end.</param>
public sealed record UsageRecord(string RequestId, string Tenant, string Model, Usage Usage, int Choices, bool Aborted)
{
    /// <summary>Its outputs, by choice.</summary>
    public IReadOnlyList<OutputUsage> Outputs { get; init; } = [];
}

/// <summary>What one output has cost.</summary>
/// <param name="Session">Its name.</param>
/// <param name="Usage">Its tokens; the prompt's only where it pays for it.</param>
/// <param name="DeliveredTokens">Of the generated tokens, the ones that were written to the client's connection.</param>
/// <param name="Began">Whether a worker ever accepted it.</param>
public sealed record OutputUsage(SessionId Session, Usage Usage, int DeliveredTokens, bool Began);

/// <summary>Gets the usage of every request that generated something, however it ended.</summary>
/// <remarks>Thread-safe, quick, does not throw.</remarks>
public interface IUsageRecorder
{
    /// <summary>The name that workers are given for who reports what clients got; null when nobody does.</summary>
    string? Reader => null;

    /// <summary>Takes note.</summary>
    void Record(UsageRecord record);
}
