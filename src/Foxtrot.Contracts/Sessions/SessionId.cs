using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Foxtrot.Contracts.Sessions;

/// <summary>
/// The name that users have for a session: <c>sess_</c>, 8 hex digits that say which model, 8 that say which worker fingerprint it
/// was promised, 24 random ones. So any gateway finds the session's model, and placement its workers, without looking anything up.
/// </summary>
/// <remarks>Choices after the first of one request end in <c>-1</c>, <c>-2</c>, ...</remarks>
public readonly record struct SessionId
{
    private const string Prefix = "sess_";
    private const int HashDigits = 8;
    private const int RandomBytes = 12;
    private const int Digits = (2 * HashDigits) + (2 * RandomBytes);

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string _text;

    private SessionId(string text) => _text = text;

    /// <summary>Says which model: equal for equal names.</summary>
    public string ModelHash => _text.Substring(Prefix.Length, HashDigits);

    /// <summary>The beginning of the fingerprint that the session was promised; zeros when nothing was.</summary>
    public string Fingerprint => _text.Substring(Prefix.Length + HashDigits, HashDigits);

    /// <summary>Whether exactness was promised at all.</summary>
    public bool PromisesExactness => Fingerprint != Unpromised;

    private static string Unpromised { get; } = new('0', HashDigits);

    /// <summary>A new name.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="fingerprint">The worker fingerprint promised, as hex; null when nothing is promised.</param>
    public static SessionId New(string model, string? fingerprint) =>
        new(Prefix + HashOf(model) + Shorten(fingerprint) + RandomNumberGenerator.GetHexString(2 * RandomBytes, lowercase: true));

    /// <summary>The name of another choice of the same request.</summary>
    public SessionId WithChoice(int choice) => choice == 0 ? this : new(string.Create(CultureInfo.InvariantCulture, $"{_text}-{choice}"));

    /// <summary>Whether it names the first choice of its request.</summary>
    public bool IsFirst => _text.Length == Prefix.Length + Digits;

    /// <summary>The name of the first choice of the same request.</summary>
    public SessionId First => IsFirst ? this : new(_text[..(Prefix.Length + Digits)]);

    /// <summary>Reads a name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id)
    {
        id = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length < Prefix.Length + Digits)
        {
            return false;
        }

        var digits = text.AsSpan(Prefix.Length, Digits);
        var choice = text.AsSpan(Prefix.Length + Digits);
        if (digits.ContainsAnyExcept(HexDigits)
            || (choice.Length > 0 && (choice[0] != '-' || choice.Length is < 2 or > 6 || choice[1] == '0' || choice[1..].ContainsAnyExceptInRange('0', '9'))))
        {
            return false;
        }

        id = new(text);
        return true;
    }

    /// <summary>The digits that stand for a model's name.</summary>
    public static string HashOf(string model) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model)), 0, HashDigits / 2);

    /// <summary>The digits that stand for a fingerprint.</summary>
    public static string Shorten(string? fingerprint) => fingerprint is { Length: >= HashDigits } ? fingerprint[..HashDigits] : Unpromised;

    /// <inheritdoc/>
    public override string ToString() => _text;
}
