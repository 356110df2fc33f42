"""Byte-level BPE: trains the vocabulary, writes it as a Hugging Face tokenizer.json, encodes and decodes.

    python3 tokenizer.py stories.txt.gz tokenizer.json

Merges are counted on distinct words (with their frequencies) and updated incrementally, so 35 MB take seconds.
"""
import json
import re
import sys
from collections import Counter, defaultdict

END = "<|endoftext|>"
VOCAB_SIZE = 2048

# The GPT-2 pre-tokenizer in the words of Python's re: \p{L} is [^\W\d_], \p{N} is \d.
WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


def byte_alphabet():
    """GPT-2's printable stand-in for each of the 256 bytes, in byte order."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spare = iter(range(256, 512))
    return [chr(b) if b in printable else chr(next(spare)) for b in range(256)]


ALPHABET = byte_alphabet()
BYTE_OF = {c: b for b, c in enumerate(ALPHABET)}


def spell(word):
    return "".join(ALPHABET[b] for b in word.encode("utf-8"))


def train(texts, vocab_size=VOCAB_SIZE):
    """Returns the merges, best first. Ties go to the pair that sorts first, so the result is reproducible."""
    counts = Counter()
    for text in texts:
        counts.update(WORDS.findall(text))
    words = [list(spell(w)) for w in counts]
    freq = list(counts.values())
    pairs, where = Counter(), defaultdict(set)
    for i, word in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += freq[i]
            where[pair].add(i)
    merges = []
    while len(merges) < vocab_size - 256 - 1:
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        for i in where.pop(best):
            old, new, j = words[i], [], 0
            while j < len(old):
                if j + 1 < len(old) and (old[j], old[j + 1]) == best:
                    new.append(old[j] + old[j + 1])
                    j += 2
                else:
                    new.append(old[j])
                    j += 1
            for pair in zip(old, old[1:]):
                pairs[pair] -= freq[i]
            for pair in zip(new, new[1:]):
                pairs[pair] += freq[i]
                where[pair].add(i)
            words[i] = new
        del pairs[best]
    return merges


def save(merges, path):
    vocab = {END: 0}
    for token in sorted(ALPHABET):
        vocab[token] = len(vocab)
    for a, b in merges:
        vocab.setdefault(a + b, len(vocab))
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    bos, text = {"SpecialToken": {"id": END, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
    with open(path, "w", encoding="utf-8") as f:
        json.dump({
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [{"id": 0, "content": END, "single_word": False, "lstrip": False, "rstrip": False,
                              "normalized": False, "special": True}],
            "normalizer": None,
            "pre_tokenizer": byte_level,
            "post_processor": {  # every text begins with <|endoftext|>, as every story did in training
                "type": "TemplateProcessing", "single": [bos, text],
                "pair": [bos, text, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {END: {"id": END, "ids": [0], "tokens": [END]}}},
            "decoder": byte_level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                      "ignore_merges": False, "vocab": vocab, "merges": [list(m) for m in merges]},
        }, f, ensure_ascii=False, indent=1)
        f.write("\n")


class Tokenizer:
    """Encodes without special tokens; id 0 is <|endoftext|>."""

    def __init__(self, path):
        model = json.load(open(path, encoding="utf-8"))["model"]
        self.vocab = model["vocab"]
        self.rank = {tuple(m): i for i, m in enumerate(model["merges"])}
        self.token = {i: t for t, i in self.vocab.items()}
        self.cache = {}

    def word(self, word):
        parts = list(spell(word))
        while len(parts) > 1:
            rank, i = min((self.rank.get(p, 1 << 30), i) for i, p in enumerate(zip(parts, parts[1:])))
            if rank == 1 << 30:
                break
            parts[i:i + 2] = [parts[i] + parts[i + 1]]
        return [self.vocab[p] for p in parts]

    def encode(self, text):
        ids = []
        for w in WORDS.findall(text):
            if w not in self.cache:
                self.cache[w] = self.word(w)
            ids += self.cache[w]
        return ids

    def decode(self, ids):
        spelled = "".join(self.token[i] for i in ids if i != 0)
        return bytes(BYTE_OF[c] for c in spelled).decode("utf-8", "replace")


if __name__ == "__main__":
    from data import read_stories
    stories, _ = read_stories(sys.argv[1])
    save(train(stories), sys.argv[2])
    tokenizer = Tokenizer(sys.argv[2])
    sample = stories[:2000]
    ids = [tokenizer.encode(s) for s in sample]
    assert all(tokenizer.decode(i) == s for i, s in zip(ids, sample))
    print(len(tokenizer.vocab), "tokens;",
          round(sum(len(s.encode()) for s in sample) / sum(map(len, ids)), 3), "bytes per token")
