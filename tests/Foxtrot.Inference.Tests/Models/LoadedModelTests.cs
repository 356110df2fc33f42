using Foxtrot.Inference.Tests.TinyModels;

namespace Foxtrot.Inference.Tests.Models;

public sealed class LoadedModelTests
{
    [Fact]
    public void A_loaded_model_says_where_it_came_from_and_how_long_texts_may_be()
    {
        using var folder = new TinyFolder();
        folder.Edit("config.json", "max_position_embeddings", 4096);
        using var model = folder.Load();
        Assert.Equal(Device.Cpu, model.Device);
        Assert.Equal(folder.Path, model.Folder.Path);
        Assert.Equal(128, model.ContextLength);
        Assert.InRange(model.IntraOpThreads, 1, 2);
    }

    [Fact]
    public void The_hash_names_the_content_and_not_the_folder()
    {
        using var one = new TinyFolder(new TinyModelSpec { ExternalData = true });
        using var two = new TinyFolder(new TinyModelSpec { ExternalData = true });
        using var first = one.Load();
        var hash = first.ContentHash;
        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, Hash(two));

        two.Edit("generation_config.json", "temperature", 0.1);
        Assert.Equal(hash, Hash(two));

        two.Edit("tokenizer.json", "version", "1.1");
        Assert.NotEqual(hash, Hash(two));
    }

    [Theory]
    [InlineData("model.onnx_data")]
    [InlineData("model.onnx")]
    public void One_changed_byte_changes_the_hash(string file)
    {
        using var folder = new TinyFolder(new TinyModelSpec { ExternalData = true });
        var before = Hash(folder);
        var bytes = File.ReadAllBytes(folder.File(file));
        var at = file == "model.onnx" ? bytes.AsSpan().IndexOf("tiny"u8) : bytes.Length / 2;
        bytes[at] ^= 1;
        File.WriteAllBytes(folder.File(file), bytes);
        Assert.NotEqual(before, Hash(folder));
    }

    [Fact]
    public void More_threads_than_heads_are_refused_because_they_would_change_bits()
    {
        using var folder = new TinyFolder();
        var error = Assert.Throws<ModelException>(() => folder.Load(new ModelLoadOptions { IntraOpThreads = 3 }));
        Assert.Contains("3 threads for 2 query heads", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => folder.Load(new ModelLoadOptions { IntraOpThreads = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => folder.Load(new ModelLoadOptions { Niceness = 20 }));
    }

    [Fact]
    public void Threads_and_spinning_do_not_change_a_bit()
    {
        using var folder = new TinyFolder();
        var tokens = Forward.Tokens(3, 17, 32);
        long[] rows = [16, 33, 50];
        using var one = folder.Load(new ModelLoadOptions { IntraOpThreads = 1 });
        using var two = folder.Load(new ModelLoadOptions { IntraOpThreads = 2, AllowSpinning = true, Niceness = 5 });
        Assert.Equal(Forward.Run(one, tokens, rows), Forward.Run(two, tokens, rows));
    }

    [Fact]
    public void A_graph_that_onnx_runtime_refuses_is_one_line_with_the_file()
    {
        using var folder = new TinyFolder();
        folder.EditGraph(graph => graph.Node[^2].OpType = "NoSuchOperator");
        var error = Assert.Throws<ModelException>(() => folder.Load());
        Assert.StartsWith(folder.OnnxFile + ": ONNX Runtime cannot load it:", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_head_size_that_the_processor_cannot_rotate_is_refused_before_it_runs()
    {
        using var folder = new TinyFolder(new TinyModelSpec { HeadSize = 8, Heads = 4, KeyValueHeads = 2 });
        var error = Assert.Throws<ModelException>(() => folder.Load());
        Assert.Contains("head size 8", error.Message, StringComparison.Ordinal);
    }

    private static string Hash(TinyFolder folder)
    {
        using var model = folder.Load();
        return model.ContentHash;
    }
}
