using System.Diagnostics;
using OpenTelemetry;

namespace Foxtrot.ServiceDefaults;

/// <summary>Drops calls between silos that belong to no request: load reports, leases, reports of use, deliveries of tokens.</summary>
/// <remarks>Orleans starts a trace for each, of which the sampler would keep its share. What is under such a call is dropped with it.</remarks>
internal sealed class OrphanCalls : BaseProcessor<Activity>
{
    private const string Prefix = "Microsoft.Orleans.";

    /// <inheritdoc/>
    public override void OnStart(Activity data)
    {
        if (data.ParentSpanId == default && data.Source.Name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            data.IsAllDataRequested = false;
        }
    }
}
