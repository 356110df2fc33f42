using System.Globalization;
using System.Text.Json;

namespace Foxtrot.Inference.Tokenization;

/// <summary>What tokenizer_config.json (and special_tokens_map.json) add to a tokenizer.</summary>
internal sealed record TokenizerConfig
{
    // Transformers rebuilds the post-processor of these classes from add_bos_token and add_eos_token; others keep the file's.
    private static readonly HashSet<string> RebuildsTemplate = new(StringComparer.Ordinal)
    {
        "LlamaTokenizer", "LlamaTokenizerFast", "CodeLlamaTokenizer", "CodeLlamaTokenizerFast",
        "GemmaTokenizer", "GemmaTokenizerFast", "CohereTokenizer", "CohereTokenizerFast",
    };

    /// <summary>The name of the token that begins a text.</summary>
    public string? BosToken { get; private init; }

    /// <summary>The name of the token that ends a text.</summary>
    public string? EosToken { get; private init; }

    /// <summary>The tokens that the configuration lists, by id; usually the tokenizer's file has them too.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; private init; } = [];

    private bool RebuildsPostProcessor { get; init; }

    private bool? AddBosToken { get; init; }

    private bool? AddEosToken { get; init; }

    /// <summary>Reads what a folder has; nothing in it is required.</summary>
    /// <exception cref="TokenizerException">A file is there and broken.</exception>
    public static TokenizerConfig Load(string folder)
    {
        var map = Path.Combine(folder, "special_tokens_map.json");
        var config = File.Exists(map) ? JsonPart.ReadFile(map, ReadNames) : new TokenizerConfig();
        var main = Path.Combine(folder, "tokenizer_config.json");
        return File.Exists(main) ? JsonPart.ReadFile(main, root => Read(root, config)) : config;
    }

    /// <summary>One added token, in the form that tokenizer.json and tokenizer_config.json share.</summary>
    public static AddedToken ReadAddedToken(int id, JsonPart token)
    {
        var special = token.Flag("special", false);
        return new AddedToken(
            id,
            token.Text("content"),
            special,
            token.Flag("normalized", !special),
            token.Flag("single_word", false),
            token.Flag("lstrip", false),
            token.Flag("rstrip", false));
    }

    /// <summary>The post-processor, as the configuration would have it.</summary>
    /// <param name="fromFile">The one of the tokenizer's file.</param>
    /// <param name="find">Looks a token up.</param>
    /// <param name="always">Whether <c>add_bos_token</c> and <c>add_eos_token</c> count for any class of tokenizer.</param>
    public PostProcessor Apply(PostProcessor fromFile, Func<string?, int?> find, bool always = false)
    {
        if ((AddBosToken is null && AddEosToken is null) || !(RebuildsPostProcessor || always))
        {
            return fromFile;
        }

        return new PostProcessor(
            AddBosToken is false ? [] : find(BosToken) is { } bos ? [bos] : fromFile.Prefix,
            AddEosToken is not true ? [] : find(EosToken) is { } eos ? [eos] : fromFile.Suffix);
    }

    private static TokenizerConfig ReadNames(JsonPart root) => new()
    {
        BosToken = Name(root["bos_token"]),
        EosToken = Name(root["eos_token"]),
    };

    private static TokenizerConfig Read(JsonPart root, TokenizerConfig defaults)
    {
        var names = ReadNames(root);
        var rebuilds = root["tokenizer_class"].Element.ValueKind == JsonValueKind.String && RebuildsTemplate.Contains(root.Text("tokenizer_class"));
        return new TokenizerConfig
        {
            BosToken = names.BosToken ?? defaults.BosToken,
            EosToken = names.EosToken ?? defaults.EosToken,
            RebuildsPostProcessor = rebuilds,
            AddBosToken = Optional(root, "add_bos_token"),
            AddEosToken = Optional(root, "add_eos_token"),
            AddedTokens = ReadAddedTokens(root["added_tokens_decoder"]),
        };
    }

    private static bool? Optional(JsonPart root, string name) => root[name].IsNull ? null : root.Flag(name, false);

    /// <summary>A token's name, given as text or as an object with its content.</summary>
    private static string? Name(JsonPart token) => token.IsNull ? null
        : token.Element.ValueKind == JsonValueKind.Object ? token.Text("content")
        : token.Text();

    private static List<AddedToken> ReadAddedTokens(JsonPart tokens)
    {
        var added = new List<AddedToken>();
        if (tokens.IsNull)
        {
            return added;
        }

        foreach (var entry in tokens.Expect(JsonValueKind.Object).Element.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= 1 << 24)
            {
                throw tokens.Error($"has the id '{entry.Name}', which is not a token id");
            }

            added.Add(ReadAddedToken(id, tokens[entry.Name]));
        }

        return [.. added.OrderBy(token => token.Id)];
    }
}
