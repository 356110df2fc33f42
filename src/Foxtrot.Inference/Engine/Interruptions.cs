using Foxtrot.Inference.Batching;
using Foxtrot.Inference.ForwardPass;

namespace Foxtrot.Inference.Engine;

/// <summary>
/// Stops the forward pass under way for a tenant that comes back from idle: its first token then waits for its own prompt instead of
/// everybody's next tokens.
/// </summary>
/// <remarks>
/// Nothing of a stopped pass is kept, so planning again finds the state from before it. After a stop every pass runs to its end until
/// those who generate have got a token, however many newcomers there are. <see cref="Ask"/> is thread-safe, the rest belongs to the
/// engine's thread.
/// </remarks>
/// <param name="runner">Whose passes are stopped.</param>
/// <param name="budget">How many may be.</param>
/// <param name="time">The engine's clock.</param>
internal sealed class Interruptions(ForwardRunner runner, InterruptionBudget budget, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _decodeRow;
    private double _promptToken;
    private bool _isAsked;
    private bool _isDecode;
    private bool _isUnderWay;
    private bool _isStopped;
    private bool _isSpared;
    private int _tokens;
    private long _start;
    private long _expected;

    /// <summary>Says that somebody waits whom the pass under way would keep waiting.</summary>
    public void Ask()
    {
        lock (_lock)
        {
            _isAsked = true;
            if (_isUnderWay && !_isStopped && !_isSpared && budget.TrySpend(time.GetTimestamp() - _start, _expected))
            {
                _isStopped = true;
                runner.Interrupt();
            }
        }
    }

    /// <summary>Says that the next plan will know of everybody who has asked so far.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            _isAsked = false;
        }
    }

    /// <summary>Asks to begin a pass.</summary>
    /// <param name="isDecode">Whether it feeds the rows that generate, or else prompt tokens.</param>
    /// <param name="tokens">Tokens that it feeds, padding included.</param>
    /// <returns>Whether to begin; false when somebody has asked since the plan was made, which costs nothing.</returns>
    public bool TryBegin(bool isDecode, int tokens)
    {
        lock (_lock)
        {
            if (_isAsked && !_isSpared)
            {
                _isSpared = true;
                return false;
            }

            _isUnderWay = true;
            _isDecode = isDecode;
            _tokens = tokens;
            _expected = (long)(tokens * (isDecode ? _decodeRow : _promptToken));
            _start = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>Ends the pass.</summary>
    /// <param name="isDone">Whether it came to its end.</param>
    /// <returns>How long it took.</returns>
    public long End(bool isDone)
    {
        lock (_lock)
        {
            var elapsed = time.GetTimestamp() - _start;
            _isUnderWay = false;
            if (_isStopped)
            {
                _isStopped = false;
                runner.Resume();
            }

            if (!isDone)
            {
                _isSpared = true;
                return elapsed;
            }

            budget.Earn(elapsed);
            if (_isDecode)
            {
                _isSpared = false;
                _decodeRow = (double)elapsed / _tokens;
            }
            else
            {
                _promptToken = (double)elapsed / _tokens;
            }

            return elapsed;
        }
    }
}
