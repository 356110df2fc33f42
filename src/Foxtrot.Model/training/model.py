"""The model: a Llama decoder with grouped key/value heads, rotary positions and tied embeddings.

Weights are kept in fp32 under their Hugging Face names and shapes [out, in]; the forward pass computes in `dtype`.
"""
import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F


@dataclass
class Config:
    vocab: int = 2048
    dim: int = 192
    layers: int = 6
    heads: int = 6
    kv_heads: int = 3
    head_dim: int = 32
    hidden: int = 512
    eps: float = 1e-5
    theta: float = 10000.0

    as_dict = asdict


class RMSNorm(torch.autograd.Function):
    """y = x / sqrt(mean(x^2) + eps) * w, with a backward pass of few passes over the data."""

    @staticmethod
    def forward(ctx, x, w, eps):
        r = torch.rsqrt(torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32).square_()
                        .div_(x.shape[-1]).add_(eps)).to(x.dtype)
        n = x * r
        ctx.save_for_backward(n, r, w)
        return n * w

    @staticmethod
    def backward(ctx, g):
        n, r, w = ctx.saved_tensors
        gn = g * n
        gw = torch.ones(1, gn[..., 0].numel(), dtype=gn.dtype) @ gn.flatten(0, -2)
        dot = gn.mv(w) if gn.dim() == 2 else gn @ w
        gx = (g * w).sub_(n * (dot / n.shape[-1]).unsqueeze(-1)).mul_(r)
        return gx, gw[0], None


class Model(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = c = config
        shapes = {"self_attn.q_proj": (c.heads * c.head_dim, c.dim), "self_attn.k_proj": (c.kv_heads * c.head_dim, c.dim),
                  "self_attn.v_proj": (c.kv_heads * c.head_dim, c.dim), "self_attn.o_proj": (c.dim, c.heads * c.head_dim),
                  "mlp.gate_proj": (c.hidden, c.dim), "mlp.up_proj": (c.hidden, c.dim), "mlp.down_proj": (c.dim, c.hidden)}
        self.weights = {"embed_tokens": torch.randn(c.vocab, c.dim) * 0.02}
        for i in range(c.layers):
            for name, shape in shapes.items():
                scale = 0.0 if name.endswith(("o_proj", "down_proj")) else 0.5 / math.sqrt(shape[1])
                self.weights[f"layers.{i}.{name}"] = torch.randn(shape) * scale
            self.weights[f"layers.{i}.input_layernorm"] = torch.ones(c.dim)
            self.weights[f"layers.{i}.post_attention_layernorm"] = torch.ones(c.dim)
        self.weights["norm"] = torch.ones(c.dim)
        for w in self.weights.values():
            w.requires_grad_()

    def rotary(self, length, dtype):
        """cos and sin [length, 1, head_dim], half-split order, the sign of the rotation folded into sin."""
        half = self.config.head_dim // 2
        angle = torch.outer(torch.arange(length).float(), self.config.theta ** (-torch.arange(half) / half))
        cos, sin = angle.cos(), angle.sin()
        return torch.cat([cos, cos], -1)[:, None].to(dtype), torch.cat([-sin, sin], -1)[:, None].to(dtype)

    def forward(self, ids, select=None, dtype=torch.bfloat16):
        """ids [batch, length] -> logits [batch, length, vocab], or of the flat positions `select` only [n, vocab]."""
        c, w = self.config, {k: v.to(dtype) for k, v in self.weights.items()}
        b, t = ids.shape
        group = c.heads // c.kv_heads
        cos, sin = self.rotary(t, dtype)
        mask = torch.full((t, t), -math.inf).triu_(1).to(dtype).repeat(group, 1)
        qk = (c.heads + c.kv_heads) * c.head_dim
        x = F.embedding(ids.flatten(), self.weights["embed_tokens"]).to(dtype)  # gradients add up in fp32
        for i in range(c.layers):
            p = f"layers.{i}."
            h = RMSNorm.apply(x, w[p + "input_layernorm"], c.eps)
            h = F.linear(h, torch.cat([w[p + f"self_attn.{n}_proj"] for n in "qkv"]))
            r = h[:, :qk].reshape(b, t, -1, c.head_dim)
            r = r * cos + r.roll(c.head_dim // 2, -1) * sin
            # Query heads of one key head are stacked along the rows: [b * kv_heads, group * t, head_dim].
            q = r[:, :, :c.heads].transpose(1, 2).reshape(b * c.kv_heads, group * t, c.head_dim)
            k = r[:, :, c.heads:].transpose(1, 2).reshape(b * c.kv_heads, t, c.head_dim)
            v = h[:, qk:].reshape(b, t, c.kv_heads, c.head_dim).transpose(1, 2).reshape_as(k)
            s = torch.bmm(q * c.head_dim ** -0.5, k.transpose(1, 2)).add_(mask)
            o = torch.bmm(s.softmax(-1), v).view(b, c.heads, t, c.head_dim).transpose(1, 2).reshape(b * t, -1)
            x = x + F.linear(o, w[p + "self_attn.o_proj"])
            h = RMSNorm.apply(x, w[p + "post_attention_layernorm"], c.eps)
            gate, up = F.linear(h, w[p + "mlp.gate_proj"]), F.linear(h, w[p + "mlp.up_proj"])
            x = x + F.linear(F.silu(gate) * up, w[p + "mlp.down_proj"])
        x = x if select is None else x[select]
        logits = F.linear(RMSNorm.apply(x, w["norm"], c.eps), w["embed_tokens"])
        return logits.view(b, t, -1) if select is None else logits
