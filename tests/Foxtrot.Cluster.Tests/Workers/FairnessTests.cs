using Foxtrot.Cluster.Tests.Sessions;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Inference.Engine;
using Foxtrot.Model;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Foxtrot.Cluster.Tests.Workers;

/// <summary>Tenants on workers: whose turn it is, and who is turned away.</summary>
public sealed class FairnessTests
{
    private static readonly Tenant Busy = new() { Id = "busy" };

    [Fact]
    public async Task A_tenant_that_was_served_on_one_worker_yields_on_the_other()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2, slots: 1);
        var (first, second) = (ModelOf(cluster.Workers[0]), ModelOf(cluster.Workers[1]));
        await Submit(first, "greedy", 400).Completion.WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        for (var report = 0; report < 10; report++)
        {
            await cluster.Workers[0].ServiceProvider.GetRequiredService<ILoadReports>().ReportNow();
        }

        // While the slot is taken, the greedy one asks first.
        var holder = Submit(second, "holder", 400);
        var greedy = Submit(second, "greedy", 2);
        var light = Submit(second, "light", 2);
        holder.Cancel();
        await Task.WhenAll(greedy.Completion, light.Completion).WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        Assert.InRange(light.Timings.Admitted, 1, greedy.Timings.Admitted - 1);
    }

    [Fact]
    public async Task Without_service_elsewhere_tenants_are_served_in_the_order_in_which_they_ask()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1, slots: 1);
        var model = ModelOf(cluster.Workers[0]);
        var holder = Submit(model, "holder", 400);
        var first = Submit(model, "greedy", 2);
        var second = Submit(model, "light", 2);
        holder.Cancel();
        await Task.WhenAll(first.Completion, second.Completion).WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        Assert.InRange(first.Timings.Admitted, 1, second.Timings.Admitted - 1);
    }

    [Fact]
    public async Task A_session_runs_under_the_tenant_of_its_key_with_the_weight_of_the_catalog()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1, tenants: new FixedTenants(Busy with { Weight = 4 }));
        var reading = await Reading.AllAsync(cluster.Streams.Run(KeyOf(cluster, Busy), Story(10)));
        var service = ModelOf(cluster.Workers[0]).Served.Engine.TenantOf(Busy.Id)!.Value;
        Assert.Equal(reading.End.Usage.PromptTokens + (2 * 10), service.Service);
        Assert.Equal(service.Service / 4.0, service.Weighted, 9);
        var load = Assert.Single(cluster.Workers[0].ServiceProvider.GetRequiredService<ILocalLoad>().Models[0].Tenants);
        Assert.Equal(new TenantLoad(Busy.Id, service.Weighted, 0, 0), load);
    }

    [Fact]
    public async Task A_tenant_with_a_full_queue_is_refused_and_others_are_not()
    {
        await using var cluster = await ModelCluster.StartAsync(
            workers: 1, slots: 1, tenants: new FixedTenants(Busy with { Limits = new TenantLimits { QueueLength = 1 } }));
        var model = ModelOf(cluster.Workers[0]);
        var running = Crowd.On(model, Busy.Id);
        await using var extra = cluster.Streams.Run(KeyOf(cluster, Busy), Story(5));
        var refusal = await extra.StartAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((RefusalKind.QueueFull, "tenant_queue_full"), (refusal!.Kind, refusal.Code));
        Assert.Matches("^queue_length: tenant 'busy' must have at most 1 waiting sequences, and has [0-9]+$", refusal.Message);
        Assert.InRange(refusal.RetryAfterSeconds, 1, 3600);
        Assert.Equal("tenant_queue_full", (await cluster.Session(KeyOf(cluster, Busy)).Create(Story(5))).Refusal!.Code);
        await using var other = cluster.Streams.Run(cluster.NewKey(), Story(5));
        Assert.Null(await other.StartAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken));
        Assert.NotNull(model.Submit(Busy.Id, Request(5), mayRefuse: false).Value);
        Array.ForEach(running, generation => generation.Cancel());
    }

    [Fact]
    public async Task What_waits_on_other_workers_counts_towards_a_tenants_queue()
    {
        await using var cluster = await ModelCluster.StartAsync(
            workers: 2, slots: 1, tenants: new FixedTenants(Busy with { Limits = new TenantLimits { QueueLength = 1 } }));
        var (first, second) = (ModelOf(cluster.Workers[0]), ModelOf(cluster.Workers[1]));
        Generation[] running = [.. Crowd.On(first, Busy.Id), .. Crowd.On(second, "other")];
        Assert.Equal("tenant_queue_full", (await RefusedAsync(cluster.Workers[0], second)).Code);
        Array.ForEach(running, generation => generation.Cancel());
        await Task.WhenAll(running.Select(g => g.Completion)).WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        await cluster.Workers[0].ServiceProvider.GetRequiredService<ILoadReports>().ReportNow();
        Assert.NotNull(second.Submit(Busy.Id, Request(5), mayRefuse: true).Value);
    }

    // A report may be lost on a busy machine, or meet one that was made before; the next one tells the same.
    private static async Task<Refusal> RefusedAsync(InProcessSiloHandle reporter, WorkerModel model)
    {
        using var deadline = new CancellationTokenSource(Reading.Deadline);
        while (true)
        {
            await reporter.ServiceProvider.GetRequiredService<ILoadReports>().ReportNow().WaitAsync(deadline.Token);
            var outcome = model.Submit(Busy.Id, Request(5), mayRefuse: true);
            if (outcome.Refusal is { } refusal)
            {
                return refusal;
            }

            outcome.Value!.Cancel();
            await outcome.Value.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [Fact]
    public async Task Who_would_wait_longer_than_the_tenant_allows_is_refused_at_once()
    {
        await using var cluster = await ModelCluster.StartAsync(
            workers: 1, slots: 1, tenants: new FixedTenants(Busy with { Limits = new TenantLimits { MaxWaitSeconds = 0.01 } }));
        var model = ModelOf(cluster.Workers[0]);

        // Until a sequence has ended nobody knows how long they take.
        await Submit(model, Busy.Id, 450).Completion.WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        var running = Crowd.On(model, "other");
        Assert.True(await running[0].WaitAsync(0, TestContext.Current.CancellationToken));
        await using var extra = cluster.Streams.Run(KeyOf(cluster, Busy), Story(5));
        var refusal = await extra.StartAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((RefusalKind.QueueFull, "wait_too_long"), (refusal!.Kind, refusal.Code));
        Assert.StartsWith("max_wait_seconds: a sequence of tenant 'busy' must not wait longer than 0.01 s for a slot, and would wait", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(refusal.RetryAfterSeconds, 1, 3600);
        Array.ForEach(running, generation => generation.Cancel());
    }

    private static SessionKey KeyOf(ModelCluster cluster, Tenant tenant) => cluster.NewKey() with { Tenant = tenant.Id };

    private static SessionRequest Story(int tokens) =>
        new() { Prompt = new Prompt { Text = "Once upon a time" }, Seed = 3, MaxTokens = tokens, IgnoreEndTokens = true };

    private static GenerationRequest Request(int tokens) => new() { Log = TokenLog.FromPrompt([1, 2, 3]), Seed = 3, MaxTokens = tokens };

    private static Generation Submit(WorkerModel model, string tenant, int tokens) => model.Submit(tenant, Request(tokens), mayRefuse: true).Value!;

    private static WorkerModel ModelOf(InProcessSiloHandle worker) =>
        worker.ServiceProvider.GetRequiredService<WorkerRuntime>().TryFind(BundledModel.Name, out var model) ? model : throw new InvalidOperationException("no model");
}
