using System.Threading.Channels;
using Foxtrot.Client.Streams;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>A stream that says what a test tells it to, when the test tells it to.</summary>
internal sealed class ScriptedReader : GenerationReader
{
    private readonly Channel<TokenEvent> _tokens = Channel.CreateUnbounded<TokenEvent>();
    private readonly TaskCompletionSource<Refusal?> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StreamEnd? _end;
    private int _index;

    public SessionRequest? Request { get; init; }

    public int From { get; init; }

    /// <summary>Completes when somebody cancels the generation.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Completes when the reader was disposed of.</summary>
    public Task Disposed => _disposed.Task;

    /// <summary>Tokens that were taken.</summary>
    public int Taken { get; private set; }

    /// <summary>What cancelling does; by default the stream ends as cancelled.</summary>
    public Action<ScriptedReader> OnCancel { get; set; } = reader => reader.Finish(Contracts.Streams.Finish.Cancelled);

    public ScriptedReader Accept(int promptTokens = 5, string? promptText = null, string fingerprint = "fedcba9876543210")
    {
        Start = new(1, 1, promptTokens, Request?.Seed ?? 42, "0123456789abcdef", fingerprint, true, promptText);
        _index = From;
        _accepted.TrySetResult(null);
        return this;
    }

    public ScriptedReader Refuse(Refusal refusal)
    {
        _accepted.TrySetResult(refusal);
        _tokens.Writer.TryComplete();
        return this;
    }

    public ScriptedReader Say(string text, string? own = null, double logProbability = -0.5, TopToken[]? top = null, int? id = null)
    {
        var wanted = Request?.LogProbabilities ?? 0;
        var detail = wanted < 0 ? null : new TokenDetail(logProbability, own ?? text, top ?? [.. Enumerable.Range(0, wanted).Select(i => new TopToken(100 + i, i == 0 ? own ?? text : $"alt{i}", logProbability - i))]);
        _tokens.Writer.TryWrite(new(1, _index, id ?? 1000 + _index, text, 0.25, 0.5, detail));
        _index++;
        return this;
    }

    public ScriptedReader Finish(Finish finish = Contracts.Streams.Finish.Stop, string rest = "", Refusal? error = null, Receipt? receipt = null)
    {
        _end = new(1, false, _index, finish, rest, new(Start?.PromptTokens ?? 0, _index - From, 2), receipt, error);
        _tokens.Writer.TryComplete();
        return this;
    }

    public ScriptedReader Break(Exception failure)
    {
        _tokens.Writer.TryComplete(failure);
        return this;
    }

    public override async ValueTask<Refusal?> StartAsync(CancellationToken cancellationToken) => await _accepted.Task.WaitAsync(cancellationToken);

    public override async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        if (await _tokens.Reader.WaitToReadAsync(cancellationToken))
        {
            return true;
        }

        End = _end;
        return false;
    }

    public override bool TryRead(out TokenEvent token)
    {
        if (!_tokens.Reader.TryRead(out token))
        {
            return false;
        }

        Taken++;
        return true;
    }

    public override Task CancelAsync()
    {
        if (_cancelled.TrySetResult())
        {
            OnCancel(this);
        }

        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
