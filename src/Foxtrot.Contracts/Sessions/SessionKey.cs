using System.Diagnostics.CodeAnalysis;

namespace Foxtrot.Contracts.Sessions;

/// <summary>The key of a session grain, <c>model/tenant/session</c>: placement reads the model from it.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Tenant">Whose session it is.</param>
/// <param name="Session">Its name.</param>
public readonly record struct SessionKey(string Model, string Tenant, SessionId Session)
{
    /// <summary>The key as a string; slashes within a part are escaped.</summary>
    public override string ToString() => $"{Uri.EscapeDataString(Model)}/{Uri.EscapeDataString(Tenant)}/{Session}";

    /// <summary>Reads a key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionKey key)
    {
        key = default;
        if (text?.Split('/') is not [var model, var tenant, var session] || !SessionId.TryParse(session, out var id))
        {
            return false;
        }

        key = new SessionKey(Uri.UnescapeDataString(model), Uri.UnescapeDataString(tenant), id);
        return true;
    }
}
