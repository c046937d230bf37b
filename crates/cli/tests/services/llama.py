"""llama.cpp's server with a tiny model of random weights: python llama.py FOLDER PORT KEY.

The model knows bytes and nothing else. It says anything that a grammar lets it say, which is what a test of
constrained output needs.
"""
import sys
import time
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

DIM, LAYERS, HEADS, HIDDEN, CONTEXT = 64, 2, 4, 128, 32768


def write_model(path: Path) -> None:
    random = np.random.default_rng(42)
    printable = [0x20 <= byte <= 0x7E or byte == 10 for byte in range(256)]
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + ["\u2581"]
    normal, unknown, control, user, byte_token = 1, 2, 3, 5, 6
    kinds = [unknown, control, control]
    kinds += [byte_token if is_printable else user for is_printable in printable] + [normal]
    scores = [0.0] * (len(tokens) - 1) + [-1.0]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("tiny-random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(DIM)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(DIM // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(0)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_chat_template("{% for m in messages %}{{ m['content'] }}\n{% endfor %}")

    def tensor(name: str, *shape: int) -> None:
        writer.add_tensor(name, (random.standard_normal(shape) * 0.05).astype(np.float32))

    tensor("token_embd.weight", len(tokens), DIM)
    writer.add_tensor("output_norm.weight", np.ones(DIM, np.float32))
    tensor("output.weight", len(tokens), DIM)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        writer.add_tensor(f"{block}.attn_norm.weight", np.ones(DIM, np.float32))
        writer.add_tensor(f"{block}.ffn_norm.weight", np.ones(DIM, np.float32))
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            tensor(f"{block}.{part}.weight", DIM, DIM)
        tensor(f"{block}.ffn_gate.weight", HIDDEN, DIM)
        tensor(f"{block}.ffn_up.weight", HIDDEN, DIM)
        tensor(f"{block}.ffn_down.weight", DIM, HIDDEN)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def serve(path: Path, port: int, key: str) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.warmup = False
    params.port = port
    params.use_jinja = True
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.n_threads_http = 2
    params.api_keys = [key]
    server = xllamacpp.Server(params)
    print("listening", server.listening_address, flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    model = Path(sys.argv[1]) / "tiny.gguf"
    write_model(model)
    serve(model, int(sys.argv[2]), sys.argv[3])
