using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Foxtrot.Cluster.Hosting;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Monitoring;

/// <summary>A real Prometheus that scrapes every second, and a client for it.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly ChildProcess _process;

    private PrometheusServer(ChildProcess process, Uri address)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = address };
    }

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled
    {
        get
        {
            try
            {
                using var process = System.Diagnostics.Process.Start(
                    new System.Diagnostics.ProcessStartInfo("prometheus", "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }

    /// <summary>Starts it; returns once it answers.</summary>
    /// <param name="targets">A file that lists what to scrape, with a label <c>role</c>; followed when it changes.</param>
    /// <param name="rules">A file with rules; evaluated every second.</param>
    /// <param name="key">Sent with each scrape.</param>
    public static async Task<PrometheusServer> StartAsync(string targets, string rules, string key)
    {
        var folder = Reaper.NewFolder("prometheus");
        var text = await File.ReadAllTextAsync(rules);
        await File.WriteAllTextAsync(Path.Combine(folder, "rules.yml"), text.Replace("interval: 15s", "interval: 1s", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), $"""
            global: {"{scrape_interval: 1s, scrape_timeout: 1s}"}
            rule_files: [rules.yml]
            scrape_configs:
              - job_name: foxtrot
                authorization: {"{"}credentials: {key}{"}"}
                file_sd_configs: [{"{"}files: ["{targets}"], refresh_interval: 1s{"}"}]
                relabel_configs: [{"{"}source_labels: [role], target_label: job, replacement: foxtrot-$1{"}"}]
            """);
        var address = new Uri($"http://127.0.0.1:{FreePorts.Take(1, Random.Shared)[0]}");
        var process = ChildProcess.Start(
            "prometheus",
            "prometheus",
            ["--config.file=prometheus.yml", "--storage.tsdb.path=data", $"--web.listen-address={address.Authority}", "--log.level=warn"],
            folder: folder);
        var server = new PrometheusServer(process, address);
        try
        {
            await Deadline.Until(server.IsReadyAsync, "prometheus is ready", process.Describe);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a query has had a number at any second between two moments.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses the query.</exception>
    public async Task<bool> HasDataAsync(string query, DateTimeOffset from, DateTimeOffset to)
    {
        var form = new Dictionary<string, string> { ["query"] = query, ["start"] = Seconds(from), ["end"] = Seconds(to), ["step"] = "1" };
        using var content = new FormUrlEncodedContent(form);
        using var response = await _http.PostAsync("/api/v1/query_range", content);
        var series = (await ReadAsync(query, response)).GetProperty("result").EnumerateArray();
        return series.SelectMany(s => s.GetProperty("values").EnumerateArray()).Any(value => value[1].GetString() != "NaN");
    }

    /// <summary>The rules, by name: whether each is for recording, and its last error, empty when there is none.</summary>
    public async Task<IReadOnlyList<(string Name, bool Records, string Error)>> RulesAsync()
    {
        using var response = await _http.GetAsync("/api/v1/rules");
        return
        [
            .. from @group in (await ReadAsync("rules", response)).GetProperty("groups").EnumerateArray()
               from rule in @group.GetProperty("rules").EnumerateArray()
               select (rule.GetProperty("name").GetString()!, rule.GetProperty("type").GetString() == "recording",
                   rule.TryGetProperty("lastError", out var error) ? error.GetString()! : ""),
        ];
    }

    /// <summary>What it wrote last.</summary>
    public string Describe() => _process.Describe();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private static async Task<JsonElement> ReadAsync(string what, HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement.GetProperty("data")
            : throw new InvalidOperationException($"{what}: {text}");
    }

    private static string Seconds(DateTimeOffset moment) => (moment.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);

    private async Task<bool> IsReadyAsync()
    {
        if (_process.Exit.IsCompleted)
        {
            throw new InvalidOperationException(_process.Describe());
        }

        try
        {
            using var response = await _http.GetAsync("/-/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
