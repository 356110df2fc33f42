using System.Text.Json;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Tests.Tokenization;

/// <summary>
/// The small tokenizers under Fixtures, one for each style, and what Hugging Face's own implementation (tokenizers 0.22.2)
/// makes of many texts with them; Fixtures/make-fixtures.mjs wrote both.
/// </summary>
public static class Fixture
{
    public static readonly string[] Styles =
    [
        "gpt2", "gpt2-prefix-space", "llama3", "qwen", "deepseek", "gpt4o", "llama2", "mistral", "gemma", "metaspace", "words", "no-decoder",
    ];

    public static readonly string[] ByteLevelStyles = ["gpt2", "llama3", "deepseek", "gpt4o"];

    private static readonly Dictionary<string, ITokenizer> Loaded = Styles.ToDictionary(style => style, style => TokenizerLoader.Load(Folder(style)));

    public static string Folder(string style) => Path.Combine(AppContext.BaseDirectory, "Tokenization", "Fixtures", style);

    public static ITokenizer Tokenizer(string style) => Loaded[style];

    public static Golden[] Goldens(string style) =>
        JsonSerializer.Deserialize<Golden[]>(File.ReadAllText(Path.Combine(Folder(style), "golden.json")), JsonSerializerOptions.Web)!;

    /// <summary>Writes a tokenizer.json (and a tokenizer_config.json) into a fresh folder and loads it.</summary>
    public static ITokenizer Load(string tokenizerJson, string? configJson = null)
    {
        var folder = Directory.CreateTempSubdirectory("foxtrot-tokenizer-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "tokenizer.json"), tokenizerJson);
            if (configJson is not null)
            {
                File.WriteAllText(Path.Combine(folder.FullName, "tokenizer_config.json"), configJson);
            }

            return TokenizerLoader.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A small tokenizer.json of one's own: bytes only, each part replaceable.</summary>
    public static string Json(string model = "", string added = "[]", string normalizer = "null", string preTokenizer = "null", string postProcessor = "null", string decoder = "null") => $$"""
        {
          "added_tokens": {{added}}, "normalizer": {{normalizer}}, "pre_tokenizer": {{preTokenizer}},
          "post_processor": {{postProcessor}}, "decoder": {{decoder}},
          "model": {{(model.Length > 0 ? model : """{ "type": "BPE", "vocab": { "a": 0, "b": 1, "ab": 2 }, "merges": ["a b"] }""")}}
        }
        """;

    public sealed record Golden(string Text, int[] Ids, int[] Plain, string Decoded, string DecodedWithSpecial);
}
