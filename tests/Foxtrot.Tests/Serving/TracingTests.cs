using System.Diagnostics;
using Foxtrot.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;

namespace Foxtrot.Tests.Serving;

[Collection("Environment")]
public sealed class TracingTests
{
    private const int Requests = 2000;

    [Theory]
    [InlineData(null, null, 100, 320)]
    [InlineData("parentbased_traceidratio", "0.5", 850, 1150)]
    [InlineData("always_on", null, Requests, Requests)]
    [InlineData("always_off", null, 0, 0)]
    public void One_request_in_ten_is_traced_unless_the_environment_says_otherwise(string? sampler, string? argument, int least, int most)
    {
        using var host = Host(("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument));
        _ = host.Services.GetRequiredService<TracerProvider>();
        using var source = new ActivitySource("Foxtrot");
        var recorded = 0;
        for (var i = 0; i < Requests; i++)
        {
            using var span = source.StartActivity("request");
            recorded += span is { Recorded: true } ? 1 : 0;
        }

        Assert.InRange(recorded, least, most);
    }

    [Fact]
    public void Calls_between_silos_are_traced_only_within_a_request()
    {
        using var host = Host(("OTEL_TRACES_SAMPLER", "always_on"), ("unused", null));
        _ = host.Services.GetRequiredService<TracerProvider>();
        using var requests = new ActivitySource("Foxtrot");
        using var calls = new ActivitySource("Microsoft.Orleans.Application");
        using (var report = calls.StartActivity("ILoadReporter/Report"))
        {
            Assert.False(report is { Recorded: true });
        }

        using var request = requests.StartActivity("request");
        using var call = calls.StartActivity("IGenerationGrain/Run");
        Assert.True(call!.Recorded);
        Assert.Equal(request!.SpanId, call.ParentSpanId);
    }

    [Fact]
    public void Nothing_is_traced_without_a_place_to_send_it_to()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.ConfigureOpenTelemetry();
        Assert.False(builder.IsTraced());
        using var host = builder.Build();
        Assert.Null(host.Services.GetService<TracerProvider>());
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public void Text_stays_out_of_spans_unless_a_setting_says_so(string? setting, bool captures)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = setting;
        Assert.Equal(captures, builder.CapturesMessageContent());
    }

    // Nobody listens at the address: what is exported is lost, which no test here looks at.
    private static IHost Host(params (string Name, string? Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, s.Value)));
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
        builder.Configuration["OTEL_EXPORTER_OTLP_TIMEOUT"] = "100";
        builder.ConfigureOpenTelemetry();
        return builder.Build();
    }
}
