using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Foxtrot.Cluster.Hosting;
using Foxtrot.Process.Tests.Processes;
using StackExchange.Redis;

namespace Foxtrot.Process.Tests.Orchestration;

/// <summary>Processes that Aspire starts need nothing but what Aspire tells them.</summary>
[Collection(OneAtATime.Name)]
public sealed class AspireTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Processes_started_as_aspire_starts_them_form_a_cluster_that_serves_requests()
    {
        const string Password = "Kx7pQ2mV9sT4";
        await using var garnet = await GarnetServer.StartAsync(Password);
        var cluster = $"aspire-{Guid.NewGuid():n}";

        // Nobody listens at the last address: telemetry that cannot be delivered must not be in the way of anything.
        var aspire = new AspireEnvironment(garnet.Endpoint, Password, cluster, $"http://127.0.0.1:{FreePorts.Take(1, Random.Shared)[0]}");
        AspireProcess[] told = [aspire.Of("worker", 0), aspire.Of("worker", 1), aspire.Of("gateway", 0)];
        var started = await Task.WhenAll(told.Select((process, i) => StartAsync(i < 2 ? "worker" : "gateway", process)));
        string Context() => string.Join(Environment.NewLine, started.Select(process => process.Describe()));
        try
        {
            // Each where it was told to be; the gateway knows the workers' model.
            Assert.All(told.Zip(started), pair => Assert.Equal(pair.First.Address.Port, pair.Second.Address!.Port));
            using var http = new HttpClient { BaseAddress = told[2].Address };
            foreach (var process in told)
            {
                using var health = await http.GetAsync(new Uri(process.Address, "/health"), Cancellation);
                Assert.True(health.IsSuccessStatusCode, Context());
                using var silo = new TcpClient();
                await silo.ConnectAsync("127.0.0.1", process.SiloPort, Cancellation);
            }

            var request = new { model = "foxtrot-stories", prompt = "Once upon a time", seed = 7, max_tokens = 32 };
            var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CompleteAsync(http, request)));
            Assert.Single(texts.Distinct());
            Assert.NotEmpty(texts[0]);

            using var created = await http.PostAsJsonAsync("/v1/sessions", request, Cancellation);
            Assert.True(created.IsSuccessStatusCode, Context());

            // Membership is this cluster's, and sessions are stored in the same Redis.
            await using var redis = await ConnectionMultiplexer.ConnectAsync($"{garnet.Endpoint},password={Password}");
            var keys = redis.GetServer(garnet.Endpoint).Keys().Select(key => key.ToString()).ToArray();
            Assert.Contains(keys, key => key.Contains(cluster, StringComparison.Ordinal));
            Assert.Contains(keys, key => key.Contains("session", StringComparison.OrdinalIgnoreCase));
        }
        finally
        {
            await Task.WhenAll(started.Select(process => process.DisposeAsync().AsTask()));
        }
    }

    private static Task<FoxtrotProcess> StartAsync(string role, AspireProcess process) =>
        FoxtrotProcess.StartAsync($"{role} at {process.Address.Port}", ["--role", role], process.Variables);

    private static async Task<string> CompleteAsync(HttpClient http, object request)
    {
        using var response = await http.PostAsJsonAsync("/v1/completions", request, Cancellation);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        return answer.RootElement.GetProperty("choices")[0].GetProperty("text").GetString()!;
    }
}
