using System.Diagnostics;

namespace Foxtrot.Contracts;

/// <summary>The HTTP request that grain calls are made for. It goes along with calls, and with the calls that they make, for log lines alone.</summary>
/// <remarks>Belongs to the current asynchronous flow, as Orleans' request context does.</remarks>
public static class CallOrigin
{
    private const string Key = "foxtrot.request";

    /// <summary>The request's id; null where no request is known.</summary>
    public static string? RequestId
    {
        get => RequestContext.Get(Key) as string;
        set
        {
            if (value is null)
            {
                RequestContext.Remove(Key);
            }
            else
            {
                RequestContext.Set(Key, value);
            }
        }
    }

    /// <summary>Leaves the request's trace and ids: for a loop that goes on for others than the one that it began for.</summary>
    public static void Leave()
    {
        Activity.Current = null;
        RequestContext.Clear();
    }
}
