"""Writes a checkpoint as a model folder: two ONNX graphs over one weight file, and the configuration files beside them.

    python3 export.py run/checkpoint.pt tokenizer.json model/

model.onnx is in layout B, model_layout_a.onnx in layout A (see the modules of these names). Weights are stored once, in
fp16, in model.onnx_data; both graphs cast them to fp32, which ONNX Runtime does once, at load.
"""
import os
import shutil
import sys

import numpy as np
import onnx

from configs import write_configs
from evaluate import load
from graph import DATA, Graph
from layout_a import layout_a
from layout_b import layout_b

CONTEXT = 512


def stored_weights(model):
    """The arrays of the weight file, by name; matrices are [in, out], the product of x being x @ w."""
    w = {n: t.detach().numpy() for n, t in model.weights.items()}
    arrays = {"model.embed_tokens.weight": w["embed_tokens"]}
    for i in range(model.config.layers):
        a, p = f"layers.{i}.", f"model.layers.{i}."
        arrays[p + "input_layernorm.weight"] = w[a + "input_layernorm"]
        arrays[p + "attn.qkv_proj.MatMul.weight"] = np.concatenate([w[a + f"self_attn.{n}_proj"] for n in "qkv"]).T
        arrays[p + "attn.o_proj.MatMul.weight"] = w[a + "self_attn.o_proj"].T
        arrays[p + "post_attention_layernorm.weight"] = w[a + "post_attention_layernorm"]
        for n in ("gate_proj", "up_proj", "down_proj"):
            arrays[p + f"mlp.{n}.MatMul.weight"] = w[a + f"mlp.{n}"].T
    arrays[f"model.layers.{model.config.layers}.final_norm_layernorm.weight"] = w["norm"]
    return {n: np.ascontiguousarray(a, dtype=np.float16) for n, a in arrays.items()}


def main(checkpoint, tokenizer, folder):
    model, _ = load(checkpoint)
    arrays, offsets, end = stored_weights(model), {}, 0
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, DATA), "wb") as f:
        for name, array in arrays.items():
            offsets[name] = end
            data = array.tobytes()
            f.write(data + bytes(-len(data) % 64))
            end = f.tell()
    b = Graph(arrays, offsets)
    layout_b(b, model.config, CONTEXT)
    b.save(os.path.join(folder, "model.onnx"))
    a = Graph(arrays, offsets)
    layout_a(a, model.config)
    a.save(os.path.join(folder, "model_layout_a.onnx"))
    onnx.checker.check_model(os.path.join(folder, "model_layout_a.onnx"))
    shutil.copyfile(tokenizer, os.path.join(folder, "tokenizer.json"))
    write_configs(folder, model.config, CONTEXT)


if __name__ == "__main__":
    main(*sys.argv[1:4])
