"""An ONNX graph under construction, with what both layouts have in common."""
import re

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DATA = "model.onnx_data"


def scope(name):
    """The prefix of a module's nodes: model.layers.0.mlp becomes /model/layers.0/mlp/"""
    return "/" + re.sub(r"\.(?!\d)", "/", name) + "/"


class Graph:
    """Collects nodes and initializers; call() returns the name of the node's first output."""

    def __init__(self, arrays, offsets):
        self.nodes, self.initializers, self.inputs, self.outputs, self.constants = [], [], [], [], {}
        for name, array in arrays.items():
            stored = TensorProto(name=name + ".fp16", data_type=TensorProto.FLOAT16, dims=array.shape,
                                 data_location=TensorProto.EXTERNAL)
            for key, value in (("location", DATA), ("offset", offsets[name]), ("length", array.nbytes)):
                stored.external_data.add(key=key, value=str(value))
            self.initializers.append(stored)
            self.call("Cast", [name + ".fp16"], name, to=TensorProto.FLOAT)

    def call(self, op, inputs, output, domain="", outputs=None, **attributes):
        self.nodes.append(helper.make_node(op, inputs, outputs or [output], name=output + "/" + op, domain=domain, **attributes))
        return output

    def constant(self, value, dtype=np.int64):
        key = (dtype.__name__, repr(value))
        if key not in self.constants:
            self.constants[key] = f"constant_{len(self.constants)}"
            self.initializers.append(numpy_helper.from_array(np.array(value, dtype), self.constants[key]))
        return self.constants[key]

    def interface(self, config, inputs, present_length):
        """Declares the named int64 inputs and the caches, of which the past is read and the present written."""
        cache = ["batch_size", config.kv_heads, None, config.head_dim]
        for name, shape in inputs.items():
            self.inputs.append(helper.make_tensor_value_info(name, TensorProto.INT64, shape))
        logits = ["batch_size", "sequence_length", config.vocab]
        self.outputs.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, logits))
        for i in range(config.layers):
            for kind in ("key", "value"):
                for names, prefix, length in ((self.inputs, "past_key_values", "past_sequence_length"),
                                              (self.outputs, "present", present_length)):
                    shape = [length if d is None else d for d in cache]
                    names.append(helper.make_tensor_value_info(f"{prefix}.{i}.{kind}", TensorProto.FLOAT, shape))

    def mlp(self, i, x):
        """down(silu(gate(x)) * up(x))"""
        w, o = f"model.layers.{i}.mlp.", f"/model/layers.{i}/mlp/"
        gate = self.call("MatMul", [x, w + "gate_proj.MatMul.weight"], o + "gate_proj/MatMul/output_0")
        up = self.call("MatMul", [x, w + "up_proj.MatMul.weight"], o + "up_proj/MatMul/output_0")
        sigmoid = self.call("Sigmoid", [gate], o + "act_fn/Sigmoid/output_0")
        act = self.call("Mul", [self.call("Mul", [gate, sigmoid], o + "act_fn/Mul/output_0"), up], o + "Mul/output_0")
        return self.call("MatMul", [act, w + "down_proj.MatMul.weight"], o + "down_proj/MatMul/output_0")

    def head(self, x):
        tied = self.call("Transpose", ["model.embed_tokens.weight"], "lm_head.MatMul.weight", perm=[1, 0])
        return self.call("MatMul", [x, tied], "logits")

    def save(self, path):
        opsets = [helper.make_opsetid(d, v) for d, v in (("", 17), ("com.microsoft", 1)) if any(n.domain == d for n in self.nodes)]
        graph = helper.make_graph(self.nodes, "main_graph", self.inputs, self.outputs, self.initializers)
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="foxtrot"), path)
