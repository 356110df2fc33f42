namespace Foxtrot.Inference.Tests.TinyModels;

/// <summary>How a tiny model keeps its weights and computes.</summary>
public enum TinyPrecision
{
    /// <summary>fp32 throughout.</summary>
    Fp32,

    /// <summary>fp16 weights, computation, cache and logits.</summary>
    Fp16,

    /// <summary>fp16 weights behind Cast nodes, fp32 computation, as the bundled model.</summary>
    Fp16Stored,

    /// <summary>MatMulNBits with 4 bits for every projection and the head.</summary>
    Int4,
}

/// <summary>What stands before and after a tiny model's last matrix product.</summary>
public enum TinyHead
{
    /// <summary>MatMul with its own weights.</summary>
    Plain,

    /// <summary>MatMul with the transposed embedding.</summary>
    Tied,

    /// <summary>MatMul, then bias, scale and soft cap.</summary>
    SoftCapped,

    /// <summary>Reshape to rows, Gemm, Reshape back.</summary>
    Gemm,

    /// <summary>Only each row's last position, by Gather(-1) as the genai builder prunes.</summary>
    PrunedGather,

    /// <summary>Only each row's last position, by Slice(-1:).</summary>
    PrunedSlice,

    /// <summary>An input num_logits_to_keep, as onnx-community exports have it.</summary>
    KeepInput,
}

/// <summary>A Llama-shaped decoder small enough to build in a test: the same spec always gives the same file.</summary>
public sealed record TinyModelSpec
{
    /// <summary>GroupQueryAttention (layout B) or plain operators (layout A).</summary>
    public CacheLayout Layout { get; init; } = CacheLayout.SharedBuffer;

    public TinyPrecision Precision { get; init; } = TinyPrecision.Fp32;

    public TinyHead Head { get; init; } = TinyHead.Plain;

    /// <summary>Layout B with rotation in its own operator and a position_ids input, which head sizes that are no multiple of 16 need.</summary>
    public bool SeparateRotary { get; init; }

    /// <summary>Layout B with one product for queries, keys and values.</summary>
    public bool PackedQkv { get; init; }

    /// <summary>accuracy_level of MatMulNBits; 0 leaves the attribute out.</summary>
    public int AccuracyLevel { get; init; } = 4;

    /// <summary>Weights in model.onnx_data instead of in the ONNX file.</summary>
    public bool ExternalData { get; init; }

    public int Vocabulary { get; init; } = 32;

    public int Layers { get; init; } = 2;

    public int Heads { get; init; } = 2;

    public int KeyValueHeads { get; init; } = 1;

    public int HeadSize { get; init; } = 16;

    public int Intermediate { get; init; } = 64;

    /// <summary>Positions of the rotary table, and max_position_embeddings.</summary>
    public int ContextLength { get; init; } = 128;

    /// <summary>Embeddings lie in [-scale, scale).</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Which random weights.</summary>
    public ulong Seed { get; init; } = 1;

    public int Hidden => Heads * HeadSize;

    public override string ToString() => string.Join(
        '-',
        new[] { Layout == CacheLayout.SharedBuffer ? "B" : "A", Precision.ToString(), Head.ToString(), SeparateRotary ? "rotary" : "", PackedQkv ? "packed" : "", ExternalData ? "external" : "" }
            .Where(part => part.Length > 0));
}
