using Foxtrot.Contracts.Streams;
using Orleans.Concurrency;

namespace Foxtrot.Contracts.Sessions;

/// <summary>
/// A generation that is not stored: it lives as long as its reader, who holds its log. Its key is a <see cref="SessionKey"/>.
/// </summary>
[Alias("foxtrot.IGeneration")]
public interface IGenerationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Generates and delivers to the request's sink. Returns when the stream has ended, in band, or with a refusal when it never
    /// started. A reader that lost its worker calls again with what was delivered, which is never changed.
    /// </summary>
    [Alias("Run"), AlwaysInterleave, ResponseTimeout("1.00:00:00")]
    Task<Refusal?> Run(SessionRequest request, AttachRequest attach);

    /// <summary>Stops delivering to a stream, and generating when it was the last one.</summary>
    [Alias("Detach"), AlwaysInterleave]
    Task Detach(long stream);

    /// <summary>Stops generating before the next step; the stream then ends in band.</summary>
    [Alias("Cancel"), AlwaysInterleave]
    Task Cancel();
}
