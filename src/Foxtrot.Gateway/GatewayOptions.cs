using System.ComponentModel.DataAnnotations;
using Foxtrot.Gateway.Security;

namespace Foxtrot.Gateway;

/// <summary>What one HTTP request may ask for. Bounds that depend on a model are the worker's.</summary>
public sealed class GatewayOptions
{
    /// <summary>Bytes of a request's body at most, 1 KiB to 1 GiB. Default 4 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Choices of one request at most, over all its prompts, 1 to 1,024. Default 128.</summary>
    [Range(1, 1024)]
    public int MaxChoices { get; set; } = 128;

    /// <summary>Stop strings of one request at most, 0 to 64. Default 4.</summary>
    [Range(0, 64)]
    public int MaxStopStrings { get; set; } = 4;

    /// <summary>Characters of one stop string at most, 1 to 100,000. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxStopLength { get; set; } = 1000;

    /// <summary>Seconds of silence after which a stream gets a comment, so that nothing between takes it for dead, 1 to 3,600. Default 15.</summary>
    [Range(1, 3600)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>Seconds after which a client is told to try again when no worker has the model, 1 to 3,600. Default 2.</summary>
    [Range(1, 3600)]
    public int UnavailableRetrySeconds { get; set; } = 2;

    /// <summary>Seconds to wait, after a client has left, for its generation to end and say what it cost, 1 to 600. Default 10.</summary>
    [Range(1, 600)]
    public int SettleSeconds { get; set; } = 10;

    /// <summary>
    /// Output tokens for which a request without max_tokens reserves room in its tenant's tokens per minute, 1 to 1,000,000; less where
    /// the context or the limit has room for less. What it really uses is settled at its end. Default 1,024.
    /// </summary>
    [Range(1, 1_000_000)]
    public int DefaultReservation { get; set; } = 1024;

    /// <summary>The key of the admin API; null, the default, is no admin API.</summary>
    public AdminKey? AdminKey { get; set; }

    /// <summary>Whether requests need a key even while there is no tenant. Default false; with an admin key they do anyway.</summary>
    public bool RequireKeys { get; set; }

    /// <summary>Local ports on which <c>/metrics</c> is answered without a key, and nothing of the API. Default none.</summary>
    public IReadOnlyList<int> MetricsPorts { get; set; } = [];

    /// <summary>Whether spans hold the text of prompts and outputs. Default false: what users write stays out of telemetry.</summary>
    public bool CaptureMessageContent { get; set; }

    /// <summary>Origins whose pages may call the API from a browser, such as <c>https://example.com</c>, or <c>*</c>. Default none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; set; } = [];

    /// <summary>All errors in these options.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true);
        return [.. results.Select(r => r.ErrorMessage ?? "invalid")];
    }
}
