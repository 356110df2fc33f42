using Foxtrot.Inference.Engine;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>One random day of an engine: options, requests, when they arrive, and which are cancelled or interrupted.</summary>
internal sealed class RandomSchedule
{
    /// <summary>The most positions that a schedule's slots have.</summary>
    public const int LongestContext = 120;

    private readonly Random _random;
    private readonly int _vocabulary;
    private readonly bool _crowded;

    /// <param name="seed">Decides everything.</param>
    /// <param name="vocabulary">The model's.</param>
    /// <param name="crowded">Whether several tenants compete for few slots and preempt each other as often as can be.</param>
    public RandomSchedule(int seed, int vocabulary, bool crowded = false)
    {
        _random = new Random(seed);
        _vocabulary = vocabulary;
        _crowded = crowded;
        var context = _random.Next(40, LongestContext + 1);
        Options = new EngineOptions
        {
            Slots = _random.Next(1, 9),
            ContextLength = context,
            StepTokenBudget = _random.Next(16, 97),
            PrefillChunk = _random.Next(2, 65),
            SamplerThreads = _random.Next(1, 3),
        };
        if (crowded)
        {
            Options = Options with { Slots = _random.Next(1, 4), PreemptionLead = _random.Next(3) * 10, PreemptionQuantum = _random.Next(1, 4) };
        }

        Arrivals = [.. Enumerable.Range(0, _random.Next(1, 11)).Select(_ => NewArrival(context))];
    }

    public EngineOptions Options { get; }

    public IReadOnlyList<Arrival> Arrivals { get; }

    private Arrival NewArrival(int context)
    {
        var request = NewRequest(context);
        int? cancelAt = _random.Next(3) == 0 ? _random.Next(0, 30) : null;
        var arrival = new Arrival(request, _random.Next(0, 20), cancelAt, Resume: _random.Next(4) != 0, StopAfter: 0);
        return _crowded ? Crowded(arrival) : arrival;
    }

    // Long outputs, so that there is time to be preempted, and every sampler whose state a second look at a token would spoil.
    private Arrival Crowded(Arrival arrival)
    {
        var tenant = _random.Next(3);
        var request = arrival.Request with
        {
            Tenant = $"tenant {tenant}",
            Weight = _random.Next(2) == 0 ? 1 : 0.5 + tenant,
            Priority = _random.Next(-1, 2),
            MaxTokens = _random.Next(10, 60),
            Sampling = arrival.Request.Sampling with
            {
                Mirostat = _random.Next(3) == 0 ? 2 : 0,
                PresencePenalty = _random.Next(3) == 0 ? 0.5 : 0,
                DryMultiplier = _random.Next(3) == 0 ? 0.8 : 0,
                NoRepeatNgramSize = _random.Next(4) == 0 ? 3 : 0,
                XtcProbability = _random.Next(4) == 0 ? 0.5 : 0,
                MinTokens = _random.Next(3) == 0 ? _random.Next(1, 10) : 0,
                BadWords = _random.Next(4) == 0 ? [NewTokens(1), NewTokens(2)] : [],
            },
        };
        if (_random.Next(3) == 0)
        {
            // One that ran elsewhere before.
            request = request with { Log = request.Log.Append(TokenSource.Generated, NewTokens(_random.Next(1, 8))), Resumed = true };
        }

        return arrival with { Request = request, StopAfter = _random.Next(3) == 0 ? _random.Next(1, 40) : 0 };
    }

    private GenerationRequest NewRequest(int context)
    {
        // Earlier turns, so that rebuilding a conversation mixes both kinds of runs; one-token runs are the hard case.
        var log = TokenLog.FromPrompt(NewTokens(NewLength(context / 3)));
        if (_random.Next(3) == 0)
        {
            log = log.Append(TokenSource.Generated, NewTokens(_random.Next(1, 6)))
                .Append(TokenSource.Prompt, NewTokens(NewLength(context / 4)));
        }

        return new GenerationRequest
        {
            Log = log,
            Seed = (ulong)_random.NextInt64(),
            Choice = _random.Next(0, 4),
            MaxTokens = _random.Next(1, 25),
            EndTokens = _random.Next(2) == 0 ? [0] : [],
            Sampling = NewParams(),
            LogProbabilities = _random.Next(-1, 3),
        };
    }

    private SamplingParams NewParams() => new()
    {
        Temperature = _random.Next(6) == 0 ? 0 : 0.5 + _random.NextDouble(),
        TopK = _random.Next(3) == 0 ? _random.Next(1, Math.Min(60, _vocabulary)) : 0,
        TopP = _random.Next(3) == 0 ? 0.5 + (_random.NextDouble() / 2) : 1,
        MinP = _random.Next(3) == 0 ? _random.NextDouble() / 10 : 0,
        RepetitionPenalty = _random.Next(4) == 0 ? 1.2 : 1,
        FrequencyPenalty = _random.Next(4) == 0 ? 0.3 : 0,
        Mirostat = _random.Next(6) == 0 ? 2 : 0,
        Draw = _random.Next(4) == 0 ? DrawMethod.Gumbel : DrawMethod.InverseCdf,
    };

    private int NewLength(int most) => _random.Next(4) == 0 ? _random.Next(1, 4) : _random.Next(1, most + 1);

    private int[] NewTokens(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(_vocabulary))];

    /// <summary>
    /// A request, the step at which it arrives, the step at which it is cancelled, whether it is then resumed, and after how many
    /// output tokens its monitor stops it; 0 for no monitor.
    /// </summary>
    internal sealed record Arrival(GenerationRequest Request, int Step, int? CancelAfter, bool Resume, int StopAfter);
}
