using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Gateway.Fields;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Tenants;

/// <summary>A text of a certain pattern, read into something else.</summary>
internal abstract class PatternShape<T> : Shape<T>
{
    /// <summary>The pattern, of the whole text.</summary>
    protected abstract Regex Pattern { get; }

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.String, Pattern = Pattern.ToString() };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out T result)
    {
        if (TextShape.TryText(value, out var text) && Pattern.IsMatch(text) && TryConvert(text, out result))
        {
            return true;
        }

        Refuse(value, path, errors);
        result = default!;
        return false;
    }

    /// <summary>Says what is wrong.</summary>
    protected virtual void Refuse(JsonElement value, string path, FieldErrors errors) => errors.Expected(path, Expected, value);

    /// <summary>Reads a text of the pattern.</summary>
    protected abstract bool TryConvert(string text, out T result);
}

/// <summary>A tenant's id.</summary>
internal sealed partial class TenantIdShape : PatternShape<string>
{
    public override string Expected => "1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit";

    protected override Regex Pattern => Id();

    protected override bool TryConvert(string text, out string result)
    {
        result = text;
        return true;
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_-]{0,63}\z")]
    private static partial Regex Id();
}

/// <summary>The hash of a key. What is there instead may be the key itself, so that no message repeats it.</summary>
internal sealed partial class KeyHashShape : PatternShape<byte[]>
{
    public override string Expected => "sha256: and 64 hex digits, as foxtrot key prints it";

    protected override Regex Pattern => Hash();

    protected override void Refuse(JsonElement value, string path, FieldErrors errors) => errors.Add(path, $"{path} must be {Expected}, but is something else");

    protected override bool TryConvert(string text, out byte[] result)
    {
        result = Convert.FromHexString(text.AsSpan(ApiKey.HashPrefix.Length));
        return true;
    }

    [GeneratedRegex(@"^sha256:[0-9a-fA-F]{64}\z")]
    private static partial Regex Hash();
}

/// <summary>A point in time as RFC 3339 writes it.</summary>
internal sealed partial class TimeShape : PatternShape<DateTimeOffset>
{
    public override string Expected => "a time such as 2030-01-31T12:00:00Z";

    protected override Regex Pattern => Time();

    protected override bool TryConvert(string text, out DateTimeOffset result) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out result);

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})\z")]
    private static partial Regex Time();
}
