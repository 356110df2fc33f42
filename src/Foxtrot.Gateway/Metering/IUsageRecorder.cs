using Foxtrot.Contracts.Sessions;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway.Metering;

/// <summary>What one request has cost its tenant.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Tenant">Who pays.</param>
/// <param name="Model">The model.</param>
/// <param name="Usage">The tokens, each prompt counted once however many choices it had.</param>
/// <param name="Choices">How many outputs there were.</param>
/// <param name="Aborted">Whether the client left or the generation failed before its end.</param>
public sealed record UsageRecord(string RequestId, string Tenant, string Model, Usage Usage, int Choices, bool Aborted);

/// <summary>Gets the usage of every request that generated something, however it ended.</summary>
/// <remarks>Thread-safe, quick, does not throw.</remarks>
public interface IUsageRecorder
{
    /// <summary>Takes note.</summary>
    void Record(UsageRecord record);
}

/// <summary>Writes usage to the log.</summary>
internal sealed partial class UsageLog(ILogger<UsageLog> log) : IUsageRecorder
{
    public void Record(UsageRecord record) => Log(
        log, record.RequestId, record.Tenant, record.Model, record.Usage.PromptTokens, record.Usage.CompletionTokens, record.Usage.CachedTokens, record.Choices, record.Aborted);

    [LoggerMessage(2, LogLevel.Information, "Usage of {RequestId}: tenant {Tenant}, model {Model}, {PromptTokens} prompt, {CompletionTokens} generated, {CachedTokens} cached tokens, {Choices} choices, aborted {Aborted}")]
    private static partial void Log(
        ILogger log, string requestId, string tenant, string model, int promptTokens, int completionTokens, int cachedTokens, int choices, bool aborted);
}
