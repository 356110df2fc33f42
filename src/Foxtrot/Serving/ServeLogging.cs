using System.Text.Encodings.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Foxtrot.Serving;

/// <summary>Logs go to standard error, one line each, and only warnings unless configuration asks for more (<c>Logging:LogLevel</c>).</summary>
internal static class ServeLogging
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Replaces all other logging.</summary>
    public static void Configure(ILoggingBuilder logging, LogFormat format)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Warning);

        // What keeps the host from starting is thrown as well, and shown as one clear line; a service that fails later is critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // It recommends the server's garbage collector, which costs memory and helps nothing that allocates as little as this.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);

        // A worker that comes before any gateway finds no place for the dashboard, and needs none.
        logging.AddFilter("Orleans.Dashboard", LogLevel.Error);

        // It takes the machine's uptime for a delay when the first check comes late.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // Their scopes would repeat in every line what the gateway's says shorter.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None);
        AddConsole(logging, format);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    // Scopes say which request a line belongs to, its tenant and its session.
    private static void AddConsole(ILoggingBuilder logging, LogFormat format)
    {
        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Timestamp;

                // Read by collectors and people, never as a part of a page.
                console.JsonWriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            });
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Timestamp + " ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }
    }
}
