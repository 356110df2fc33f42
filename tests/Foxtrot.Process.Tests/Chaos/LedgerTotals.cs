using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Chaos;

/// <summary>Sums of a ledger, or what clients know of them.</summary>
internal sealed record LedgerTotals(long Requests, long Aborted, long Prompt, long Generated, long Delivered)
{
    /// <summary>Nothing.</summary>
    public static LedgerTotals None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Both together.</summary>
    public static LedgerTotals operator +(LedgerTotals a, LedgerTotals b) =>
        new(a.Requests + b.Requests, a.Aborted + b.Aborted, a.Prompt + b.Prompt, a.Generated + b.Generated, a.Delivered + b.Delivered);

    /// <summary>What came after.</summary>
    public static LedgerTotals operator -(LedgerTotals a, LedgerTotals b) =>
        new(a.Requests - b.Requests, a.Aborted - b.Aborted, a.Prompt - b.Prompt, a.Generated - b.Generated, a.Delivered - b.Delivered);

    /// <summary>A request that came to its end, as its client saw it.</summary>
    public static LedgerTotals Of(StreamRecord record) => new(1, 0, PromptOf(record), record.Tokens, record.Tokens);

    /// <summary>The prompt tokens that the server named in the record's usage.</summary>
    public static long PromptOf(StreamRecord record) => JsonNode.Parse(record.Usage!)!["prompt_tokens"]!.GetValue<long>();

    /// <summary>Reads the ledger of the cluster; null when nobody answers.</summary>
    public static async Task<(LedgerTotals Totals, int Open)?> ReadAsync(HttpClient http, Uri gateway)
    {
        try
        {
            var from = DateTime.UtcNow.AddDays(-2).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            using var response = await http.GetAsync(new Uri(gateway, "/v1/usage?from=" + from));
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            var usage = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
            var total = usage["total"]!;
            long Get(string name) => total[name]!.GetValue<long>();
            Assert.Equal(Get("generated_tokens"), Get("delivered_tokens") + Get("undelivered_tokens"));
            return (new(Get("requests"), Get("aborted_requests"), Get("prompt_tokens"), Get("generated_tokens"), Get("delivered_tokens")), usage["open_outputs"]!.GetValue<int>());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Waits until the ledger satisfies a condition and has nothing open.</summary>
    /// <returns>The ledger.</returns>
    public static async Task<LedgerTotals> WaitAsync(FoxtrotCluster cluster, HttpClient http, string what, Func<LedgerTotals, bool> condition)
    {
        (LedgerTotals Totals, int Open)? read = null;
        await Deadline.Until(
            async () =>
            {
                read = await ReadAsync(http, cluster.Address) ?? read;
                return read is { Open: 0 } now && condition(now.Totals);
            },
            what,
            () => $"The ledger stands at {read}.{Environment.NewLine}{cluster.Describe()}",
            TimeSpan.FromSeconds(180));
        return read!.Value.Totals;
    }
}
