using System.Text.Json.Nodes;
using CsCheck;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Tests.Tokenization;

public sealed class TokenizerLoaderTests
{
    private const string Bpe = """{ "type": "BPE", "vocab": { "a": 0, "b": 1, "ab": 2 }, "merges": [] }""";

    public static TheoryData<string, string> Refused => new()
    {
        { Fixture.Json(model: """{ "type": "Unigram", "unk_id": 0, "vocab": [["a", -1.0]] }"""), "model type 'Unigram'" },
        { Fixture.Json(model: """{ "type": "WordPiece", "vocab": { "a": 0 } }"""), "model type 'WordPiece'" },
        { Fixture.Json(model: """{ "type": "WordLevel", "vocab": { "a": 0 } }"""), "model type 'WordLevel'" },
        { Fixture.Json(model: Bpe.Replace("[]", "[], \"dropout\": 0.1", StringComparison.Ordinal)), "model.dropout" },
        { Fixture.Json(model: Bpe.Replace("[]", "[], \"novelty\": true", StringComparison.Ordinal)), "model.novelty" },
        { Fixture.Json(model: Bpe.Replace("[]", "[], \"end_of_word_suffix\": \"</w>\"", StringComparison.Ordinal)), "model.end_of_word_suffix '</w>'" },
        { Fixture.Json(model: Bpe.Replace("[]", "[\"a c\"]", StringComparison.Ordinal)), "model.merges[0]: 'ac' is not in the vocabulary" },
        { Fixture.Json(model: Bpe.Replace("[]", "[\"a b c\"]", StringComparison.Ordinal)), "model.merges [0]" },
        { Fixture.Json(model: Bpe.Replace("[]", "[7]", StringComparison.Ordinal)), "model.merges [0]" },
        { Fixture.Json(model: Bpe.Replace("[]", "[], \"unk_token\": \"?\"", StringComparison.Ordinal)), "model.unk_token: '?'" },
        { Fixture.Json(model: Bpe.Replace("2", "-2", StringComparison.Ordinal)), "'ab' the id -2" },
        { Fixture.Json(normalizer: """{ "type": "Precompiled", "precompiled_charsmap": "" }"""), "normalizer type 'Precompiled'" },
        { Fixture.Json(normalizer: """{ "type": "Sequence", "normalizers": [{ "type": "Nmt" }] }"""), "normalizer type 'Nmt' is not supported (normalizer.normalizers[0])" },
        { Fixture.Json(preTokenizer: """{ "type": "UnicodeScripts" }"""), "pre_tokenizer type 'UnicodeScripts'" },
        { Fixture.Json(preTokenizer: """{ "type": "Split", "pattern": { "Regex": "\\p{Han}+" }, "behavior": "Isolated", "invert": false }"""), @"'\p{Han}'" },
        { Fixture.Json(preTokenizer: """{ "type": "Split", "pattern": { "Regex": "a$" }, "behavior": "Isolated", "invert": false }"""), "'$'" },
        { Fixture.Json(preTokenizer: """{ "type": "Split", "pattern": { "Regex": "(a" }, "behavior": "Isolated", "invert": false }"""), "unclosed '('" },
        { Fixture.Json(preTokenizer: """{ "type": "Split", "pattern": { "String": "a" }, "behavior": "Sideways", "invert": false }"""), "pre_tokenizer.behavior 'Sideways'" },
        { Fixture.Json(preTokenizer: """{ "type": "ByteLevel", "add_prefix_space": "no" }"""), "pre_tokenizer.add_prefix_space must be true or false" },
        { Fixture.Json(postProcessor: """{ "type": "Mystery" }"""), "post_processor type 'Mystery'" },
        { Fixture.Json(postProcessor: """{ "type": "TemplateProcessing", "single": [], "special_tokens": {} }"""), "post_processor.single" },
        { Fixture.Json(postProcessor: """{ "type": "RobertaProcessing", "sep": ["b", 1], "cls": ["c", 8] }"""), "post_processor adds the token 8" },
        { Fixture.Json(decoder: "\"Fuse\""), "decoder must be an object, but is \"Fuse\"" },
        { Fixture.Json(model: Bpe.Replace("2", "\"2\"", StringComparison.Ordinal)), "'ab' the id \"2\"" },
        { Fixture.Json(model: Bpe.Replace("[]", "[\"a \\ud83d\"]", StringComparison.Ordinal)), "cannot be read" },
        { Fixture.Json(decoder: """{ "type": "WordPiece", "prefix": "##", "cleanup": true }"""), "decoder type 'WordPiece'" },
        { Fixture.Json(decoder: """{ "type": "Sequence", "decoders": [{ "type": "Fuse" }, { "type": "ByteFallback" }] }"""), "decoder.decoders[1] of type 'ByteFallback'" },
        { Fixture.Json(decoder: """{ "type": "Sequence", "decoders": [{ "type": "Fuse" }, { "type": "Strip", "content": " ", "start": 0, "stop": 1 }] }"""), "decoder.decoders[1].stop" },
        { Fixture.Json(added: """[{ "id": 9, "content": "<s>", "special": true }]"""), "'<s>' the id 9, but the next free id is 3" },
        { Fixture.Json(added: """[{ "id": 1, "content": "a", "special": true }]"""), "'a' the id 1, but model.vocab gives it 0" },
        { "[1, 2]", "the file must be an object, but is a list" },
        { "{ \"model\": ", "cannot be read" },
        { "{}", "model must be an object, but is absent" },
        { """{ "surprise": 1, "model": {} }""", "surprise is not supported" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_done_exactly_is_refused_by_name(string json, string complaint)
    {
        var error = Assert.Throws<TokenizerException>(() => Fixture.Load(json));
        Assert.StartsWith("tokenizer.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_refused_by_name()
    {
        var error = Assert.Throws<TokenizerException>(() => TokenizerLoader.Load(AppContext.BaseDirectory));
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_tokenizer_config_is_refused_by_name()
    {
        var error = Assert.Throws<TokenizerException>(() => Fixture.Load(Fixture.Json(), """{ "bos_token": 7 }"""));
        Assert.StartsWith("tokenizer_config.json: bos_token", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["a b"]""")]
    [InlineData("""[["a", "b"]]""")]
    public void Merges_are_read_as_text_and_as_pairs(string merges)
    {
        var tokenizer = Fixture.Load(Fixture.Json(model: Bpe.Replace("[]", merges, StringComparison.Ordinal)));
        Assert.Equal([2, 0], tokenizer.Encode("aba"));
    }

    [Fact]
    public void A_model_without_a_type_but_with_merges_is_BPE() =>
        Assert.Equal([2], Fixture.Load(Fixture.Json(model: """{ "vocab": { "a": 0, "b": 1, "ab": 2 }, "merges": ["a b"] }""")).Encode("ab"));

    [Fact]
    public void Begin_and_end_tokens_come_from_the_configuration()
    {
        const string added = """[{ "id": 3, "content": "<s>", "special": true }, { "id": 4, "content": "</s>", "special": true }]""";
        var tokenizer = Fixture.Load(Fixture.Json(added: added), """{ "bos_token": { "content": "<s>" }, "eos_token": "</s>" }""");
        Assert.Equal(3, tokenizer.BosToken);
        Assert.Equal(4, tokenizer.EosToken);
        Assert.Equal([2], tokenizer.Encode("ab"));
        Assert.Equal(5, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData("""{ "tokenizer_class": "LlamaTokenizer", "add_bos_token": true, "bos_token": "<s>", "eos_token": "</s>" }""", new[] { 3, 2 })]
    [InlineData("""{ "tokenizer_class": "LlamaTokenizer", "add_bos_token": false, "add_eos_token": true, "bos_token": "<s>", "eos_token": "</s>" }""", new[] { 2, 4 })]
    [InlineData("""{ "tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": true, "bos_token": "<s>" }""", new[] { 2 })]
    public void Llama_tokenizers_follow_add_bos_token_and_others_their_post_processor(string config, int[] ids)
    {
        const string added = """[{ "id": 3, "content": "<s>", "special": true }, { "id": 4, "content": "</s>", "special": true }]""";
        Assert.Equal(ids, Fixture.Load(Fixture.Json(added: added), config).Encode("ab"));
    }

    [Fact]
    public void Tokens_that_only_the_configuration_adds_are_known()
    {
        var tokenizer = Fixture.Load(Fixture.Json(), """{ "added_tokens_decoder": { "3": { "content": "<x>", "special": true } } }""");
        Assert.Equal([2, 3], tokenizer.Encode("ab<x>"));
        Assert.True(tokenizer.IsSpecial(3));
    }

    [Fact]
    public void The_kind_is_named()
    {
        Assert.Equal("byte-level BPE", Fixture.Tokenizer("llama3").Kind);
        Assert.Equal("BPE with byte fallback", Fixture.Tokenizer("llama2").Kind);
        Assert.Equal("BPE", Fixture.Tokenizer("words").Kind);
    }

    [Fact]
    public void However_a_file_is_broken_the_complaint_is_about_the_file()
    {
        var files = Fixture.Styles.Select(style => File.ReadAllText(Path.Combine(Fixture.Folder(style), "tokenizer.json"))).ToArray();
        var values = Gen.OneOf<string?>(null, "7", "-1", "true", "\"x\"", "\"\"", "[]", "[1]", "{}", "{\"type\":\"Sequence\"}", "1e99");
        Gen.Select(Gen.OneOf(files), Gen.Int, values).Sample((file, at, value) =>
        {
            var root = JsonNode.Parse(file)!;
            var places = Places(root).ToList();
            var (parent, key) = places[(int)((uint)at % places.Count)];
            var replacement = value is null ? null : JsonNode.Parse(value);
            if (parent is JsonObject members)
            {
                members[(string)key] = replacement;
            }
            else
            {
                ((JsonArray)parent)[(int)key] = replacement;
            }

            try
            {
                Fixture.Load(root.ToJsonString()).Encode("Once upon a time 👋");
            }
            catch (TokenizerException e)
            {
                Assert.StartsWith("tokenizer.json: ", e.Message, StringComparison.Ordinal);
            }
        }, iter: 1000);
    }

    /// <summary>Every member and element, but only a few of the long lists.</summary>
    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node) => node switch
    {
        JsonObject members => members.Take(12).SelectMany(member => Places(member.Value).Prepend((members, member.Key))),
        JsonArray items => items.Take(4).SelectMany((item, i) => Places(item).Prepend((items, i))),
        _ => [],
    };
}
