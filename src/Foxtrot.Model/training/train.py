"""Trains the model: Muon for the matrices, AdamW for the rest, on one or more threads of a CPU.

    python3 train.py stories.txt.gz tokenizer.json run/ --seconds 6000

The schedule follows the seconds spent in steps, so a stopped or suspended process loses nothing: start it again with the
same arguments and it resumes. A file run/FINISH_BY with another number of seconds changes the schedule on the way.
"""
import argparse
import os
import time

import torch
import torch.nn.functional as F

from data import batches, padded, read_stories
from evaluate import held_out_loss
from model import Config, Model
from tokenizer import Tokenizer

STEP_LIMIT = 5.0  # seconds that one step counts for at most, however long the process was stopped


def orthogonalize(g):
    """The nearest (semi-)orthogonal matrices, by five Newton-Schulz steps. g: [n, rows, columns]. Source: Jordan 2024, Muon."""
    wide = g.shape[-2] <= g.shape[-1]
    x = (g if wide else g.transpose(1, 2)).bfloat16()
    x = x / (x.float().flatten(1).norm(dim=1)[:, None, None] + 1e-7).bfloat16()
    for _ in range(5):
        a = torch.bmm(x, x.transpose(1, 2))
        b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
        x = torch.baddbmm(x, b, x, beta=3.4445)
    return (x if wide else x.transpose(1, 2)).float()


class Muon:
    """Nesterov momentum, then orthogonalised; matrices of one shape are stepped together."""

    def __init__(self, weights, lr, momentum=0.95, decay=0.1):
        self.groups = {}
        for name, w in weights.items():
            self.groups.setdefault(tuple(w.shape), []).append((name, w))
        self.lr, self.momentum, self.decay = lr, momentum, decay
        self.state = {name: torch.zeros_like(w) for name, w in weights.items()}

    @torch.no_grad()
    def step(self, scale):
        lr = self.lr * scale
        for (rows, columns), group in self.groups.items():
            for name, w in group:
                self.state[name].lerp_(w.grad, 1 - self.momentum)
            update = orthogonalize(torch.stack([w.grad.lerp(self.state[n], self.momentum) for n, w in group]))
            for u, (_, w) in zip(update, group):
                w.mul_(1 - lr * self.decay).add_(u, alpha=-lr * max(1, rows / columns) ** 0.5)


def scale_at(fraction):
    """Learning rate as a part of its peak: 1 % warm-up, flat to 15 %, then straight down to zero."""
    return max(0.0, min(1.0, fraction / 0.01 + 0.02, (1 - fraction) / 0.85))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("tokenizer")
    parser.add_argument("run")
    parser.add_argument("--seconds", type=float, default=6000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=3072, help="tokens per batch")
    parser.add_argument("--packed", type=float, default=0.12, help="share of batches with rows of several stories")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    os.makedirs(args.run, exist_ok=True)
    checkpoint, finish = os.path.join(args.run, "checkpoint.pt"), os.path.join(args.run, "FINISH_BY")

    tokenizer = Tokenizer(args.tokenizer)
    training, held_out = read_stories(args.corpus)
    model = Model(Config())
    matrices = {n: w for n, w in model.weights.items() if n.endswith("_proj")}
    others = {n: w for n, w in model.weights.items() if n not in matrices}
    muon = Muon(matrices, lr=0.02)
    adam = torch.optim.AdamW(
        [{"params": [w for w in others.values() if w.dim() == 2], "weight_decay": 0.1},
         {"params": [w for w in others.values() if w.dim() == 1], "weight_decay": 0.0}], lr=5e-3, betas=(0.9, 0.95), eps=1e-10)
    step, seconds, tokens, total = 0, 0.0, 0, args.seconds
    if os.path.exists(checkpoint):
        saved = torch.load(checkpoint)
        for name, w in model.weights.items():
            w.data.copy_(saved["weights"][name])
        muon.state = saved["muon"]
        adam.load_state_dict(saved["adam"])
        step, seconds, tokens = saved["step"], saved["seconds"], saved["tokens"]

    def save():
        torch.save({"config": model.config.as_dict(), "weights": {n: w.detach() for n, w in model.weights.items()},
                    "muon": muon.state, "adam": adam.state_dict(), "step": step, "seconds": seconds, "tokens": tokens},
                   checkpoint + ".part")
        os.replace(checkpoint + ".part", checkpoint)

    running, saved_at = None, seconds
    for rows in batches(training, tokenizer, args.tokens, 512, args.packed, args.seed + step):
        if step % 20 == 0:
            if os.path.exists(finish):
                total = float(open(finish).read().split()[0])
            if seconds >= total:
                break
        start = time.time()
        length = padded(max(rows, key=len))
        ids = torch.tensor([r[:-1] + [0] * (length + 1 - len(r)) for r in rows])
        targets = torch.tensor([r[1:] + [-100] * (length + 1 - len(r)) for r in rows])  # -100: no loss on the padding
        loss = F.cross_entropy(model(ids).float().flatten(0, 1), targets.flatten())
        for w in model.weights.values():
            w.grad = None
        loss.backward()
        scale = scale_at(seconds / total)
        muon.step(scale)
        for group in adam.param_groups:
            group["lr"] = 5e-3 * scale
        adam.step()
        running = loss.item() if running is None else running + 0.02 * (loss.item() - running)
        step, tokens, seconds = step + 1, tokens + sum(map(len, rows)) - len(rows), seconds + min(time.time() - start, STEP_LIMIT)
        if step % 100 == 0:
            print(f"step {step} seconds {seconds:.0f}/{total:.0f} tokens {tokens / 1e6:.2f}M ({tokens / seconds:.0f}/s) "
                  f"lr {scale:.3f} loss {running:.4f}", flush=True)
        if seconds - saved_at > 300:
            saved_at = seconds
            save()
            print("held out: %.4f nats/token, %.4f nats/byte (64 stories)" % held_out_loss(model, tokenizer, held_out[:64]),
                  flush=True)
    save()
    print("finished; held out: %.4f nats/token, %.4f nats/byte" % held_out_loss(model, tokenizer, held_out), flush=True)


if __name__ == "__main__":
    main()
