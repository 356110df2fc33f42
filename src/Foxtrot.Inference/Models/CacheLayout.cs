namespace Foxtrot.Inference.Models;

/// <summary>How a graph takes and returns the keys and values of earlier tokens.</summary>
public enum CacheLayout
{
    /// <summary>
    /// Layout B, the onnxruntime-genai builder's: <c>com.microsoft.GroupQueryAttention</c>. Past and present may be one buffer
    /// [batch, key/value heads, maximum length, head size], written in place; lengths come from the count of ones in the attention mask.
    /// </summary>
    SharedBuffer = 0,

    /// <summary>
    /// Layout A, Optimum's and onnx-community's: plain operators; past [batch, key/value heads, past, head size] goes in,
    /// present [batch, key/value heads, past + new, head size] comes out.
    /// </summary>
    Concatenated = 1,
}
