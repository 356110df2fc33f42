using Foxtrot.Inference.ForwardPass;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Engine;

/// <summary>The forward passes of one step: what they are fed, how long they take, and how they end early.</summary>
/// <remarks>Belongs to the engine's thread. Logits are the runner's, until the next pass. Allocates nothing in a pass that decodes.</remarks>
internal sealed class StepPasses(ForwardRunner runner, Interruptions interruptions)
{
    private readonly int[] _tokens = new int[runner.Slots];
    private readonly int[] _lengths = new int[runner.Slots];
    private int[] _padded = [];

    /// <summary>Time of the decode pass, in time stamps.</summary>
    public long DecodeTime { get; private set; }

    /// <summary>Time of the prefill pass.</summary>
    public long PrefillTime { get; private set; }

    /// <summary>Time of a pass that was stopped for a newcomer.</summary>
    public long LostTime { get; private set; }

    /// <summary>Why the latest pass failed; null when it did not.</summary>
    public OnnxRuntimeException? Error { get; private set; }

    /// <summary>Begins a step.</summary>
    public void Restart()
    {
        DecodeTime = 0;
        PrefillTime = 0;
        LostTime = 0;
        Error = null;
    }

    /// <summary>Asks whether a pass over prompt tokens may begin, before anything is changed for it.</summary>
    public bool TryBeginPrefill(int tokens) => interruptions.TryBegin(isDecode: false, tokens);

    /// <summary>Feeds every row its next token.</summary>
    /// <param name="rows">The sequences at the first slots.</param>
    /// <param name="logits">[rows, vocabulary].</param>
    /// <returns>False when nothing was fed: somebody waits, the pass was stopped, or it failed.</returns>
    public bool TryDecode(ReadOnlySpan<Sequence> rows, out Span<float> logits)
    {
        logits = [];
        Error = null;
        if (!interruptions.TryBegin(isDecode: true, rows.Length))
        {
            return false;
        }

        for (var r = 0; r < rows.Length; r++)
        {
            _tokens[r] = rows[r].NextToken;
            _lengths[r] = rows[r].Fed;
        }

        var isDone = false;
        try
        {
            logits = runner.Decode(_tokens.AsSpan(0, rows.Length), _lengths.AsSpan(0, rows.Length));
            isDone = true;
        }
        catch (PassInterruptedException)
        {
        }
        catch (OnnxRuntimeException error)
        {
            Error = error;
        }

        DecodeTime = End(isDone);
        return isDone;
    }

    /// <summary>Feeds prompt tokens, after <see cref="TryBeginPrefill"/>.</summary>
    /// <param name="rows">One sequence at any point of its prompt, or several with their whole prompts in consecutive empty slots.</param>
    /// <param name="width">Tokens of the run of one sequence; the padded width of several.</param>
    /// <param name="isBatch">Whether the rows are padded, a single one, too.</param>
    /// <param name="logits">[rows, vocabulary]: after each row's last token.</param>
    /// <returns>False when nothing was fed: the pass was stopped, or it failed.</returns>
    public bool TryPrefill(ReadOnlySpan<Sequence> rows, int width, bool isBatch, out Span<float> logits)
    {
        logits = [];
        var isDone = false;
        try
        {
            logits = isBatch ? PrefillBatch(rows, width) : runner.Prefill(rows[0].Slot, rows[0].NextTokens(width), rows[0].Fed);
            isDone = true;
        }
        catch (PassInterruptedException)
        {
        }
        catch (OnnxRuntimeException error)
        {
            Error = error;
        }

        PrefillTime = End(isDone);
        return isDone;
    }

    private Span<float> PrefillBatch(ReadOnlySpan<Sequence> rows, int width)
    {
        if (_padded.Length < rows.Length * width)
        {
            _padded = new int[rows.Length * width];
        }

        for (var i = 0; i < rows.Length; i++)
        {
            var run = rows[i].PromptRun;
            var row = _padded.AsSpan(i * width, width);
            rows[i].NextTokens(run).CopyTo(row);
            row[run..].Fill(row[0]);
            _lengths[i] = run;
        }

        return runner.PrefillBatch(rows[0].Slot, _padded.AsSpan(0, rows.Length * width), width, _lengths.AsSpan(0, rows.Length));
    }

    // A failed pass took its time, too; a stopped one took somebody else's.
    private long End(bool isDone)
    {
        var elapsed = interruptions.End(isDone);
        if (isDone || Error is not null)
        {
            return elapsed;
        }

        LostTime = elapsed;
        return 0;
    }
}
