using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Client.Streams;

/// <summary>Opens token streams that survive the loss of the worker behind them.</summary>
public interface ISessionStreams
{
    /// <summary>Generates without storing anything; the stream's reader holds the log.</summary>
    /// <param name="key">A new session's key.</param>
    /// <param name="request">What to generate.</param>
    GenerationReader Run(SessionKey key, SessionRequest request);

    /// <summary>Reads a created session's output tokens, those to come included.</summary>
    /// <param name="key">The session's key.</param>
    /// <param name="from">First output token, from 0.</param>
    /// <param name="comesBack">Whether the reader lost its connection before: counted as a resumption.</param>
    GenerationReader Tail(SessionKey key, int from, bool comesBack = false);
}
