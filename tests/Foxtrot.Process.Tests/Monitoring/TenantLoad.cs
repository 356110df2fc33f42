using System.Net.Http.Headers;
using System.Net.Http.Json;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Monitoring;

/// <summary>Tenants that always have a few requests under way.</summary>
internal sealed class TenantLoad : IAsyncDisposable
{
    /// <summary>Of three tenants together more than two workers with four slots can run, so that some wait.</summary>
    private const int AtOnce = 3;

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _clients;
    private int _served;

    /// <summary>Starts.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="keys">One per tenant.</param>
    public TenantLoad(Uri gateway, IEnumerable<string> keys)
    {
        _http.BaseAddress = gateway;
        _clients = [.. keys.SelectMany(key => Enumerable.Range(0, AtOnce).Select(i => RunAsync(key, i)))];
    }

    /// <summary>Requests that were answered.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task RunAsync(string key, int seed)
    {
        var body = new { model = StreamPlan.Model, prompt = "Once upon a time", seed, max_tokens = 200, ignore_eos = true, temperature = 0.8, top_p = 0.9, repetition_penalty = 1.1 };
        try
        {
            while (true)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(body) };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
                using var response = await _http.SendAsync(request, _stop.Token);
                Interlocked.Add(ref _served, response.IsSuccessStatusCode ? 1 : 0);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }
}
