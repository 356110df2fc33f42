"""Layout B: com.microsoft.GroupQueryAttention over a shared key/value buffer, as the ONNX Runtime GenAI builder writes it."""
import numpy as np
from onnx import TensorProto, numpy_helper

from graph import scope


def layout_b(g, c, context):
    """Each row's length is its mask's count of ones; the mask's width is the length of the longest."""
    g.interface(c, {"input_ids": ["batch_size", "sequence_length"], "attention_mask": ["batch_size", "total_sequence_length"]},
                "total_sequence_length")
    angle = np.outer(np.arange(context), c.theta ** (-np.arange(c.head_dim // 2) / (c.head_dim // 2)))
    for name, f in (("cos_cache", np.cos), ("sin_cache", np.sin)):
        g.initializers.append(numpy_helper.from_array(f(angle).astype(np.float32), name))
    m = "/model/attn_mask_reformat/attn_mask_subgraph/"
    ones = g.call("ReduceSum", ["attention_mask", g.constant([1])], m + "ReduceSum/output_0", keepdims=0)
    last = g.call("Sub", [ones, g.constant([1])], m + "Sub/output_0")
    seqlens = g.call("Cast", [last], m + "Sub/Cast/output_0", to=TensorProto.INT32)
    width = g.call("Gather", [g.call("Shape", ["attention_mask"], m + "Shape/output_0"), g.constant(1)], m + "Gather/output_0",
                   axis=0)
    total = g.call("Cast", [width], m + "Gather/Cast/output_0", to=TensorProto.INT32)

    x = g.call("Gather", ["model.embed_tokens.weight", "input_ids"], "/model/embed_tokens/Gather/output_0")
    h = g.call("SimplifiedLayerNormalization", [x, "model.layers.0.input_layernorm.weight"],
               "/model/layers.0/input_layernorm/LayerNorm/output_0", axis=-1, epsilon=c.eps, stash_type=1)

    def skip_norm(x, y, name):
        """(norm(x + y), x + y)"""
        o = scope(name) + "SkipLayerNorm/output_"
        g.call("SkipSimplifiedLayerNormalization", [x, y, name + ".weight"], o + "0", "com.microsoft",
               [o + "0", "", "", o + "3"], epsilon=c.eps)
        return o + "0", o + "3"

    for i in range(c.layers):
        w, o = f"model.layers.{i}.attn.", f"/model/layers.{i}/attn/"
        qkv = g.call("MatMul", [h, w + "qkv_proj.MatMul.weight"], o + "qkv_proj/MatMul/output_0")
        attn = g.call("GroupQueryAttention", [qkv, "", "", f"past_key_values.{i}.key", f"past_key_values.{i}.value", seqlens,
                                              total, "cos_cache", "sin_cache"],
                      o + "GroupQueryAttention/output_0", "com.microsoft",
                      [o + "GroupQueryAttention/output_0", f"present.{i}.key", f"present.{i}.value"],
                      num_heads=c.heads, kv_num_heads=c.kv_heads, scale=c.head_dim ** -0.5, local_window_size=-1,
                      softcap=0.0, do_rotary=1, rotary_interleaved=0)
        attn = g.call("MatMul", [attn, w + "o_proj.MatMul.weight"], o + "o_proj/MatMul/output_0")
        h, x = skip_norm(x, attn, f"model.layers.{i}.post_attention_layernorm")
        last = i + 1 == c.layers
        h, x = skip_norm(x, g.mlp(i, h), f"model.layers.{i + 1}." + ("final_norm_layernorm" if last else "input_layernorm"))
    g.nodes[-1].output[:] = g.nodes[-1].output[:1]  # nothing reads the last sum
    g.head(h)
