using CsCheck;
using Foxtrot.Inference.Models.Onnx;
using Foxtrot.Inference.Tests.TinyModels;

namespace Foxtrot.Inference.Tests.Models;

public sealed class DamagedModelTests
{
    [Theory]
    [InlineData(CacheLayout.SharedBuffer, TinyHead.KeepInput)]
    [InlineData(CacheLayout.SharedBuffer, TinyHead.Gemm)]
    [InlineData(CacheLayout.Concatenated, TinyHead.PrunedSlice)]
    public void Damaged_bytes_are_read_or_refused_but_never_crash_the_reader(CacheLayout layout, TinyHead head)
    {
        using var folder = new TinyFolder(new TinyModelSpec { Layout = layout, Head = head, Layers = 1 });
        var model = folder.Open();
        var intact = Skeleton(folder);
        var damage = Gen.Select(Gen.Int[0, intact.Length - 1], Gen.Byte).Array[1, 4];
        damage.Sample(
            changes =>
            {
                var bytes = (byte[])intact.Clone();
                foreach (var (at, value) in changes)
                {
                    bytes[at] = value;
                }

                var path = folder.File($"{Guid.NewGuid():N}.onnx");
                File.WriteAllBytes(path, bytes);
                try
                {
                    GraphReader.Read(OnnxModelFile.Read(path), model, editLogitRows: true);
                }
                catch (ModelException error)
                {
                    Assert.DoesNotContain('\n', error.Message);
                }
                finally
                {
                    File.Delete(path);
                }
            },
            iter: 1_000);
    }

    /// <summary>The model without its weights' bytes, so that damage hits what is read.</summary>
    private static byte[] Skeleton(TinyFolder folder)
    {
        var model = TinyModel.Build(folder.Spec);
        foreach (var tensor in model.Graph.Initializer.Where(tensor => tensor.RawData.Length > 16))
        {
            tensor.RawData = Google.Protobuf.ByteString.Empty;
        }

        return Google.Protobuf.MessageExtensions.ToByteArray(model);
    }
}
