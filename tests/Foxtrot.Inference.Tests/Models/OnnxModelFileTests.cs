using Foxtrot.Inference.Models.Onnx;
using Foxtrot.Inference.Tests.TinyModels;
using Google.Protobuf;
using Onnx;

namespace Foxtrot.Inference.Tests.Models;

public sealed class OnnxModelFileTests
{
    // 1,024 × 32 floats are 128 KiB: large enough to stay on disk.
    private static readonly TinyModelSpec Large = new() { Vocabulary = 1024 };

    [Fact]
    public void Large_weights_inside_the_file_stay_on_disk()
    {
        using var folder = new TinyFolder(Large);
        var file = OnnxModelFile.Read(folder.OnnxFile);
        var embed = file.Model.Graph.Initializer.Single(tensor => tensor.Name == "embed");
        Assert.False(embed.HasRawData);
        Assert.Equal("model.onnx", embed.ExternalData.Single(entry => entry.Key == "location").Value);
        Assert.Empty(file.ExternalFiles);
        Assert.True(file.Model.CalculateSize() < new FileInfo(folder.OnnxFile).Length / 3);

        // The reference points at the very bytes that the whole model has.
        var whole = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.OnnxFile)).Graph.Initializer.Single(tensor => tensor.Name == "embed");
        var offset = int.Parse(embed.ExternalData.Single(entry => entry.Key == "offset").Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(whole.RawData.ToByteArray(), File.ReadAllBytes(folder.OnnxFile).AsSpan(offset, whole.RawData.Length).ToArray());
    }

    [Fact]
    public void Small_models_are_read_as_they_are()
    {
        using var folder = new TinyFolder();
        Assert.Equal(ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.OnnxFile)), OnnxModelFile.Read(folder.OnnxFile).Model);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_in_one_line()
    {
        using var folder = new TinyFolder(Large);
        var bytes = File.ReadAllBytes(folder.OnnxFile);
        for (var step = 1; step < 40; step++)
        {
            File.WriteAllBytes(folder.OnnxFile, bytes[..(bytes.Length * step / 40)]);
            Assert.Contains("truncated", Refused(folder), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a Git LFS pointer")]
    [InlineData("<!DOCTYPE html><html>not found</html>", "not an ONNX model, or damaged")]
    [InlineData("", "the file is empty")]
    public void Something_else_under_the_name_of_a_model_is_told_apart(string content, string expected)
    {
        using var folder = new TinyFolder();
        File.WriteAllText(folder.OnnxFile, content);
        Assert.Contains(expected, Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_a_graph_is_refused()
    {
        using var folder = new TinyFolder();
        File.WriteAllBytes(folder.OnnxFile, new ModelProto { IrVersion = 8, ProducerName = "nobody" }.ToByteArray());
        Assert.Contains("it has no graph", Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_truncated_weights_are_named()
    {
        using var folder = new TinyFolder(Large with { ExternalData = true });
        Assert.Equal(["model.onnx_data"], OnnxModelFile.Read(folder.OnnxFile).ExternalFiles);

        File.WriteAllBytes(folder.File("model.onnx_data"), File.ReadAllBytes(folder.File("model.onnx_data"))[..^1]);
        Assert.Contains("model.onnx_data: truncated: tensor", Refused(folder), StringComparison.Ordinal);
        File.Delete(folder.File("model.onnx_data"));
        Assert.Contains("are in model.onnx_data, which is not in", Refused(folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\secret")]
    [InlineData("C:\\secret")]
    [InlineData("a\0b")]
    public void Weights_may_not_lie_outside_the_folder(string location)
    {
        using var folder = new TinyFolder();
        folder.EditGraph(graph => External(graph.Initializer[0], location, "0"));
        Assert.Contains($"external_data location {location.Replace('\0', '\uFFFD')} leaves the model's folder", Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Nonsense_about_external_weights_is_named()
    {
        using var folder = new TinyFolder();
        folder.EditGraph(graph => External(graph.Initializer[0], "data", "-4"));
        Assert.Contains("external_data offset must be a whole number of at least 0, not -4", Refused(folder), StringComparison.Ordinal);
        folder.EditGraph(graph => External(graph.Initializer[0], "", "0"));
        Assert.Contains("external_data has no location", Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_to_weights_elsewhere_are_followed_as_the_hugging_face_cache_needs()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var folder = new TinyFolder(Large with { ExternalData = true });
        using var direct = folder.Load();
        var blobs = Directory.CreateDirectory(folder.File("blobs")).FullName;
        var snapshot = Directory.CreateDirectory(folder.File("snapshot")).FullName;
        foreach (var (name, blob) in new[] { ("model.onnx", "aa"), ("model.onnx_data", "bb"), ("config.json", "cc"), ("tokenizer.json", "dd") })
        {
            File.Copy(folder.File(name), Path.Combine(blobs, blob));
            File.CreateSymbolicLink(Path.Combine(snapshot, name), Path.Combine("..", "blobs", blob));
        }

        using var linked = LoadedModel.Load(ModelFolder.Open(snapshot), Device.Cpu);
        var tokens = Forward.Tokens(1, 5, Large.Vocabulary);
        Assert.Equal(Forward.Run(direct, tokens, [4]), Forward.Run(linked, tokens, [4]));
        Assert.Equal(direct.ContentHash, linked.ContentHash);
    }

    private static void External(TensorProto tensor, string location, string offset)
    {
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset });
    }

    private static string Refused(TinyFolder folder)
    {
        var message = Assert.Throws<ModelException>(() => OnnxModelFile.Read(folder.OnnxFile)).Message;
        Assert.StartsWith(folder.Path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
