"""Held-out loss, loss by position up to 512 tokens, and samples of a checkpoint.

    python3 evaluate.py stories.txt.gz tokenizer.json run/checkpoint.pt [--half] [--samples 6]
"""
import argparse

import torch
import torch.nn.functional as F

from data import pack, read_stories
from model import Config, Model
from tokenizer import Tokenizer

PROMPTS = ["Once upon a time", "One day, a", "Tom and his sister", "In a small village", "The old wizard looked at the",
           '"Where is my hat?" asked', "Tell me a story about a dragon.\n"]


@torch.no_grad()
def losses(model, rows, dtype):
    """Yields for each row its losses in nats, one for each token but the first."""
    rows = sorted(rows, key=len)
    for i in range(0, len(rows), 16):
        part = rows[i:i + 16]
        ids = torch.tensor([r + [0] * (len(part[-1]) - len(r)) for r in part])
        nats = F.cross_entropy(model(ids[:, :-1], dtype=dtype).float().transpose(1, 2), ids[:, 1:], reduction="none")
        yield from (n[:len(r) - 1] for n, r in zip(nats, part))


def held_out_loss(model, tokenizer, stories, dtype=torch.bfloat16):
    """(nats per token, nats per byte) of the stories, each on its own between two <|endoftext|>."""
    nats = torch.cat(list(losses(model, [[0] + tokenizer.encode(s) + [0] for s in stories], dtype)))
    return nats.mean().item(), nats.sum().item() / sum(len(s.encode()) for s in stories)


def loss_by_position(model, tokenizer, stories, length=512, width=64):
    """Nats per token in windows of positions, in rows of several stories."""
    rows = pack([[0] + tokenizer.encode(s) for s in stories], length)
    found = list(losses(model, [r + [0] for r in rows], torch.float32))
    return [(a, torch.cat([n[a:a + width] for n in found]).mean().item()) for a in range(0, length, width)]


@torch.no_grad()
def sample(model, tokenizer, prompt, temperature=0.7, top_p=0.95, length=300):
    ids = [0] + tokenizer.encode(prompt)
    while len(ids) < length:
        logits = model(torch.tensor([ids]), torch.tensor([len(ids) - 1]), torch.float32)[0]
        p, order = (logits / temperature).softmax(-1).sort(descending=True)
        p[p.cumsum(-1) - p > top_p] = 0
        ids.append(order[torch.multinomial(p, 1)].item())
        if ids[-1] == 0:
            break
    return tokenizer.decode(ids)


def load(path, half=False):
    """The model of a checkpoint; half: its weights rounded to fp16, as they are exported."""
    saved = torch.load(path, map_location="cpu")
    model = Model(Config(**saved["config"]))
    for name, w in model.weights.items():
        w.data.copy_(saved["weights"][name].half() if half else saved["weights"][name])
    return model, saved


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("tokenizer")
    parser.add_argument("checkpoint")
    parser.add_argument("--half", action="store_true", help="weights rounded to fp16, as exported")
    parser.add_argument("--samples", type=int, default=len(PROMPTS))
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--top-p", type=float, default=0.95)
    args = parser.parse_args()
    torch.manual_seed(1)
    tokenizer = Tokenizer(args.tokenizer)
    model, saved = load(args.checkpoint, args.half)
    _, held_out = read_stories(args.corpus)
    print(f"steps {saved['step']}, tokens {saved['tokens']}, seconds {saved['seconds']:.0f}")
    print("held out: %.4f nats/token, %.4f nats/byte" % held_out_loss(model, tokenizer, held_out, torch.float32))
    for start, nats in loss_by_position(model, tokenizer, held_out):
        print(f"positions {start} to {start + 63}: {nats:.3f} nats/token")
    for prompt in PROMPTS[:args.samples]:
        print("---")
        print(sample(model, tokenizer, prompt, args.temperature, args.top_p))
