namespace Foxtrot.Inference.Devices;

/// <summary>What a model runs on.</summary>
public enum DeviceKind
{
    /// <summary>ONNX Runtime's CPU provider.</summary>
    Cpu = 0,

    /// <summary>An NVIDIA GPU through ONNX Runtime's CUDA provider.</summary>
    Cuda = 1,
}
