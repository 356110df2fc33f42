using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Onnx;

namespace Foxtrot.Inference.Tests.TinyModels;

/// <summary>A temporary Hugging Face folder with a tiny model: ONNX file, config.json, generation_config.json, tokenizer files. Deleted when disposed.</summary>
/// <remarks>
/// Tokens: 0 unknown, 1 start, 2 end, 3 to 28 the letters a to z, 29 the space, 30 the full stop, 31 the comma; above that, names like "t32".
/// </remarks>
public sealed class TinyFolder : IDisposable
{
    public TinyFolder(TinyModelSpec? spec = null)
        : this(spec ?? new TinyModelSpec(), Directory.CreateTempSubdirectory("tiny-model-").FullName)
    {
    }

    /// <summary>Fills a folder that exists, which disposing deletes.</summary>
    public TinyFolder(TinyModelSpec spec, string path)
    {
        Spec = spec;
        Path = path;
        WriteModel(TinyModel.Build(Spec));
        Write("config.json", new JsonObject
        {
            ["model_type"] = "llama",
            ["vocab_size"] = Spec.Vocabulary,
            ["max_position_embeddings"] = Spec.ContextLength,
            ["hidden_size"] = Spec.Hidden,
            ["intermediate_size"] = Spec.Intermediate,
            ["num_hidden_layers"] = Spec.Layers,
            ["num_attention_heads"] = Spec.Heads,
            ["num_key_value_heads"] = Spec.KeyValueHeads,
            ["head_dim"] = Spec.HeadSize,
            ["bos_token_id"] = 1,
            ["eos_token_id"] = 2,
        });
        Write("generation_config.json", new JsonObject { ["bos_token_id"] = 1, ["eos_token_id"] = new JsonArray(2), ["do_sample"] = true, ["temperature"] = 0.8 });
        Write("tokenizer_config.json", new JsonObject { ["bos_token"] = "<s>", ["eos_token"] = "</s>", ["unk_token"] = "<unk>" });
        Write("tokenizer.json", Tokenizer(Spec.Vocabulary));
    }

    public TinyModelSpec Spec { get; }

    /// <summary>The folder.</summary>
    public string Path { get; }

    public string OnnxFile => File("model.onnx");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public ModelFolder Open(string? onnxFile = null) => ModelFolder.Open(Path, onnxFile);

    /// <summary>Opens and loads on the CPU.</summary>
    public LoadedModel Load(ModelLoadOptions? options = null) => LoadedModel.Load(Open(), Device.Cpu, options);

    /// <summary>Writes or replaces a JSON file.</summary>
    public void Write(string name, JsonNode content) => System.IO.File.WriteAllText(File(name), content.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));

    /// <summary>Changes one field of a JSON file; null removes it.</summary>
    public void Edit(string name, string field, JsonNode? value)
    {
        var content = JsonNode.Parse(System.IO.File.ReadAllText(File(name)))!.AsObject();
        content.Remove(field);
        if (value is not null)
        {
            content[field] = value;
        }

        Write(name, content);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Rebuilds the ONNX file after a change of its graph.</summary>
    internal void EditGraph(Action<GraphProto> change)
    {
        var model = TinyModel.Build(Spec);
        change(model.Graph);
        WriteModel(model);
    }

    internal void WriteModel(ModelProto model, string name = "model.onnx")
    {
        if (Spec.ExternalData)
        {
            MoveWeights(model, name + "_data");
        }

        System.IO.File.WriteAllBytes(File(name), model.ToByteArray());
    }

    private void MoveWeights(ModelProto model, string name)
    {
        using var data = System.IO.File.Create(File(name));
        foreach (var tensor in model.Graph.Initializer.Where(tensor => tensor.RawData.Length >= 256))
        {
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = name });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{data.Position}" });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{tensor.RawData.Length}" });
            tensor.RawData.WriteTo(data);
            tensor.ClearRawData();
        }
    }

    private static JsonObject Tokenizer(int vocabulary)
    {
        var vocab = new JsonObject { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        for (var letter = 'a'; letter <= 'z'; letter++)
        {
            vocab[letter.ToString()] = 3 + letter - 'a';
        }

        // ByteLevel writes the space as U+0120.
        vocab["\u0120"] = 29;
        vocab["."] = 30;
        vocab[","] = 31;
        for (var id = 32; id < vocabulary; id++)
        {
            vocab[$"t{id}"] = id;
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Special(0, "<unk>"), Special(1, "<s>"), Special(2, "</s>")),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true },
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject { ["type"] = "BPE", ["unk_token"] = "<unk>", ["vocab"] = vocab, ["merges"] = new JsonArray() },
        };
    }

    private static JsonObject Special(int id, string content) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
