using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Streams;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Text;

namespace Foxtrot.Cluster.Sessions;

/// <summary>A turn on the engine, with its tokens as readers get them.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SessionRun
{
    private readonly WorkerModel _model;
    private readonly OutputText _text;
    private readonly int _continued;
    private readonly Lazy<string> _rest;
    private volatile bool _cancelled;

    /// <param name="model">Where it runs.</param>
    /// <param name="generation">On the engine.</param>
    /// <param name="text">Its text.</param>
    /// <param name="firstIndex">Index of its first output token among the session's.</param>
    /// <param name="continued">Output tokens of earlier turns at the beginning of the generation.</param>
    /// <param name="promptTokens">Tokens of the session before the turn's output.</param>
    public SessionRun(WorkerModel model, Generation generation, OutputText text, int firstIndex, int continued, int promptTokens)
    {
        _model = model;
        _text = text;
        _continued = continued;
        _rest = new(text.Rest);
        Generation = generation;
        FirstIndex = firstIndex;
        PromptTokens = promptTokens;
    }

    /// <summary>On the engine.</summary>
    public Generation Generation { get; }

    /// <summary>Index of its first output token among the session's.</summary>
    public int FirstIndex { get; }

    /// <summary>Tokens of the session before the turn's output.</summary>
    public int PromptTokens { get; }

    /// <summary>Output tokens of the turn so far.</summary>
    public int Count => Math.Max(Generation.Count - _continued, 0);

    /// <summary>Whether it has ended; read it before <see cref="Count"/>, which is then final.</summary>
    public bool HasEnded => Generation.FinishReason is not null;

    /// <summary>Text held back until the end; of a run that has ended.</summary>
    public string Rest => _rest.Value;

    /// <summary>Why it ended.</summary>
    public Finish Finish => Generation.FinishReason switch
    {
        FinishReason.EndToken or FinishReason.StopString => Finish.Stop,
        FinishReason.Length => Finish.Length,
        FinishReason.Cancelled => Finish.Cancelled,
        _ => Finish.Failed,
    };

    /// <summary>An output token's id.</summary>
    /// <param name="index">Index within the turn.</param>
    public int TokenAt(int index) => Generation[index + _continued].Id;

    /// <summary>Copies output tokens.</summary>
    public int[] Tokens(int from, int to)
    {
        var tokens = new int[to - from];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = TokenAt(from + i);
        }

        return tokens;
    }

    /// <summary>An output token as a reader gets it.</summary>
    /// <param name="stream">The reader's number.</param>
    /// <param name="index">Index within the turn.</param>
    public TokenEvent EventAt(long stream, int index)
    {
        var token = Generation[index + _continued];
        return new TokenEvent(
            stream,
            FirstIndex + index,
            token.Id,
            _text.Piece(index + _continued),
            token.Draw.Probability,
            token.Draw.U,
            token.Top is null ? null : Detail(token));
    }

    /// <summary>The text so far of a run that has ended.</summary>
    public string Text()
    {
        var count = Count;
        var pieces = new string[count + 1];
        for (var i = 0; i < count; i++)
        {
            pieces[i] = _text.Piece(i + _continued);
        }

        pieces[count] = Rest;
        return string.Concat(pieces);
    }

    /// <summary>Waits until the turn has a number of output tokens, or has ended.</summary>
    public async Task WaitAsync(int count) => await Generation.WaitAsync(count + _continued - 1);

    /// <summary>Whether it was stopped without its owner asking for that: the session goes on elsewhere, and this is no end.</summary>
    public bool WasAbandoned => Generation.FinishReason == FinishReason.Cancelled && !_cancelled;

    /// <summary>Stops it before the next step, because its owner asked.</summary>
    public void Cancel()
    {
        _cancelled = true;
        Generation.Cancel();
    }

    /// <summary>Stops it before the next step, because it does not belong here any more.</summary>
    public void Abandon() => Generation.Cancel();

    private TokenDetail Detail(in GeneratedToken token)
    {
        var top = new TopToken[token.Top!.Length];
        for (var i = 0; i < top.Length; i++)
        {
            var candidate = token.Top[i];
            top[i] = new TopToken(candidate.Token, _model.TokenText(candidate.Token), candidate.LogProbability);
        }

        return new TokenDetail(token.LogProbability, _model.TokenText(token.Id), top);
    }
}
