using System.Globalization;
using Spectre.Console;

namespace Foxtrot.Bench.Load;

/// <summary>Shows the result for several tenants to people.</summary>
internal static class TenantsBenchTable
{
    /// <summary>Writes it.</summary>
    public static void Write(TenantsBenchResult result, IAnsiConsole console)
    {
        console.WriteLine($"{result.Tenants[0].Together.Model}, {result.Machine}");
        var table = new Table { Border = console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Markdown };
        table.AddColumn("tenant");
        foreach (var name in (string[])["", "clients", "prompt tokens/s", "tokens/s", "share", "first token p50, ms", "p99", "between tokens p99, ms", "errors"])
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var tenant in result.Tenants)
        {
            if (tenant.Alone is { } alone)
            {
                AddRow(table, tenant.Name, "alone", alone, "");
            }

            AddRow(table, tenant.Name, "together", tenant.Together, tenant.Share.ToString("0.0 %", CultureInfo.InvariantCulture));
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"together {result.PromptTokensPerSecond:0} prompt tokens/s, {result.TokensPerSecond:0} tokens/s, {result.Errors} requests failed"));
        foreach (var tenant in result.Tenants)
        {
            foreach (var (kind, count) in tenant.Together.ErrorKinds.OrderBy(e => e.Key, StringComparer.Ordinal))
            {
                console.WriteLine($"{tenant.Name}: {count} requests failed: {kind}");
            }
        }
    }

    private static void AddRow(Table table, string tenant, string phase, LoadBenchResult result, string share) => table.AddRow(
        Markup.Escape(tenant),
        phase,
        result.Clients.ToString(CultureInfo.InvariantCulture),
        result.PromptTokensPerSecond.ToString("0", CultureInfo.InvariantCulture),
        result.TokensPerSecond.ToString("0", CultureInfo.InvariantCulture),
        share,
        LoadBenchTable.Text(result.Ttft.P50),
        LoadBenchTable.Text(result.Ttft.P99),
        LoadBenchTable.Text(result.Itl.P99),
        result.Errors.ToString(CultureInfo.InvariantCulture));
}
