"""The small JSON files of a model folder: Hugging Face's, and the one of ONNX Runtime GenAI."""
import json
import os

from tokenizer import END

# Continues the text: messages are joined as they are, and a turn that does not continue the model's own words begins a line.
CHAT_TEMPLATE = ("{{ bos_token }}{% for message in messages %}"
                 "{% if not loop.first and message['role'] != 'assistant' %}{{ '\\n' }}{% endif %}"
                 "{{ message['content'] }}{% endfor %}")
SAMPLING = {"do_sample": True, "temperature": 0.7, "top_p": 0.95}


def write_configs(folder, c, context):
    end = {"content": END, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    files = {
        "config.json": {
            "architectures": ["LlamaForCausalLM"], "attention_bias": False, "attention_dropout": 0.0, "bos_token_id": 0,
            "eos_token_id": 0, "head_dim": c.head_dim, "hidden_act": "silu", "hidden_size": c.dim,
            "initializer_range": 0.02, "intermediate_size": c.hidden, "max_position_embeddings": context, "mlp_bias": False,
            "model_type": "llama", "num_attention_heads": c.heads, "num_hidden_layers": c.layers,
            "num_key_value_heads": c.kv_heads, "pretraining_tp": 1, "rms_norm_eps": c.eps, "rope_scaling": None,
            "rope_theta": c.theta, "tie_word_embeddings": True, "torch_dtype": "float32", "use_cache": True,
            "vocab_size": c.vocab},
        "generation_config.json": {"bos_token_id": 0, "eos_token_id": [0], "max_length": context, **SAMPLING},
        "special_tokens_map.json": {"bos_token": END, "eos_token": END},
        "tokenizer_config.json": {
            "add_bos_token": True, "add_eos_token": False, "add_prefix_space": False, "added_tokens_decoder": {"0": end},
            "bos_token": END, "chat_template": CHAT_TEMPLATE, "clean_up_tokenization_spaces": False, "eos_token": END,
            "model_max_length": context, "pad_token": None, "tokenizer_class": "PreTrainedTokenizerFast", "unk_token": None},
        "genai_config.json": {
            "model": {
                "bos_token_id": 0, "context_length": context,
                "decoder": {
                    "session_options": {"log_id": "onnxruntime-genai", "provider_options": []},
                    "filename": "model.onnx", "head_size": c.head_dim, "hidden_size": c.dim,
                    "inputs": {"input_ids": "input_ids", "attention_mask": "attention_mask",
                               "past_key_names": "past_key_values.%d.key", "past_value_names": "past_key_values.%d.value"},
                    "outputs": {"logits": "logits", "present_key_names": "present.%d.key",
                                "present_value_names": "present.%d.value"},
                    "num_attention_heads": c.heads, "num_hidden_layers": c.layers, "num_key_value_heads": c.kv_heads},
                "eos_token_id": [0], "pad_token_id": 0, "type": "llama", "vocab_size": c.vocab},
            "search": {
                "diversity_penalty": 0.0, "do_sample": True, "early_stopping": True, "length_penalty": 1.0,
                "max_length": context, "min_length": 0, "no_repeat_ngram_size": 0, "num_beams": 1,
                "num_return_sequences": 1, "past_present_share_buffer": True, "repetition_penalty": 1.0,
                "temperature": SAMPLING["temperature"], "top_k": 50, "top_p": SAMPLING["top_p"]}},
    }
    for name, content in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            json.dump(content, f, indent=2)
            f.write("\n")
