using System.Globalization;
using Foxtrot.Bench.Load;

namespace Foxtrot.Commands;

/// <summary>Reads <c>--tenant name=light,clients=1,tokens=16,key-file=light.key</c>.</summary>
internal static class TenantLoadOption
{
    private const string Known = "name, key-file, clients, rate, tokens, prompt-tokens";

    /// <summary>Reads one tenant's part; what it does not say is as for all.</summary>
    /// <param name="text">The option's value.</param>
    /// <param name="all">What the other options say.</param>
    /// <exception cref="UsageException">It is wrong; the message says how.</exception>
    public static TenantLoad Read(string text, LoadBenchOptions all)
    {
        string? name = null;
        var options = all;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=', 2) is not [var key, { Length: > 0 } value])
            {
                throw new UsageException($"--tenant must be parts like clients=4 with commas between them, but has '{part}'");
            }

            switch (key)
            {
                case "name":
                    name = value;
                    break;
                case "key-file":
                    options = options with { ApiKey = ReadKey(value) };
                    break;
                case "clients":
                    options = options with { Clients = Integer(key, value, 10_000), Rate = null };
                    break;
                case "rate":
                    options = options with { Rate = Number(key, value) };
                    break;
                case "tokens":
                    options = options with { Tokens = Integer(key, value, 1 << 20) };
                    break;
                case "prompt-tokens":
                    options = options with { Prompt = null, PromptTokens = Integer(key, value, 1 << 20) };
                    break;
                default:
                    throw new UsageException($"--tenant has no part '{key}': it knows {Known}");
            }
        }

        return new TenantLoad(
            name ?? throw new UsageException($"--tenant must have a name, but is '{text}'"),
            options with { Warmup = 2 * options.Clients });
    }

    private static string ReadKey(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--tenant key-file cannot be read: {exception.Message}");
        }
    }

    private static int Integer(string key, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new UsageException($"--tenant {key} must be an integer in [1, {most}], but is '{value}'");

    private static double Number(string key, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1_000_000
            ? number
            : throw new UsageException($"--tenant {key} must be above 0 and at most 1000000, but is '{value}'");
}
