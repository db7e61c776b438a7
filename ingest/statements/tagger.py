"""The tagger: a small encoder that labels every word piece as part of a source, a cue, a content, or of none.

It also says what hangs on what: a content on its cue, a cue on its source. The model is tagger.onnx, made by
train.py and described in MODEL_CARD.md; it was trained on windows of whole paragraphs (pieces.py).
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

from ingest.statements.pieces import Window, windows
from ingest.statements.quotes import Quotation
from retrieval.errors import ModelError
from retrieval.minilm import verified

MODEL = Path(__file__).with_name("tagger.onnx")
SHA256 = "4975c118b1d36d601f580dcf59d7732775f5046da5c7598a0be02f72c22e67b2"
LABELS = ("O", "B-source", "I-source", "B-cue", "I-cue", "B-content", "I-content")
ARC = 128
BUCKETS = 63

Array = NDArray[np.float32]


@lru_cache(64)
def bucket(n: int) -> NDArray[np.int64]:
    """[n, n]: how far, and which way, piece j stands from piece i, on a scale that is logarithmic."""
    apart = np.arange(n)[None, :] - np.arange(n)[:, None]
    steps = np.rint(np.sign(apart) * np.log2(np.abs(apart) + 1.0) * 3).astype(np.int64)
    shifted: NDArray[np.int64] = np.clip(steps, -(BUCKETS // 2), BUCKETS // 2) + BUCKETS // 2
    return shifted


@dataclass(frozen=True, slots=True)
class Tagged:
    """A window, read: log probabilities of `labels` [pieces, labels], and of what each piece hangs on.

    `arcs` [2, pieces, pieces]: arcs[0] leads from a content to its cue, arcs[1] from a cue to its source; to
    piece 0 where that stands elsewhere, or nowhere.
    """

    window: Window
    labels: Array
    arcs: Array


class Tagger:
    """Safe to use from several threads. One window at a time: what is read of it depends on nothing else."""

    def __init__(self, threads: int = 0, model: Path = MODEL, sha256: str = SHA256) -> None:
        """`threads` 0 means one for each core. Raises ModelError."""
        files = verified()
        try:
            graph = model.read_bytes()
        except OSError as error:
            raise ModelError("The statement model cannot be read.") from error
        if sha256 and hashlib.sha256(graph).hexdigest() != sha256:
            raise ModelError("The statement model is not the one that this version was made with.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        with safe_open(files["model.safetensors"], "numpy") as weights:
            self._words: Array = weights.get_tensor("embeddings.word_embeddings.weight")

    def read(self, text: str, found: list[Quotation]) -> list[Tagged]:
        """`found`: the quotations of the text."""
        return [self._read(window) for window in windows(text, found, self._tokenizer)]

    def _read(self, window: Window) -> Tagged:
        n = len(window.ids)
        inputs = {"words": self._words[window.ids], "kinds": window.kinds, "apart": bucket(n)}
        labels, arcs = self._session.run(None, inputs)
        return Tagged(window, labels, arcs)
