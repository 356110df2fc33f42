using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Foxtrot.ServiceDefaults;

/// <summary>Metrics, traces and logs of a process, by OpenTelemetry; its own settings (<c>OTEL_...</c>) are honoured.</summary>
/// <remarks>
/// Prometheus reads <see cref="MetricsPath"/>. With <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> everything is sent there too, log records included,
/// and only then are traces kept at all. <c>OTEL_SDK_DISABLED=true</c> turns all of it off.
/// </remarks>
public static class Telemetry
{
    /// <summary>Where Prometheus reads.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Meters beside those of ASP.NET Core and the runtime.</summary>
    public static IReadOnlyList<string> Meters { get; } = ["Foxtrot", "Microsoft.Orleans"];

    /// <summary>Activity sources beside those of ASP.NET Core.</summary>
    public static IReadOnlyList<string> Sources { get; } = ["Foxtrot", "Microsoft.Orleans.Application"];

    /// <summary>Adds what every process has: health checks, metrics, traces, logs.</summary>
    public static IHealthChecksBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.ConfigureOpenTelemetry();
        return builder.Services.AddDefaultHealthChecks();
    }

    /// <summary>Adds metrics and traces, and sends logs where they go. Providers that were cleared before stay cleared.</summary>
    public static IHostApplicationBuilder ConfigureOpenTelemetry(this IHostApplicationBuilder builder)
    {
        if (IsDisabled(builder))
        {
            return builder;
        }

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter([.. Meters])
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .SetExemplarFilter(ExemplarFilterType.TraceBased)
                .AddPrometheusExporter());
        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.WithTracing(traces => traces.AddSource([.. Sources]).AddAspNetCoreInstrumentation(http => http.Filter = IsWork));
            telemetry.WithLogging(null, logs =>
            {
                logs.IncludeScopes = true;
                logs.IncludeFormattedMessage = true;
            });
            telemetry.UseOtlpExporter();
        }

        return builder;
    }

    /// <summary>Maps <see cref="MetricsPath"/>, <c>/health</c> and <c>/alive</c>.</summary>
    /// <param name="app">The application.</param>
    public static void MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthEndpoints();
        if (app.Services.GetService<MeterProvider>() is not null)
        {
            app.MapPrometheusScrapingEndpoint(MetricsPath);
        }
    }

    private static bool IsDisabled(IHostApplicationBuilder builder) => bool.TryParse(builder.Configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled;

    // Probes and scrapes are nobody's requests.
    private static bool IsWork(HttpContext context) => context.Request.Path.Value is not ("/health" or "/alive" or MetricsPath);
}
