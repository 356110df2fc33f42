using System.Globalization;
using Foxtrot.Client.Streams;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Metering;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>
/// All outputs of one request: each prompt's choices draw with the same seed and choice index 0, 1, 2, ... Disposing of it stops what
/// still runs and waits, for a while, to learn what that has cost.
/// </summary>
internal sealed class ChoiceSet : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _settle;
    private readonly Action<ChoiceSet, bool> _record;

    private ChoiceSet(Choice[] choices, SessionId id, ulong seed, TimeProvider time, TimeSpan settle, Action<ChoiceSet, bool> record) =>
        (Choices, Id, Seed, _time, _settle, _record) = (choices, id, seed, time, settle, record);

    /// <summary>The outputs, by index.</summary>
    public Choice[] Choices { get; }

    /// <summary>The name of the first one's session.</summary>
    public SessionId Id { get; }

    /// <summary>The seed in use.</summary>
    public ulong Seed { get; }

    /// <summary>What the request has cost.</summary>
    public Usage Usage
    {
        get
        {
            var sum = Usage.None;
            foreach (var choice in Choices)
            {
                var one = choice.Usage;
                sum = new(sum.PromptTokens + one.PromptTokens, sum.CompletionTokens + one.CompletionTokens, sum.CachedTokens + one.CachedTokens);
            }

            return sum;
        }
    }

    /// <summary>Asks for all outputs.</summary>
    /// <param name="streams">Where they come from.</param>
    /// <param name="model">The model.</param>
    /// <param name="tenant">Whose they are.</param>
    /// <param name="request">What to generate.</param>
    /// <param name="time">The clock for <paramref name="settle"/>.</param>
    /// <param name="settle">How long to wait for the cost of what was stopped.</param>
    /// <param name="ledgerReader">The name under which this process reports what the client was given; null when it does not.</param>
    /// <param name="record">Gets the cost, and whether the answer did not come to its end.</param>
    public static ChoiceSet Open(
        ISessionStreams streams, ModelInfo model, string tenant, OpenAiRequest request, TimeProvider time, TimeSpan settle, string? ledgerReader, Action<ChoiceSet, bool> record)
    {
        var id = SessionId.New(model.Name, model.Exact ? model.Fingerprint : null);
        var now = time.GetUtcNow();
        var seed = request.Generation.Seed ?? Fingerprints.RandomSeed();
        var choices = new Choice[request.Prompts.Length * request.N];
        for (var index = 0; index < choices.Length; index++)
        {
            var choice = index % request.N;
            var session = new SessionRequest
            {
                Prompt = request.Prompts[index / request.N],
                Sampling = request.Generation.Sampling,
                Seed = seed,
                Choice = choice,
                MaxTokens = request.Generation.MaxTokens,
                Stop = request.Generation.Stop ?? [],
                StopTokenIds = request.Generation.StopTokenIds,
                IgnoreEndTokens = request.Generation.IgnoreEos,
                LogProbabilities = request.LogProbabilities,
                Echo = request.Echo,
                Time = now,
                Priority = request.Generation.Priority ?? 0,
                SharesPrompt = choice > 0,
                Reader = ledgerReader,
            };
            choices[index] = new(index, choice == 0, streams.Run(new(model.Name, tenant, id.WithChoice(index)), session));
        }

        return new(choices, id, seed, time, settle, record);
    }

    /// <summary>Keeps the outputs' text; call before anything is read.</summary>
    public void KeepText()
    {
        foreach (var choice in Choices)
        {
            choice.KeepText();
        }
    }

    /// <summary>Waits until all outputs have been accepted.</summary>
    /// <exception cref="ApiException">One was refused.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var starts = new Task<Refusal?>[Choices.Length];
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = Choices[i].Reader.StartAsync(cancellationToken).AsTask();
        }

        foreach (var refusal in await Task.WhenAll(starts))
        {
            if (refusal is not null)
            {
                throw new ApiException(ApiError.Of(refusal));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var open = Choices.Where(c => c.Reader is { Start: not null, End: null }).ToArray();
        if (open.Length > 0)
        {
            using var patience = new CancellationTokenSource(_settle, _time);
            await Task.WhenAll(open.Select(c => SettleAsync(c, patience.Token)));
        }

        if (Choices.Any(c => c.Reader.Start is not null))
        {
            _record(this, open.Length > 0 || Choices.Any(c => !c.IsWhole));
        }

        foreach (var choice in Choices)
        {
            await choice.Reader.DisposeAsync();
        }
    }

    /// <summary>What the request has cost, for whoever takes note of it.</summary>
    public UsageRecord ToRecord(string requestId, string tenant, string model, bool aborted) => new(requestId, tenant, model, Usage, Choices.Length, aborted)
    {
        Outputs = [.. Choices.Select(c => new OutputUsage(c.Reader.Key.Session, c.Usage, c.Delivered, c.Reader.Start is not null))],
    };

    /// <summary>The name of the whole answer.</summary>
    public string AnswerId(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Id.ToString().AsSpan("sess_".Length)}");

    private static async Task SettleAsync(Choice choice, CancellationToken patience)
    {
        try
        {
            await choice.Reader.CancelAsync();
            while (await choice.Reader.WaitToReadAsync(patience))
            {
                while (choice.TryRead(out _))
                {
                }
            }
        }
        catch (Exception)
        {
            // The worker is gone or too slow to say: what was read is what is known of the cost.
        }
    }
}
