using System.Text.Json;
using Foxtrot.Inference.Tokenization;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;

namespace Foxtrot.Inference.Tests.Tokenization;

/// <summary>The llama2 fixture once more, as a tokenizer.model. Oracles: Microsoft.ML.Tokenizers' SentencePieceTokenizer, and Hugging Face's results.</summary>
public sealed class SentencePieceTests
{
    [Fact]
    public void Token_ids_equal_those_of_another_implementation()
    {
        var model = Model();
        var tokenizer = Load(model);
        var other = SentencePieceTokenizer.Create(new MemoryStream(model), addBeginningOfSentence: true, addEndOfSentence: false);
        foreach (var golden in Fixture.Goldens("llama2").Where(golden => golden.Text.Length > 0 && !golden.Text.Contains("s>", StringComparison.Ordinal)))
        {
            Assert.Equal(other.EncodeToIds(golden.Text), tokenizer.Encode(golden.Text));
        }
    }

    [Fact]
    public void Token_ids_and_text_equal_those_of_the_same_tokenizer_as_json()
    {
        var tokenizer = Load(Model());
        foreach (var golden in Fixture.Goldens("llama2"))
        {
            Assert.Equal(golden.Ids, tokenizer.Encode(golden.Text));
            Assert.Equal(golden.Decoded, tokenizer.Decode(golden.Ids));
        }

        Assert.Equal((1, 2), (tokenizer.BosToken, tokenizer.EosToken));
        Assert.Equal("SentencePiece BPE", tokenizer.Kind);
    }

    [Fact]
    public void The_first_token_follows_the_configuration() =>
        Assert.DoesNotContain(1, Load(Model(), """{ "add_bos_token": false }""").Encode("Once upon a time"));

    [Fact]
    public void A_Unigram_model_is_refused_by_name() =>
        Assert.Equal("tokenizer.model: model type 'Unigram' is not supported", Assert.Throws<TokenizerException>(() => Load(Model(modelType: 1))).Message);

    [Fact]
    public void A_character_map_is_refused_by_name() =>
        Assert.Contains("precompiled_charsmap", Assert.Throws<TokenizerException>(() => Load(Model(characterMap: "x"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_token_of_the_configuration_at_the_place_of_another_is_refused_by_name() =>
        Assert.StartsWith("tokenizer_config.json: added_tokens_decoder gives '<x>' the id 5", Assert.Throws<TokenizerException>(
            () => Load(Model(), """{ "added_tokens_decoder": { "5": { "content": "<x>" } } }""")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_truncated_file_is_refused_by_name() =>
        Assert.StartsWith("tokenizer.model: cannot be read", Assert.Throws<TokenizerException>(() => Load(Model()[..1001])).Message, StringComparison.Ordinal);

    private static ITokenizer Load(byte[] model, string? config = null)
    {
        var folder = Directory.CreateTempSubdirectory("foxtrot-tokenizer-");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "tokenizer.model"), model);
            if (config is not null)
            {
                File.WriteAllText(Path.Combine(folder.FullName, "tokenizer_config.json"), config);
            }

            return TokenizerLoader.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The llama2 fixture in the format of sentencepiece_model.proto; a piece's score is minus the rank of the merge that makes it.</summary>
    private static byte[] Model(int modelType = 2, string characterMap = "")
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Fixture.Folder("llama2"), "tokenizer.json")));
        var vocabulary = json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject().OrderBy(entry => entry.Value.GetInt32()).Select(entry => entry.Name);
        var rank = json.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray()
            .Select((merge, i) => (Token: merge.GetString()!.Replace(" ", "", StringComparison.Ordinal), Rank: i)).DistinctBy(pair => pair.Token).ToDictionary(pair => pair.Token, pair => pair.Rank);
        return Write(output =>
        {
            foreach (var token in vocabulary)
            {
                var type = token == "<unk>" ? 2 : token is "<s>" or "</s>" ? 3 : token.StartsWith("<0x", StringComparison.Ordinal) ? 6 : 1;
                Message(output, 1, piece =>
                {
                    piece.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    piece.WriteString(token);
                    piece.WriteTag(2, WireFormat.WireType.Fixed32);
                    piece.WriteFloat(type != 1 ? 0 : -rank.GetValueOrDefault(token, 10_000 + token[0]));
                    Number(piece, 3, type);
                });
            }

            Message(output, 2, trainer =>
            {
                Number(trainer, 3, modelType);
                Number(trainer, 35, 1);
                Number(trainer, 40, 0);
                Number(trainer, 41, 1);
                Number(trainer, 42, 2);
            });
            Message(output, 3, normalizer =>
            {
                normalizer.WriteTag(1, WireFormat.WireType.LengthDelimited);
                normalizer.WriteString("identity");
                normalizer.WriteTag(2, WireFormat.WireType.LengthDelimited);
                normalizer.WriteString(characterMap);
                Number(normalizer, 3, 1);
                Number(normalizer, 4, 0);
                Number(normalizer, 5, 1);
            });
        });
    }

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            write(output);
        }

        return bytes.ToArray();
    }

    private static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Write(write)));
    }

    private static void Number(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }
}
