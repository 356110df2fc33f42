using System.Diagnostics.Metrics;
using Foxtrot.Client.Streams;
using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Foxtrot.Commands;
using Foxtrot.Gateway;
using Foxtrot.Gateway.Tenants;
using Foxtrot.Output;
using Foxtrot.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Foxtrot.Serving;

/// <summary>The composition root: puts one process together from its options and runs it until it is told to stop.</summary>
internal static class ServeHost
{
    /// <summary>Runs until SIGTERM, SIGINT or cancellation, and then stops gracefully.</summary>
    /// <param name="configuration">Where options come from.</param>
    /// <param name="terminal">Gets the ready line on its output, warnings on its error.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task RunAsync(ServeConfiguration configuration, Terminal terminal, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        configuration.ApplyTo(builder.Configuration);
        var options = ServeOptionsReader.Read(builder.Configuration);
        await using var models = await OpenModels.OpenAsync(options, terminal);
        AddHost(builder, options);
        builder.Services.AddSingleton(models);
        try
        {
            AddCluster(builder, options, models);
        }
        catch (OptionsValidationException invalid)
        {
            throw new UsageException(string.Join("; ", invalid.Failures));
        }

        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        if (options.Role != ServeRole.Worker)
        {
            app.MapFoxtrotGateway();
            OrleansDashboard.Map(app, options);
        }

        await new ReadyReminder(terminal, TimeProvider.System).WaitAsync(StartAsync(app, cancellationToken), () => app.Services.GetRequiredService<ReadyCheck>().Missing);
        terminal.Output.WriteLine(ReadyLine(options.Role, Addresses(app, options), models.All.Select(m => m.Info.Name)));
        await terminal.Output.FlushAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>What tells people and scripts that requests are answered from now on.</summary>
    /// <returns><c>foxtrot ready: role=ROLE ADDRESS... models=NAME,...</c></returns>
    public static string ReadyLine(ServeRole role, IEnumerable<string> addresses, IEnumerable<string> models) =>
        $"foxtrot ready: role={ServeOptionsReader.Name(role)} {string.Join(' ', addresses)} models={string.Join(',', models)}";

    // An API is ready when it also knows who may call.
    private static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await app.StartAsync(cancellationToken);
        await app.Services.GetRequiredService<ClusterReadiness>().WaitAsync(cancellationToken);
        await app.Services.GetRequiredService<ITenantFollower>().WaitAsync(cancellationToken);
        try
        {
            await (app.Services.GetService<TenantFileFollower>()?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
        }
        catch (TenantFileException wrong)
        {
            await app.StopAsync(CancellationToken.None);
            throw new UsageException(wrong.Message);
        }
    }

    private static void AddHost(WebApplicationBuilder builder, ServeOptions options)
    {
        ServeLogging.Configure(builder.Logging, options.LogFormat);
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (options.Urls.Count > 0)
        {
            builder.WebHost.UseUrls([.. options.Urls, .. options.MetricsUrls]);
        }

        builder.WebHost.ConfigureKestrel(ServeLimits.Apply);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain);
        builder.Services.AddSingleton<ReadyCheck>();
        builder.AddServiceDefaults().AddCheck<ReadyCheck>("cluster");
        if (builder.IsTraced())
        {
            // Calls between silos take their trace along.
            builder.Configuration["Orleans:EnableDistributedTracing"] ??= bool.TrueString;
        }
    }

    private static void AddCluster(WebApplicationBuilder builder, ServeOptions options, OpenModels models)
    {
        var cluster = new ClusterOptions { Redis = options.Redis, DataDirectory = options.Data };
        var silo = PodHosting.Find(builder.Configuration) + OrleansDashboard.Collect(options);
        if (options.Role == ServeRole.Gateway)
        {
            builder.AddFoxtrotGateway(cluster, silo);
        }
        else
        {
            builder.AddFoxtrotWorker(cluster, silo);
            builder.Services.AddFoxtrotModels(models.All, Drain(options.Drain));
        }

        if (options.Role != ServeRole.Worker)
        {
            builder.Services.AddSingleton<ISessionStreams>(services => new SessionStreams(
                services.GetRequiredService<IGrainFactory>(), meters: services.GetRequiredService<IMeterFactory>()));
            builder.Services.AddFoxtrotGateway(new GatewayOptions { AdminKey = options.AdminKey, RequireKeys = options.Tenants is not null, CorsOrigins = options.Cors, MetricsPorts = MetricsPorts(options), CaptureMessageContent = builder.CapturesMessageContent() });
            if (options.Tenants is { } tenants)
            {
                builder.Services.AddFoxtrotTenantFile(tenants);
            }
        }
    }

    private static int[] MetricsPorts(ServeOptions options) => [.. options.MetricsUrls.Select(url => BindingAddress.Parse(url).Port)];

    // The port for metrics is nobody's to send requests to.
    private static IEnumerable<string> Addresses(WebApplication app, ServeOptions options)
    {
        var ports = MetricsPorts(options);
        return app.Urls.Where(url => !ports.Contains(BindingAddress.Parse(url).Port));
    }

    // Half of the time to finish what runs, the other half to move what does not.
    private static DrainOptions Drain(TimeSpan whole) => new() { Finish = whole * 0.5, Move = whole * 0.4 };
}
