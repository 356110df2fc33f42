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
/// and only then are traces kept at all: of one request in ten, and of those that come with a sampled <c>traceparent</c>, unless
/// <c>OTEL_TRACES_SAMPLER</c> and <c>OTEL_TRACES_SAMPLER_ARG</c> say otherwise. <c>OTEL_SDK_DISABLED=true</c> turns all of it off.
/// </remarks>
public static class Telemetry
{
    /// <summary>Where Prometheus reads.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>The share of requests that is traced when nothing else is said.</summary>
    public const double SampledShare = 0.1;

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
        if (IsTraced(builder))
        {
            telemetry.WithTracing(traces => Trace(traces, builder));
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

    /// <summary>Whether spans are sent anywhere.</summary>
    public static bool IsTraced(this IHostApplicationBuilder builder) =>
        !IsDisabled(builder) && !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    /// <summary>Whether spans may hold the text of prompts and outputs: <c>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true</c>.</summary>
    public static bool CapturesMessageContent(this IHostApplicationBuilder builder) =>
        bool.TryParse(builder.Configuration["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"], out var captures) && captures;

    private static void Trace(TracerProviderBuilder traces, IHostApplicationBuilder builder)
    {
        traces.AddSource([.. Sources]).AddAspNetCoreInstrumentation(http => http.Filter = IsWork).AddProcessor(new OrphanCalls());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_TRACES_SAMPLER"]))
        {
            traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(SampledShare)));
        }
    }

    private static bool IsDisabled(IHostApplicationBuilder builder) => bool.TryParse(builder.Configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled;

    // Probes and scrapes are nobody's requests.
    private static bool IsWork(HttpContext context) => context.Request.Path.Value is not ("/health" or "/alive" or MetricsPath);
}
