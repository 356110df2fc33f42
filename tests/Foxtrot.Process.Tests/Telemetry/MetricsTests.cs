using System.Net;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Tenants;

namespace Foxtrot.Process.Tests.Telemetry;

[Collection(OneAtATime.Name)]
public sealed class MetricsTests
{
    private const string Model = "foxtrot-stories";

    // As dashboards and alerts name them.
    private static readonly string[] Series =
    [
        "foxtrot_batch_size_count model,worker",
        "foxtrot_fairness_service_total tenant",
        "foxtrot_forward_duration_seconds_count model,phase,worker",
        "foxtrot_inter_token_latency_seconds_count model,tenant",
        "foxtrot_kv_cache_prefix_hits_total model,worker",
        "foxtrot_kv_cache_prefix_queries_total model,worker",
        "foxtrot_kv_cache_usage model,worker",
        "foxtrot_queue_duration_seconds_count model,tenant",
        "foxtrot_request_duration_seconds_count model,tenant",
        "foxtrot_requests_finished_total finish_reason,model,tenant",
        "foxtrot_requests_rejected_total reason,tenant",
        "foxtrot_requests_running model,worker",
        "foxtrot_requests_waiting model,worker",
        "foxtrot_sampling_candidates_count model",
        "foxtrot_sampling_duration_seconds_count model,stage,worker",
        "foxtrot_sampling_entropy_nat_count model",
        "foxtrot_sessions_resumed_total model,reason",
        "foxtrot_step_duration_seconds_count model,worker",
        "foxtrot_time_to_first_token_seconds_count model,tenant",
        "foxtrot_tokens_generated_total model,tenant,worker",
        "foxtrot_tokens_per_second model,worker",
        "foxtrot_tokens_prompt_total model,source,tenant,worker",
        "gen_ai_server_request_duration_seconds_count gen_ai_operation_name,gen_ai_provider_name,gen_ai_request_model,gen_ai_response_model",
        "gen_ai_server_time_per_output_token_seconds_count gen_ai_operation_name,gen_ai_provider_name,gen_ai_request_model,gen_ai_response_model",
        "gen_ai_server_time_to_first_token_seconds_count gen_ai_operation_name,gen_ai_provider_name,gen_ai_request_model,gen_ai_response_model",
    ];

    [Fact]
    public async Task A_scrape_under_load_counts_what_clients_received()
    {
        (string Id, string Key)[] tenants = [("heavy", ApiKey.New()), ("light", ApiKey.New())];
        await using var server = await TenantServer.StartAsync(TenantServer.TenantsFile(tenants), "Warning");
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
        {
            var (id, key) = tenants[i % 3 == 0 ? 1 : 0];
            var json = await server.JsonAsync(
                "POST /v1/completions", $$"""{"model": "{{Model}}", "prompt": "Once upon a time", "max_tokens": {{10 + i}}, "seed": {{i}}, "stop": ["."], "top_p": 0.9}""", key);
            return (Tenant: id, Usage: json.GetProperty("usage"), Finish: json.GetProperty("choices")[0].GetProperty("finish_reason").GetString()!);
        }));
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET /v1/models", null, ApiKey.New())).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET /metrics", null, tenants[0].Key)).Status);

        // The last word of a generation comes a moment after its client's.
        Scrape scrape = null!;
        await Deadline.Until(
            async () => (scrape = new((await server.SendAsync("GET /metrics", null, TenantServer.AdminKey)).Body)).Sum("foxtrot_requests_finished_total") >= answers.Length,
            "all requests are counted",
            server.Process.Describe);
        foreach (var (id, _) in tenants)
        {
            var own = answers.Where(a => a.Tenant == id).ToArray();
            Assert.Equal(own.Sum(a => a.Usage.GetProperty("completion_tokens").GetInt32()), scrape.Sum("foxtrot_tokens_generated_total", ("tenant", id), ("model", Model)));
            Assert.Equal(own.Sum(a => a.Usage.GetProperty("prompt_tokens").GetInt32()), scrape.Sum("foxtrot_tokens_prompt_total", ("tenant", id), ("source", "computed")));
            Assert.Equal(own.Length, scrape.Sum("foxtrot_time_to_first_token_seconds_count", ("tenant", id)));
            Assert.Equal(own.Length, scrape.Sum("foxtrot_queue_duration_seconds_count", ("tenant", id)));
            foreach (var finish in own.GroupBy(a => a.Finish))
            {
                Assert.Equal(finish.Count(), scrape.Sum("foxtrot_requests_finished_total", ("tenant", id), ("finish_reason", finish.Key)));
            }
        }

        var generated = answers.Sum(a => a.Usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(generated - answers.Length, scrape.Sum("foxtrot_inter_token_latency_seconds_count"));
        Assert.Equal(answers.Length, scrape.Sum("gen_ai_server_request_duration_seconds_count"));

        // The wrong key, and the tenant's at /metrics.
        Assert.Equal(2, scrape.Sum("foxtrot_requests_rejected_total", ("tenant", "none"), ("reason", "invalid_api_key")));
        Assert.Equal(Series, scrape.Series);
    }
}
