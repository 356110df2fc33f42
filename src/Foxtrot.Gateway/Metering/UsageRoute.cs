using Foxtrot.Contracts.Metering;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Metering;

/// <summary><c>GET /v1/usage</c>: the tenant's ledger by day and model.</summary>
internal sealed class UsageRoute(IGrainFactory grains, ITenantSource tenants, TimeProvider time)
{
    private const int MostDays = 3660;

    /// <summary>The query's fields.</summary>
    public static FieldTable<UsageQuery> Table { get; } = new(
        Field.Of<UsageQuery, DateOnly>("from", new DateShape(), "First day, UTC; without it the first of the month of to.", (q, v) => q with { From = v }),
        Field.Of<UsageQuery, DateOnly>("to", new DateShape(), "Last day, UTC; today without it.", (q, v) => q with { To = v }));

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var query = QueryFields.Read(context, Table, new UsageQuery(null, null));
        var to = query.To ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var from = query.From ?? new DateOnly(to.Year, to.Month, 1);
        if (from > to || to.DayNumber - from.DayNumber >= MostDays)
        {
            throw new ApiException(new(400, $"from must be in [{UsageJson.Day(to.AddDays(Math.Max(1 - MostDays, -to.DayNumber)))}, {UsageJson.Day(to)}], up to {MostDays} days that end with to, but is {UsageJson.Day(from)}", "from", "invalid_value"));
        }

        var tenant = tenants.TenantOf(context).Id;
        var view = await grains.GetGrain<ILedgerGrain>(tenant).Read(from, to);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => UsageJson.Write(json, tenant, from, to, view));
    }
}

/// <summary>The query.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
internal sealed record UsageQuery(DateOnly? From, DateOnly? To);
