using System.Globalization;
using System.Text.RegularExpressions;
using global::Onnx;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>One layer's cache by the names of its tensors.</summary>
internal sealed record CacheTensors(string PastKey, string PastValue, string PresentKey, string PresentValue)
{
    // past_key_values.3.key (Optimum, genai), past.3.key, past_key_3, present.3.value, present_key_values.3.value, present_value_3.
    private static readonly Regex Name = new(
        @"^(?<side>past|present)(_key_values)?[._](?:(?<layer>\d+)[._](?<part>key|value)|(?<part>key|value)s?[._](?<layer>\d+))$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private readonly record struct Slot(bool Past, bool Key, int Layer);

    /// <summary>Whether a name looks like a cache tensor, in or out.</summary>
    public static bool IsCacheName(string name, IReadOnlyDictionary<string, string> patterns) => Parse(name, patterns) is not null;

    /// <summary>All layers in order.</summary>
    /// <exception cref="ModelException">There are none, or a layer lacks one of its four tensors.</exception>
    public static List<CacheTensors> Find(string file, GraphProto graph, IReadOnlyDictionary<string, string> patterns)
    {
        var slots = new Dictionary<Slot, string>();
        foreach (var tensor in graph.Input.Concat(graph.Output))
        {
            if (Parse(tensor.Name, patterns) is { } slot)
            {
                slots[slot] = tensor.Name;
            }
        }

        var layers = slots.Keys.Select(slot => slot.Layer).Distinct().Order().ToList();
        if (layers.Count == 0)
        {
            throw new ModelException($"{file}: there are no cache inputs past_key_values.N.key and .value; a decoder exported with its past is needed.");
        }

        return layers.ConvertAll(layer => new CacheTensors(
            Get(new(true, true, layer)), Get(new(true, false, layer)), Get(new(false, true, layer)), Get(new(false, false, layer))));

        string Get(Slot slot) => slots.TryGetValue(slot, out var name)
            ? name
            : throw new ModelException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: layer {slot.Layer} of the cache has no {(slot.Past ? "past" : "present")} {(slot.Key ? "key" : "value")} {(slot.Past ? "input" : "output")}; keys and values must come in pairs, in and out."));
    }

    private static Slot? Parse(string name, IReadOnlyDictionary<string, string> patterns)
    {
        foreach (var (role, past, key) in new[]
        {
            ("past_key_names", true, true), ("past_value_names", true, false),
            ("present_key_names", false, true), ("present_value_names", false, false),
        })
        {
            if (patterns.TryGetValue(role, out var pattern) && LayerOf(name, pattern) is { } layer)
            {
                return new Slot(past, key, layer);
            }
        }

        var match = Name.Match(name);
        return match.Success && int.TryParse(match.Groups["layer"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Slot(match.Groups["side"].ValueSpan is "past", match.Groups["part"].ValueSpan is "key", number)
            : null;
    }

    private static int? LayerOf(string name, string pattern)
    {
        var at = pattern.IndexOf("%d", StringComparison.Ordinal);
        if (at < 0 || !name.StartsWith(pattern[..at], StringComparison.Ordinal) || !name.EndsWith(pattern[(at + 2)..], StringComparison.Ordinal))
        {
            return null;
        }

        var length = name.Length - pattern.Length + 2;
        return length > 0 && int.TryParse(name.AsSpan(at, length), NumberStyles.None, CultureInfo.InvariantCulture, out var layer) ? layer : null;
    }
}
