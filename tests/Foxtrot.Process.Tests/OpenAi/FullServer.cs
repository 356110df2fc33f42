using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.OpenAi;

/// <summary>Keeps every slot of a server taken: clients that come back at once whether they were served or refused.</summary>
internal sealed class FullServer : IAsyncDisposable
{
    private const int Clients = 3;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        $$"""{"model": "{{StreamPlan.Model}}", "prompt": "Once", "max_tokens": 400, "ignore_eos": true, "stream": true}""");

    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _clients;

    private FullServer(Uri address) => _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => CrowdAsync(new Uri(address, "/v1/completions"))));

    /// <summary>Starts the clients; returns once one of them has been refused.</summary>
    public static async Task<FullServer> StartAsync(FoxtrotProcess server)
    {
        var full = new FullServer(server.Address!);
        await Deadline.Within(full._full.Task, "the server refuses a client because it is full", server.Describe);
        return full;
    }

    /// <summary>The clients leave.</summary>
    public void Leave() => _stop.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Leave();
        await _clients;
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task CrowdAsync(Uri address)
    {
        try
        {
            while (true)
            {
                using var content = new ByteArrayContent(Body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var response = await _http.PostAsync(address, content, _stop.Token);
                if (response.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    _full.TrySetResult();
                }
                else
                {
                    response.EnsureSuccessStatusCode();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to leave.
        }
        catch (Exception e)
        {
            _full.TrySetException(e);
        }
    }
}
