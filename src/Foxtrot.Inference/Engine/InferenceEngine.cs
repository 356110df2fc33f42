using System.Collections.Concurrent;
using Foxtrot.Inference.Devices;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Models;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>
/// Generates for many requests at once on one device, on a thread of its own: sequences join and leave at every step
/// (continuous batching; Yu et al. 2022, "Orca"), and no neighbour changes a bit of what a sequence says.
/// </summary>
/// <remarks>Thread-safe. More requests than slots wait their turn; they are never refused.</remarks>
public sealed class InferenceEngine : IAsyncDisposable
{
    private readonly ConcurrentQueue<Command> _commands = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly LoadedModel _model;
    private readonly ForwardRunner _runner;
    private readonly BatchSampler _sampler;
    private readonly EngineCore _core;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts an engine.</summary>
    /// <param name="model">The model; stays the caller's, who disposes of it after the engine.</param>
    /// <param name="options">How to batch.</param>
    /// <param name="observer">Hears of every step; null for nobody.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists all errors.</exception>
    public InferenceEngine(LoadedModel model, EngineOptions options, EngineObserver? observer = null, TimeProvider? time = null)
    {
        if (options.Validate() is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join(" ", errors), nameof(options));
        }

        _model = model;
        _time = time ?? TimeProvider.System;
        ContextLength = options.ContextLength == 0
            ? model.ContextLength
            : Math.Min(options.ContextLength, model.ContextLength);

        // Rows that influence each other may only run alone.
        Slots = model.Graph.RowsIndependent ? options.Slots : 1;
        _runner = ForwardRunner.Create(model, Slots, ContextLength);
        _sampler = new BatchSampler(options.SamplerThreads, _time);
        _core = new EngineCore(_runner, options, _sampler, _time, observer ?? new EngineObserver());
        _thread = new Thread(Loop) { IsBackground = true, Name = $"engine {model.Device}" };
        _thread.Start();
    }

    /// <summary>Positions per sequence, prompt and output together.</summary>
    public int ContextLength { get; }

    /// <summary>Sequences that run at once.</summary>
    public int Slots { get; }

    /// <summary>Entries of a row of logits.</summary>
    public int Vocabulary => _model.Graph.Vocabulary;

    /// <summary>Ends when the engine does; faulted when it could not go on.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Queues a generation.</summary>
    /// <returns>The running generation.</returns>
    /// <exception cref="ArgumentException">The request is invalid; the message lists all errors.</exception>
    /// <exception cref="ObjectDisposedException">The engine has been stopped.</exception>
    /// <exception cref="InvalidOperationException">The engine has failed and takes nothing any more.</exception>
    public Generation Submit(GenerationRequest request)
    {
        if (_completion.Task.Exception is { } failure)
        {
            throw new InvalidOperationException($"the engine has failed: {failure.InnerException!.Message}", failure.InnerException);
        }

        ObjectDisposedException.ThrowIf(_stopping, this);
        if (request.Validate(Vocabulary, ContextLength) is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join("; ", errors.Select(e => e.Message)), nameof(request));
        }

        var sequence = NewSequence(request, ContextLength, Vocabulary, _time.GetTimestamp(), Cancel);
        var isNewcomer = _core.Tenants.IsNewcomer(request.Tenant);
        Send(new Command(sequence, false, null, 0));
        if (isNewcomer)
        {
            _core.Interruptions.Ask();
        }

        return sequence.Generation;
    }

    /// <summary>What every tenant has got and has; allocated for the caller.</summary>
    public IReadOnlyList<TenantService> Tenants => _core.Tenants.Read();

    /// <summary>What one tenant has got and has; null when the engine has never heard of it.</summary>
    public TenantService? TenantOf(string name) => _core.Tenants.TryRead(name, out var service) ? service : null;

    /// <summary>Sum of the weights of the tenants that have sequences here now.</summary>
    public double ActiveWeight => _core.Tenants.ActiveWeight;

    /// <summary>How long a sequence holds a slot on average, the latest ones counting most; zero until one has ended.</summary>
    public TimeSpan MeanHold => _core.MeanHold;

    /// <summary>Counts service that a tenant received elsewhere, from the next step on: here it is then served as if it had had it here.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="weighted">Service divided by weight, as <see cref="TenantService.Weighted"/>; not negative.</param>
    public void AddService(string tenant, double weighted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weighted);
        Send(new Command(null, false, tenant, weighted));
    }

    /// <summary>Cancels what runs, stops the thread and frees the cache.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping)
        {
            _stopping = true;
            _wake.Set();
        }

        await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _thread.Join();
        _wake.Dispose();
    }

    internal static Sequence NewSequence(GenerationRequest request, int contextLength, int vocabulary, long now, Action<Generation> cancel)
    {
        var turn = request.Log.TurnStart;
        var outputs = Math.Min(request.MaxTokens, contextLength - turn);
        var generation = new Generation(request, outputs, now, cancel);
        var sampler = new RowSampler(
            request.Sampling, vocabulary, request.Seed, request.Choice, request.Log.Tokens[..turn], [.. request.EndTokens], request.LogProbabilities, outputs);
        var sequence = new Sequence(generation, sampler, turn + outputs);
        generation.Sequence = sequence;
        return sequence;
    }

    private void Cancel(Generation generation) => Send(new Command(generation.Sequence, true, null, 0));

    private void Send(Command command)
    {
        _commands.Enqueue(command);
        if (_completion.Task.IsCompleted)
        {
            RejectCommands();
            return;
        }

        _wake.Set();
    }

    private void Loop()
    {
        ComputeThread.StandBack(_model.Niceness);
        try
        {
            while (!_stopping)
            {
                ApplyCommands();
                if (!_core.Step())
                {
                    _wake.WaitOne();
                }
            }

            _core.EndAll(FinishReason.Cancelled);
            Stop();
            _completion.SetResult();
        }
        catch (Exception error)
        {
            _stopping = true;
            _core.EndAll(FinishReason.Failed, error);
            Stop();
            _completion.SetException(error);
        }

        RejectCommands();
    }

    private void Stop()
    {
        _sampler.Dispose();
        _runner.Dispose();
    }

    private void ApplyCommands()
    {
        _core.Interruptions.Restart();
        while (_commands.TryDequeue(out var command))
        {
            if (command.Sequence is not { } sequence)
            {
                _core.Tenants.AddService(command.Tenant!, command.Weighted);
            }
            else if (command.Cancel)
            {
                _core.End(sequence, FinishReason.Cancelled);
            }
            else
            {
                _core.Add(sequence);
            }
        }
    }

    // What arrives while the engine stops has no step to wait for.
    private void RejectCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Sequence?.Generation.Finish(FinishReason.Cancelled);
        }
    }

    // A sequence to add or to cancel, or service to count.
    private readonly record struct Command(Sequence? Sequence, bool Cancel, string? Tenant, double Weighted);
}
