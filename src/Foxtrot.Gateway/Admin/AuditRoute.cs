using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Http;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Admin;

/// <summary><c>GET /admin/v1/audit</c>: what administrators did.</summary>
internal sealed class AuditRoute(TenantAdministration directory)
{
    private const int MostEntries = 1000;

    /// <summary>The fields of its query.</summary>
    public static FieldTable<AuditQuery> Query { get; } = new(
        Field.Of<AuditQuery, int>("before", new IntegerShape(1), "Only entries with lower numbers; the number of the page before's last one.", (q, v) => q with { Before = v }),
        Field.Of<AuditQuery, int>("limit", new IntegerShape(1, MostEntries), "Entries at most; 100 without it.", (q, v) => q with { Limit = v }));

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var query = QueryFields.Read(context, Query, new(long.MaxValue, 100));
        var page = await directory.Grain.Audit(query.Before, query.Limit);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.Write(json, page));
    }
}

/// <summary>Which part of the audit log.</summary>
internal sealed record AuditQuery(long Before, int Limit);
