using Foxtrot.Contracts.Streams;
using Orleans.Concurrency;

namespace Foxtrot.Contracts.Sessions;

/// <summary>
/// A durable session: its request, seed and tokens. Lives on a worker that owns its model; its key is a <see cref="SessionKey"/>.
/// </summary>
/// <remarks>It goes on whether somebody reads it or not, and survives its worker.</remarks>
[Alias("foxtrot.ISession")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Creates the session durably and starts to generate.</summary>
    /// <returns>The new session, or a refusal: invalid, conflict when it exists, queue full.</returns>
    [Alias("Create")]
    Task<Outcome<SessionView>> Create(SessionRequest request);

    /// <summary>
    /// Delivers the output tokens from an index on, resuming the generation where it was interrupted. Returns when
    /// the stream has ended, in band, and what was read of it is stored, or with a refusal when there is none to read.
    /// </summary>
    [Alias("Attach"), AlwaysInterleave, ResponseTimeout("1.00:00:00")]
    Task<Refusal?> Attach(AttachRequest attach);

    /// <summary>Stops delivering to a stream; the session goes on.</summary>
    [Alias("Detach"), AlwaysInterleave]
    Task Detach(long stream);

    /// <summary>
    /// Says what a reader has been given whose last <see cref="Attach"/> did not return: the worker may have died before it stored
    /// that. Returns once it is stored.
    /// </summary>
    /// <param name="upTo">First output token that the reader has not been given.</param>
    /// <param name="delivered">Output tokens that it has been given, ending before <paramref name="upTo"/>: a resumed session never changes them.</param>
    [Alias("Acknowledge"), AlwaysInterleave]
    Task Acknowledge(int upTo, int[] delivered);

    /// <summary>Stops generating before the next step.</summary>
    /// <returns>The session, or a refusal when there is none.</returns>
    [Alias("Cancel"), AlwaysInterleave]
    Task<Outcome<SessionView>> Cancel();

    /// <summary>The session as it is.</summary>
    [Alias("View")]
    Task<Outcome<SessionView>> View();

    /// <summary>Starts another turn.</summary>
    [Alias("Extend")]
    Task<Outcome<SessionView>> Extend(ContinueRequest request);

    /// <summary>Creates a session that shares the first output tokens of this one, and starts it.</summary>
    [Alias("Fork")]
    Task<Outcome<SessionView>> Fork(ForkRequest request);

    /// <summary>Keeps only the first output tokens; a running turn is cancelled first.</summary>
    [Alias("Rewind")]
    Task<Outcome<SessionView>> Rewind(int length);

    /// <summary>Cancels and forgets the session.</summary>
    /// <returns>Null, or a refusal when there is none.</returns>
    [Alias("Delete")]
    Task<Refusal?> Delete();

    /// <summary>How one output token was chosen.</summary>
    /// <param name="at">Which output token, from 0; the one after the last is possible too.</param>
    /// <param name="top">Candidates to show, 1 to 1,000.</param>
    [Alias("Explain"), AlwaysInterleave]
    Task<Outcome<ExplanationView>> Explain(int at, int top);

    /// <summary>What the same step would have chosen under other parameters or seeds.</summary>
    [Alias("Resample"), AlwaysInterleave]
    Task<Outcome<ResampleView>> Resample(ResampleRequest request);

    /// <summary>Replays the turn that a receipt of this session is about, and compares.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="text">The output text as its owner has it; null compares hashes alone.</param>
    [Alias("Verify"), AlwaysInterleave]
    Task<Outcome<VerifyView>> Verify(Receipt receipt, string? text);
}
