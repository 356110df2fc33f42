using System.Text.Json;
using Foxtrot.Bench.Load;

namespace Foxtrot.Bench.Scale;

/// <summary>A cluster's workers as its gateway knows them from their load reports.</summary>
internal sealed class WorkerView : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="gateway">The gateway.</param>
    /// <param name="adminKey">Its admin key.</param>
    public WorkerView(Uri gateway, string adminKey)
    {
        _http = new HttpClient { BaseAddress = gateway };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", adminKey);
    }

    /// <summary>Each worker as of its latest report, in the order of their ids.</summary>
    public async Task<IReadOnlyList<WorkerSample>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(await _http.GetStringAsync("admin/v1/workers", cancellationToken));
            return [.. document.RootElement.GetProperty("data").EnumerateArray().Select(worker => Read(worker.GetProperty("models")[0]))];
        }
        catch (HttpRequestException failure)
        {
            throw new LoadTargetException($"the gateway does not list its workers: {failure.Message}");
        }
    }

    /// <summary>Waits until no worker has a sequence any more, and for so many tokens in all, as long as there is a chance of them.</summary>
    /// <param name="tokens">Output tokens of all workers that are expected; 0 for any number.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<WorkerSample>> IdleAsync(long tokens, CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var samples = await ReadAsync(cancellationToken);
        while (samples.Any(s => s.Sequences > 0) || (samples.Sum(s => s.OutputTokens) < tokens && clock.Elapsed < TimeSpan.FromSeconds(10)))
        {
            await Task.Delay(100, cancellationToken);
            samples = await ReadAsync(cancellationToken);
        }

        return samples;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static WorkerSample Read(JsonElement model) => new(
        model.GetProperty("running").GetInt32(), model.GetProperty("waiting").GetInt32(), model.GetProperty("output_tokens").GetInt64());
}

/// <summary>One worker at one moment.</summary>
/// <param name="Running">Sequences with a slot.</param>
/// <param name="Waiting">Sequences without one.</param>
/// <param name="OutputTokens">Output tokens since it started.</param>
internal readonly record struct WorkerSample(int Running, int Waiting, long OutputTokens)
{
    /// <summary>Sequences with and without a slot.</summary>
    public int Sequences => Running + Waiting;
}
