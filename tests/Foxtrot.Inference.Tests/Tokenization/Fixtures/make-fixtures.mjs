// Writes the fixtures beside it: for each style of tokenizer a small tokenizer.json and golden.json, what Hugging Face's own
// implementation (Rust, tokenizers 0.22.2, through its Node binding @anush008/tokenizers 0.6.0) makes of many texts with it.
// Run: npm install @anush008/tokenizers@0.6.0 && node make-fixtures.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
const { Tokenizer } = createRequire(process.cwd() + "/")("@anush008/tokenizers");
const here = new URL(".", import.meta.url).pathname;

const corpus = `Once upon a time, there was a little fox named Tilly. She loved to run in the forest with her friends.
One day, Tilly saw a red balloon and tried to catch it, but it flew away. "Don't worry," said the owl, "we'll find it!"
They've looked everywhere; it's 1234 steps from 5678 trees to 90 hills. I'm sure you're right, said Tilly, and she'd smile.
The fox ran and ran and ran. Then the fox sat. 👋 👋🏽 日本語 日本 café naïve Привет привет क्षि \t\tif (x == 10) {\n\treturn 3.14;\n}\n`.repeat(3);

function train(words, count) { // words: arrays of symbols; returns merges by falling frequency, ties by order of appearance
  const merges = [];
  while (merges.length < count) {
    const counts = new Map();
    for (const w of words) for (let i = 0; i + 1 < w.length; i++) { const k = w[i] + " " + w[i + 1]; counts.set(k, (counts.get(k) ?? 0) + 1); }
    let best = null; for (const [k, c] of counts) if (best === null || c > counts.get(best)) best = k;
    if (best === null || counts.get(best) < 2) break;
    const [a, b] = best.split(" "); merges.push([a, b]);
    for (const w of words) for (let i = 0; i + 1 < w.length; i++) if (w[i] === a && w[i + 1] === b) w.splice(i, 2, a + b);
  }
  return merges;
}
const byteChar = []; { let next = 256; for (let b = 0; b < 256; b++) byteChar[b] = String.fromCharCode((b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174 ? b : next++); }
const gpt2 = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
const byteMerges = train(corpus.match(gpt2).map(w => [...Buffer.from(w)].map(b => byteChar[b])), 220);
const spMerges = train(("▁" + corpus.replaceAll(" ", "▁")).match(/▁*[^▁]+/g).map(w => [...w].filter(c => /[▁-]|[ -~\n]|[а-яП日本語é]/u.test(c))), 180);

const numbered = names => Object.fromEntries(names.map((n, i) => [n, i]));
const bpe = (vocab, merges, more) => ({ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab, merges, ...more });
const byteVocab = (first, extra = []) => numbered([...new Set([...first, ...byteChar, ...byteMerges.map(m => m.join("")), ...extra])]);
const spVocab = numbered([...new Set(["<unk>", "<s>", "</s>", ...Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`), ...spMerges.flatMap(m => [...m, m.join("")]), ..."▁abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'\"-:;()<>|_#[]/é日本語приветП"])]);
const plainVocab = numbered([...new Set(["<unk>", ...spMerges.flatMap(m => [...m, m.join("")]), ..."▁abcdefghijklmnopqrstuvwxyz0123456789.,!?'"])]);
const added = (id, content, more) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...more });
const byteLevel = (use_regex, add_prefix_space = false) => ({ type: "ByteLevel", add_prefix_space, trim_offsets: true, use_regex });
const split = (Regex, behavior = "Isolated", invert = false) => ({ type: "Split", pattern: { Regex }, behavior, invert });
const sequence = (key, ...items) => ({ type: "Sequence", [key]: items });
const template = (token, id) => ({ type: "TemplateProcessing", single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }], pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }], special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } } });
const spDecoder = (...more) => sequence("decoders", { type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, { type: "Fuse" }, ...more);
const strip = { type: "Strip", content: " ", start: 1, stop: 0 };
const spAdded = [added(0, "<unk>"), added(1, "<s>"), added(2, "</s>")];
const whole = p => ({ version: "1.0", truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...p });
const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const rest = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const plain = Object.keys(plainVocab).length;
const end = Object.keys(byteVocab([])).length;
const styles = {
  "gpt2": whole({ added_tokens: [added(0, "<|endoftext|>")], pre_tokenizer: byteLevel(true), post_processor: byteLevel(true), decoder: byteLevel(true), model: bpe(byteVocab(["<|endoftext|>"]), byteMerges.map(m => m.join(" ")), { continuing_subword_prefix: "", end_of_word_suffix: "" }) }),
  "gpt2-prefix-space": whole({ added_tokens: [added(0, "<s>"), added(1, "<mask>", { lstrip: true })], pre_tokenizer: byteLevel(true, true), post_processor: { type: "RobertaProcessing", sep: ["<s>", 0], cls: ["<s>", 0], trim_offsets: true, add_prefix_space: true }, decoder: byteLevel(true), model: bpe(byteVocab(["<s>", "<mask>"]), byteMerges) }),
  "llama3": whole({ added_tokens: [added(end + 2, "<|begin_of_text|>"), added(end + 3, "<|eot_id|>")], pre_tokenizer: sequence("pretokenizers", split(`${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|${rest}`), byteLevel(false)), post_processor: sequence("processors", byteLevel(true), template("<|begin_of_text|>", end + 2)), decoder: byteLevel(true), model: bpe(byteVocab([], ["Ġballoons", "Hello"]), byteMerges, { ignore_merges: true }) }),
  "qwen": whole({ normalizer: { type: "NFC" }, added_tokens: [added(end, "<|endoftext|>"), added(end + 1, "<|im_start|>"), added(end + 2, "<|im_end|>"), added(end + 3, "<tool_call>", { special: false })], pre_tokenizer: sequence("pretokenizers", split(`${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${rest}`), byteLevel(false)), post_processor: byteLevel(false), decoder: byteLevel(false), model: bpe(byteVocab([]), byteMerges.map(m => m.join(" "))) }),
  "deepseek": whole({ normalizer: sequence("normalizers"), added_tokens: [added(end, "<｜begin▁of▁sentence｜>"), added(end + 1, "<｜User｜>", { special: false })], pre_tokenizer: sequence("pretokenizers", split("\\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"), byteLevel(false)), post_processor: template("<｜begin▁of▁sentence｜>", end), decoder: byteLevel(true), model: bpe(byteVocab([]), byteMerges) }),
  "gpt4o": whole({ added_tokens: [added(end, "<|endoftext|>")], pre_tokenizer: sequence("pretokenizers", split(`[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+${contractions}?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*${contractions}?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`, "Removed", true), byteLevel(false)), decoder: byteLevel(true), model: bpe(byteVocab([]), byteMerges) }),
  "llama2": whole({ added_tokens: spAdded, normalizer: sequence("normalizers", { type: "Prepend", prepend: "▁" }, { type: "Replace", pattern: { String: " " }, content: "▁" }), post_processor: template("<s>", 1), decoder: spDecoder(strip), model: bpe(spVocab, spMerges.map(m => m.join(" ")), { unk_token: "<unk>", fuse_unk: true, byte_fallback: true }) }),
  "mistral": whole({ added_tokens: [...spAdded, added(Object.keys(spVocab).length, "[INST]")], pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: false }, post_processor: template("<s>", 1), decoder: spDecoder(strip), model: bpe(spVocab, spMerges, { unk_token: "<unk>", fuse_unk: true, byte_fallback: true }) }),
  "gemma": whole({ added_tokens: [...spAdded, added(Object.keys(spVocab).length, "\n\n", { special: false }), added(Object.keys(spVocab).length + 1, "<start_of_turn>")], normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" }, pre_tokenizer: { type: "Split", pattern: { String: " " }, behavior: "MergedWithPrevious", invert: false }, post_processor: template("<s>", 1), decoder: spDecoder(), model: bpe(spVocab, spMerges, { unk_token: "<unk>", fuse_unk: true, byte_fallback: true }) }),
  "metaspace": whole({ added_tokens: [added(0, "<unk>"), added(plain, "tilly", { normalized: true, special: false, single_word: true }), added(plain + 1, "<sep>", { lstrip: true, rstrip: true }), added(plain + 2, "fox", { special: false, rstrip: true })], normalizer: sequence("normalizers", { type: "NFKC" }, { type: "Lowercase" }, { type: "Strip", strip_left: true, strip_right: true }, { type: "Replace", pattern: { Regex: "\\s{2,}" }, content: " " }), pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: true }, decoder: { type: "Metaspace", replacement: "▁", add_prefix_space: true }, model: bpe(plainVocab, spMerges.filter(m => [...m, m.join("")].every(t => t in plainVocab)), { unk_token: "<unk>" }) }),
  "words": whole({ normalizer: { type: "NFD" }, added_tokens: [added(0, "<unk>")], pre_tokenizer: sequence("pretokenizers", { type: "WhitespaceSplit" }, { type: "Punctuation", behavior: "MergedWithNext" }, { type: "Digits", individual_digits: false }, split("[aeiou]+", "MergedWithPrevious"), split("[xyz]", "Contiguous")), decoder: { type: "Fuse" }, model: bpe(plainVocab, spMerges.filter(m => [...m, m.join("")].every(t => t in plainVocab)), { unk_token: "<unk>", fuse_unk: true }) }),
  "no-decoder": whole({ normalizer: { type: "NFKD" }, pre_tokenizer: { type: "Whitespace" }, model: bpe(plainVocab, spMerges.filter(m => [...m, m.join("")].every(t => t in plainVocab))) }),
};

const texts = ["", " ", "   ", "\n", "\r\n\r\n", "Once upon a time, there was a little fox.", " leading", "trailing ", "two  spaces   three", "Don't they've WE'LL i'M 'S 'ſ 'K she'D",
  "1 12 123 1234 12345 ٣٤٥ Ⅷ ½ 𝟘𝟙 3.14", "👋", "👋🏽👩‍👩‍👧", "𝒜𝒷𝒸 word𝒜 𐐀𐐨", "\u{20000}\u{20001}日本語 カタカナ ひらがな", "cafe\u0301 café naïve Å Å \u0344 각 가\u11a8", "क्षि ก็ \u0301alone", "a\u0000b\u0001", "\ufeffbom \u200d\u200b zero", "\u00a0nbsp\u3000wide\u2028line", "tab\there\t\ttwo", "if (x == 10) {\n\treturn 3.14;\n}\n",
  "x".repeat(300), "ab".repeat(100), " ".repeat(100), "!".repeat(60), "<s>Hello</s> <|endoftext|><|im_start|>user\nhi<|im_end|>", "  <mask> x <sep>  y<sep>", "Tilly tilly tillys TILLY, foxes fox  fox", "<0x0A><0xFF>", "▁under▁score_ _", "Ġbyte Ċ", "Hello Hello Hello balloons balloon", "[INST] hi [/INST]", "<tool_call>{}</tool_call>", "\n\n\n\nfour", "<start_of_turn>user\n\n", "<｜User｜>hi<｜begin▁of▁sentence｜>", "HTTPServer getElementById McDonald's DON'T/\n/", "İstanbul ΣΑΣ ß ﬁ ① ㎏", "\u{10FFFF}\u{E000}\uFFFD\uFFFE", "mixed日本語and English, привет Привет!", "#!/usr/bin/env\r\n\tpython3  # 2+2==4", "“quotes” — dashes… €5 £3"];
for (const [name, json] of Object.entries(styles)) {
  const text = JSON.stringify(json);
  const tokenizer = Tokenizer.fromString(text);
  const golden = [];
  for (const t of texts) {
    const ids = (await tokenizer.encode(t, null, { addSpecialTokens: true })).getIds();
    const plain = (await tokenizer.encode(t, null, { addSpecialTokens: false })).getIds();
    golden.push({ text: t, ids, plain, decoded: await tokenizer.decode(ids, true), decodedWithSpecial: await tokenizer.decode(ids, false) });
  }
  mkdirSync(here + name, { recursive: true });
  writeFileSync(`${here}${name}/tokenizer.json`, text.replace('"model":', '\n"model":').replace('"merges":', '\n"merges":') + "\n");
  writeFileSync(`${here}${name}/golden.json`, "[\n" + golden.map(g => JSON.stringify(g)).join(",\n") + "\n]\n");
}
