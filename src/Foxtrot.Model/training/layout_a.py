"""Layout A: plain operators, as Optimum writes them; positions are inputs, and the mask may have gaps anywhere."""
import numpy as np
from onnx import TensorProto, numpy_helper

from graph import scope


def layout_a(g, c):
    """The present is the past followed by the new; rotary positions come from position_ids, not from places."""
    g.interface(c, {"input_ids": ["batch_size", "sequence_length"],
                    "attention_mask": ["batch_size", "past_sequence_length + sequence_length"],
                    "position_ids": ["batch_size", "sequence_length"]}, "past_sequence_length + sequence_length")
    zero, one = g.constant(0), g.constant(1)
    dims = g.call("Shape", ["input_ids"], "/model/input_shape")
    new = g.call("Gather", [dims, one], "/model/sequence_length", axis=0)
    past = g.call("Gather", [g.call("Shape", ["past_key_values.0.key"], "/model/past_shape"), g.constant(2)],
                  "/model/past_length", axis=0)
    total = g.call("Add", [past, new], "/model/total_length")
    # Query row r (place past + r) may see key place k where k <= past + r and the mask is one.
    rows = g.call("Unsqueeze", [g.call("Range", [past, total, one], "/model/query_places"), g.constant([1])], "/model/query_rows")
    causal = g.call("LessOrEqual", [g.call("Range", [zero, total, one], "/model/key_places"), rows], "/model/causal")
    given = g.call("Unsqueeze", [g.call("Cast", ["attention_mask"], "/model/mask_bool", to=TensorProto.BOOL),
                                 g.constant([1, 2])], "/model/mask_given")
    mask = g.call("Where", [g.call("And", [causal, given], "/model/visible"), g.constant(0.0, np.float32),
                            g.constant(float(np.finfo(np.float32).min), np.float32)], "/model/mask")
    half = c.head_dim // 2
    inv_freq = (c.theta ** (-np.arange(half) / half)).astype(np.float32)
    g.initializers.append(numpy_helper.from_array(inv_freq, "model.rotary_emb.inv_freq"))
    places = g.call("Cast", [g.call("Unsqueeze", ["position_ids", g.constant([2])], "/model/rotary_emb/positions")],
                    "/model/rotary_emb/Cast/output_0", to=TensorProto.FLOAT)
    angle = g.call("Mul", [places, "model.rotary_emb.inv_freq"], "/model/rotary_emb/angle")
    angle = g.call("Concat", [angle, angle], "/model/rotary_emb/Concat/output_0", axis=-1)
    cos, sin = (g.call("Unsqueeze", [g.call(f, [angle], f"/model/rotary_emb/{f}/output_0"), g.constant([1])],
                       f"/model/rotary_emb/{f}/Unsqueeze/output_0") for f in ("Cos", "Sin"))
    batch = g.call("Unsqueeze", [g.call("Gather", [dims, zero], "/model/batch", axis=0), g.constant([0])], "/model/batch_1")
    length = g.call("Unsqueeze", [total, g.constant([0])], "/model/total_1")
    group = c.heads // c.kv_heads
    wide = g.call("Concat", [batch, g.constant([c.kv_heads, group]), length, g.constant([c.head_dim])], "/model/wide", axis=0)
    flat = g.call("Concat", [batch, g.constant([c.heads]), length, g.constant([c.head_dim])], "/model/flat", axis=0)

    def norm(x, name):
        o = scope(name)
        mean = g.call("ReduceMean", [g.call("Pow", [x, g.constant(2.0, np.float32)], o + "Pow/output_0")],
                      o + "ReduceMean/output_0", axes=[-1], keepdims=1)
        root = g.call("Sqrt", [g.call("Add", [mean, g.constant(c.eps, np.float32)], o + "Add/output_0")], o + "Sqrt/output_0")
        scaled = g.call("Mul", [x, g.call("Div", [g.constant(1.0, np.float32), root], o + "Div/output_0")], o + "Mul/output_0")
        return g.call("Mul", [name + ".weight", scaled], o + "Mul_1/output_0")

    def rotate(x, o):
        low = g.call("Slice", [x, g.constant([0]), g.constant([half]), g.constant([3])], o + "Slice/output_0")
        high = g.call("Slice", [x, g.constant([half]), g.constant([2**63 - 1]), g.constant([3])], o + "Slice_1/output_0")
        turned = g.call("Concat", [g.call("Neg", [high], o + "Neg/output_0"), low], o + "Concat/output_0", axis=-1)
        return g.call("Add", [g.call("Mul", [x, cos], o + "Mul/output_0"), g.call("Mul", [turned, sin], o + "Mul_1/output_0")],
                      o + "Add/output_0")

    x = g.call("Gather", ["model.embed_tokens.weight", "input_ids"], "/model/embed_tokens/Gather/output_0")
    for i in range(c.layers):
        w, o = f"model.layers.{i}.attn.", f"/model/layers.{i}/self_attn/"
        h = norm(x, f"model.layers.{i}.input_layernorm")
        qkv = g.call("MatMul", [h, w + "qkv_proj.MatMul.weight"], o + "qkv_proj/MatMul/output_0")
        sizes = g.constant([c.heads * c.head_dim, c.kv_heads * c.head_dim, c.kv_heads * c.head_dim])
        g.call("Split", [qkv, sizes], o + "Split", outputs=[o + n for n in "qkv"], axis=-1)
        q, k, v = (g.call("Transpose", [g.call("Reshape", [o + n, g.constant([0, 0, heads, c.head_dim])],
                                               o + n + "/Reshape/output_0")], o + n + "/Transpose/output_0", perm=[0, 2, 1, 3])
                   for n, heads in (("q", c.heads), ("k", c.kv_heads), ("v", c.kv_heads)))
        q, k = rotate(q, o + "q/rotary/"), rotate(k, o + "k/rotary/")
        spread = []
        for kind, t in (("key", k), ("value", v)):
            present = g.call("Concat", [f"past_key_values.{i}.{kind}", t], f"present.{i}.{kind}", axis=2)
            many = g.call("Expand", [g.call("Unsqueeze", [present, g.constant([2])], o + kind + "/Unsqueeze/output_0"), wide],
                          o + kind + "/Expand/output_0")
            spread.append(g.call("Reshape", [many, flat], o + kind + "/Reshape/output_0"))
        k = g.call("Transpose", [spread[0]], o + "key/Transpose/output_0", perm=[0, 1, 3, 2])
        scores = g.call("Mul", [g.call("MatMul", [q, k], o + "MatMul/output_0"), g.constant(c.head_dim ** -0.5, np.float32)],
                        o + "Mul/output_0")
        p = g.call("Softmax", [g.call("Add", [scores, mask], o + "Add/output_0")], o + "Softmax/output_0", axis=-1)
        attn = g.call("Transpose", [g.call("MatMul", [p, spread[1]], o + "MatMul_1/output_0")], o + "Transpose/output_0",
                      perm=[0, 2, 1, 3])
        attn = g.call("Reshape", [attn, g.constant([0, 0, c.heads * c.head_dim])], o + "Reshape/output_0")
        attn = g.call("MatMul", [attn, w + "o_proj.MatMul.weight"], o + "o_proj/MatMul/output_0")
        x = g.call("Add", [x, attn], f"/model/layers.{i}/Add/output_0")
        x = g.call("Add", [x, g.mlp(i, norm(x, f"model.layers.{i}.post_attention_layernorm"))], f"/model/layers.{i}/Add_1/output_0")
    g.head(norm(x, f"model.layers.{c.layers}.final_norm_layernorm"))
