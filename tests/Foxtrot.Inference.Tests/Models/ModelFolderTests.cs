using System.Text.Json.Nodes;
using Foxtrot.Inference.Tests.TinyModels;

namespace Foxtrot.Inference.Tests.Models;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TinyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_states_its_architecture_and_defaults()
    {
        var model = _folder.Open();
        Assert.Equal(Path.GetFileName(_folder.Path), model.Name);
        Assert.Equal(_folder.OnnxFile, model.OnnxFile);
        Assert.Equal(("llama", 32, 128), (model.Config.ModelType, model.Config.VocabularySize, model.Config.ContextLength));
        Assert.Equal((2, 32, 2, 1, 16), (model.Config.Layers, model.Config.HiddenSize, model.Config.Heads, model.Config.KeyValueHeads, model.Config.HeadSize));
        Assert.Equal([2], model.Generation.EosTokens);
        Assert.Equal((1, true, 0.8), (model.Generation.BosToken, model.Generation.DoSample, model.Generation.Temperature));
        Assert.Null(model.Generation.TopK);
        Assert.Null(model.ChatTemplate);
    }

    [Fact]
    public void Heads_that_the_configuration_leaves_out_follow_from_the_others()
    {
        _folder.Edit("config.json", "num_key_value_heads", null);
        _folder.Edit("config.json", "head_dim", null);
        Assert.Equal((2, 16), (_folder.Open().Config.KeyValueHeads, _folder.Open().Config.HeadSize));
    }

    [Fact]
    public void Names_of_older_architectures_are_understood()
    {
        _folder.Write("config.json", new JsonObject { ["model_type"] = "gpt2", ["vocab_size"] = 32, ["n_positions"] = 64, ["n_embd"] = 32, ["n_head"] = 2, ["n_layer"] = 2 });
        var config = _folder.Open().Config;
        Assert.Equal((64, 32, 2, 2), (config.ContextLength, config.HiddenSize, config.Heads, config.Layers));
    }

    [Theory]
    [InlineData("generation_config.json", "[2, 3]", "4", "5", "2,3")]
    [InlineData("genai_config.json", null, "4", "5", "4")]
    [InlineData("config.json", null, null, "[5, 6]", "5,6")]
    public void End_tokens_come_from_the_first_file_that_has_them(string file, string? generation, string? genai, string? config, string expected)
    {
        _folder.Edit("generation_config.json", "eos_token_id", Json(generation));
        _folder.Edit("config.json", "eos_token_id", Json(config));
        var settings = Genai();
        settings["model"]!["eos_token_id"] = Json(genai);
        _folder.Write("genai_config.json", settings);
        Assert.True(expected == string.Join(',', _folder.Open().Generation.EosTokens), file);

        static JsonNode? Json(string? text) => text is null ? null : JsonNode.Parse(text);
    }

    [Fact]
    public void A_genai_folder_needs_no_config_json()
    {
        File.Delete(_folder.File("config.json"));
        File.Delete(_folder.File("generation_config.json"));
        _folder.Write("genai_config.json", Genai());
        var model = _folder.Open();
        Assert.Equal((100, 32, 16), (model.Config.ContextLength, model.Config.VocabularySize, model.Config.HeadSize));
        Assert.Equal(50, model.Generation.TopK);
        using var loaded = LoadedModel.Load(model, Device.Cpu);
        Assert.Equal(100, loaded.ContextLength);
    }

    [Fact]
    public void The_smaller_of_two_stated_context_lengths_counts()
    {
        _folder.Write("genai_config.json", Genai());
        Assert.Equal(100, _folder.Open().Config.ContextLength);
    }

    [Fact]
    public void A_chat_template_may_be_a_text_a_named_list_or_a_file()
    {
        _folder.Edit("tokenizer_config.json", "chat_template", "one");
        Assert.Equal("one", _folder.Open().ChatTemplate);

        _folder.Edit("tokenizer_config.json", "chat_template", JsonNode.Parse("""[{"name": "default", "template": "two"}, {"name": "tool_use", "template": "three"}]"""));
        Assert.Equal(("two", "three"), (_folder.Open().ChatTemplate, _folder.Open().ChatTemplates["tool_use"]));

        File.WriteAllText(_folder.File("chat_template.jinja"), "four");
        Assert.Equal("four", _folder.Open().ChatTemplate);
    }

    [Theory]
    [InlineData("config.json", "vocab_size", null, "vocab_size is missing")]
    [InlineData("config.json", "max_position_embeddings", null, "max_position_embeddings is missing")]
    [InlineData("config.json", "model_type", null, "model_type is missing")]
    [InlineData("config.json", "vocab_size", "0", "vocab_size must be a whole number from 1 to 2147483647, not 0")]
    [InlineData("config.json", "vocab_size", "\"many\"", "vocab_size must be a whole number from 1 to 2147483647, not \"many\"")]
    [InlineData("config.json", "num_attention_heads", "1.5", "num_attention_heads must be a whole number from 1 to 2147483647, not 1.5")]
    [InlineData("config.json", "is_encoder_decoder", "true", "only decoder-only")]
    [InlineData("config.json", "eos_token_id", "[2, -1]", "eos_token_id must be a token id")]
    [InlineData("generation_config.json", "temperature", "\"hot\"", "temperature must be a finite number, not \"hot\"")]
    [InlineData("generation_config.json", "do_sample", "1", "do_sample must be true or false, not 1")]
    [InlineData("tokenizer_config.json", "chat_template", "[1]", "chat_template must be a string or a list of {name, template}, not 1")]
    public void A_wrong_field_is_named_with_its_file_and_value(string file, string field, string? json, string expected)
    {
        _folder.Edit(file, field, json is null ? null : JsonNode.Parse(json));
        var message = OneLine(() => _folder.Open());
        Assert.StartsWith(_folder.File(file), message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_json_is_reported_with_its_line()
    {
        File.WriteAllText(_folder.File("config.json"), "{\n  \"vocab_size\": 32,\n  \"model_type\" \"llama\"\n}");
        Assert.StartsWith(_folder.File("config.json") + ": not valid JSON at line 3", OneLine(() => _folder.Open()), StringComparison.Ordinal);
        File.WriteAllText(_folder.File("config.json"), "[]");
        Assert.Contains("the root must be a JSON object, not a list", OneLine(() => _folder.Open()), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_with_a_byte_order_mark_are_read_and_broken_unicode_is_refused()
    {
        File.WriteAllText(_folder.File("config.json"), File.ReadAllText(_folder.File("config.json")), new System.Text.UTF8Encoding(true));
        Assert.Equal("llama", _folder.Open().Config.ModelType);
        File.WriteAllBytes(_folder.File("tokenizer_config.json"), [.. "{\"chat_template\": \""u8, 0xC3, 0x28, .. "\"}"u8]);
        Assert.Contains("chat_template is not valid Unicode", OneLine(() => _folder.Open()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_a_file_and_an_empty_folder_are_told_apart()
    {
        Assert.Contains("no such folder", OneLine(() => ModelFolder.Open(_folder.File("absent"))), StringComparison.Ordinal);
        Assert.Contains("is a file", OneLine(() => ModelFolder.Open(_folder.OnnxFile)), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.File("empty"));
        Assert.Contains("neither config.json nor genai_config.json", OneLine(() => ModelFolder.Open(_folder.File("empty"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.onnx,model_q4.onnx,onnx/model.onnx", "model.onnx")]
    [InlineData("onnx/model.onnx,onnx/model_q4.onnx", "onnx/model.onnx")]
    [InlineData("onnx/decoder.onnx", "onnx/decoder.onnx")]
    [InlineData("decoder.onnx,decoder_quantized.onnx,decoder_int8.onnx", "decoder.onnx")]
    [InlineData("model_quantized.onnx", "model_quantized.onnx")]
    public void Without_a_choice_the_plain_model_is_taken(string files, string expected)
    {
        Files(files);
        Assert.Equal(_folder.File(expected), _folder.Open().OnnxFile);
    }

    [Theory]
    [InlineData("model_q4.onnx,model_fp16.onnx", "choose one by name (--onnx-file): model_fp16.onnx, model_q4.onnx.")]
    [InlineData("decoder_model.onnx,decoder_with_past_model.onnx", "the decoder is split")]
    [InlineData("", "there is no .onnx file")]
    public void A_choice_that_is_not_unique_lists_the_files(string files, string expected)
    {
        Files(files);
        Assert.Contains(expected, OneLine(() => _folder.Open()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_asked_for_wins_and_may_be_in_the_subfolder()
    {
        Files("model.onnx,model_q4.onnx,onnx/model_fp16.onnx");
        Assert.Equal(_folder.File("model_q4.onnx"), _folder.Open("model_q4.onnx").OnnxFile);
        Assert.Equal(_folder.File("onnx/model_fp16.onnx"), _folder.Open("model_fp16.onnx").OnnxFile);
        Assert.Contains("no ONNX file absent.onnx; it has model.onnx, model_q4.onnx, onnx/model_fp16.onnx.", OneLine(() => _folder.Open("absent.onnx")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_decoder_that_genai_names_is_taken()
    {
        Files("model.onnx,decoder.onnx");
        var settings = Genai();
        settings["model"]!["decoder"]!["filename"] = "decoder.onnx";
        _folder.Write("genai_config.json", settings);
        Assert.Equal(_folder.File("decoder.onnx"), _folder.Open().OnnxFile);
    }

    private void Files(string names)
    {
        File.Delete(_folder.OnnxFile);
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
            File.WriteAllBytes(_folder.File(name), [0]);
        }
    }

    private static JsonNode Genai() => JsonNode.Parse("""
        {
          "model": {
            "type": "llama", "vocab_size": 32, "context_length": 100, "bos_token_id": 1, "eos_token_id": 2,
            "decoder": {
              "filename": "model.onnx", "head_size": 16, "hidden_size": 32, "num_attention_heads": 2, "num_hidden_layers": 2, "num_key_value_heads": 1,
              "inputs": { "input_ids": "input_ids", "past_key_names": "past_key_values.%d.key" },
              "outputs": { "logits": "logits" }
            }
          },
          "search": { "top_k": 50, "temperature": 1.0 }
        }
        """)!;

    private static string OneLine(Action act)
    {
        var message = Assert.Throws<ModelException>(act).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
