using Foxtrot.Inference.Tests.TinyModels;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Tests.Devices;

public sealed class DeviceTests
{
    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("CPU", "cpu")]
    [InlineData("cuda", "cuda:0")]
    [InlineData("cuda:0", "cuda:0")]
    [InlineData("Cuda:12", "cuda:12")]
    public void Devices_are_read_and_written(string text, string expected)
    {
        Assert.True(Device.TryParse(text, out var device));
        Assert.Equal(expected, device.ToString());
        Assert.True(Device.TryParse(device.ToString(), out var again));
        Assert.Equal(device, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:64")]
    [InlineData("cuda: 1")]
    [InlineData("cuda1")]
    [InlineData("cpu:0")]
    public void Anything_else_is_no_device(string? text) => Assert.False(Device.TryParse(text, out _));

    [Fact]
    public void A_missing_cuda_provider_is_an_error_that_says_what_to_install()
    {
        Assert.SkipWhen(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "This build has the CUDA provider.");
        using var folder = new TinyFolder();
        var error = Assert.Throws<ModelException>(() => LoadedModel.Load(folder.Open(), new Device(DeviceKind.Cuda, 1)));
        Assert.StartsWith("device cuda:1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", error.Message, StringComparison.Ordinal);
        Assert.Contains("OnnxRuntimeFlavor=Gpu", error.Message, StringComparison.Ordinal);
        Assert.Contains("cuDNN", error.Message, StringComparison.Ordinal);
    }
}
