using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Foxtrot.Serving;

/// <summary>Logs go to standard error, one line each, and only warnings unless configuration asks for more (<c>Logging:LogLevel</c>).</summary>
internal static class ServeLogging
{
    /// <summary>Replaces all other logging.</summary>
    public static void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Warning);

        // What keeps the host from starting is thrown as well, and shown as one clear line; a service that fails later is critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // It recommends the server's garbage collector, which costs memory and helps nothing that allocates as little as this.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);

        // It takes the machine's uptime for a delay when the first check comes late.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // Their scopes would repeat in every line what the gateway's says shorter.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;

            // The request that a line belongs to, and its tenant.
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
