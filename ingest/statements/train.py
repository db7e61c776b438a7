"""Trains the tagger: `python -m ingest.statements.train TRAIN.jsonl`, with torch 2.13 installed beside onrecord.

A line of TRAIN.jsonl is {"text", "attributions": [{"source", "cue", "content": [[start, end], ...]}]}. What comes
out is tagger.onnx, and its hash for tagger.py. The encoder starts as all-MiniLM-L6-v2, whose word embeddings stay
as they are, so that they need not be shipped twice. Torch is a tool of training alone.
"""

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as f

from ingest.statements.export import write
from ingest.statements.pieces import KINDS, LONGEST, Window, windows
from ingest.statements.quotes import quotations
from ingest.statements.tagger import ARC, BUCKETS, LABELS, MODEL, bucket
from retrieval.minilm import DIMENSION, LAYERS, initializers, verified

HEADS = 12
BATCH = 12
# In a batch, padding included: short windows come in larger ones.
PIECES = BATCH * LONGEST
ENCODER_RATE, HEAD_RATE, WARM_UP = 3e-4, 1e-3, 50
# Of what passes between the layers. On the attention's weights too it made a step three times as long.
DROPOUT = 0.1
ARC_WEIGHT = 0.3
# The windows of an article are cut anew for every epoch, at a length by chance: each time with other neighbours.
SHORTEST = 192
SEED = 7


@dataclass(frozen=True, slots=True)
class Example:
    """A window and the attributions of its article."""

    window: Window
    attributions: list[dict[str, Any]]


class Data:
    """The articles to learn from."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(verified()["tokenizer.json"]))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def batches(self, chance: random.Random) -> list[list[Example]]:
        """One epoch: windows of like length together, in random order."""
        data = [e for row in self._rows for e in self._examples(row, chance.randint(SHORTEST, LONGEST))]
        chance.shuffle(data)
        found: list[list[Example]] = []
        for at in range(0, len(data), BATCH * 20):
            waiting = sorted(data[at : at + BATCH * 20], key=lambda e: len(e.window.ids))
            while waiting:
                most = max(1, PIECES // len(waiting[-1].window.ids))
                found.append(waiting[-most:])
                del waiting[-most:]
        chance.shuffle(found)
        return found

    def _examples(self, row: dict[str, Any], longest: int) -> Iterator[Example]:
        for window in windows(row["text"], quotations(row["text"]), self._tokenizer, longest):
            yield Example(window, row["attributions"])


def right(example: Example) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Labels [pieces], and what each piece hangs on [2, pieces, pieces].

    [0] leads from a content to its cue, [1] from a cue to its source; to piece 0 where that is elsewhere.
    """
    n = len(example.window.ids)
    labels, arcs = np.zeros(n, np.int64), np.zeros((2, n, n), bool)
    for attribution in example.attributions:
        on = {part: _on(example.window, attribution[part], part, labels) for part in ("source", "cue", "content")}
        for arc, (child, parent) in zip(arcs, (("content", "cue"), ("cue", "source")), strict=True):
            arc[np.ix_(on[child], on[parent])] = True
            if on[child].any() and not on[parent].any():
                arc[on[child], 0] = True
    return labels, arcs


def _on(window: Window, spans: list[list[int]], part: str, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pieces stand in the spans; they get their labels."""
    starts, ends = window.spans.T
    found = np.zeros(len(starts), bool)
    for start, end in spans:
        here = (starts >= 0) & (starts < end) & (ends > start)
        found |= here
        if here.any():
            labels[here] = LABELS.index(f"I-{part}")
            labels[here.argmax()] = LABELS.index(f"B-{part}")
    return found


class Network(nn.Module):
    """The encoder with a label for every piece, and scores for what hangs on what."""

    def __init__(self) -> None:
        super().__init__()
        given = initializers(load_file(verified()["model.safetensors"]))
        self.words = torch.from_numpy(given.pop("words"))
        # A parameter's name may hold no dot.
        encoder = {name.replace(".", "/"): nn.Parameter(torch.from_numpy(a.copy())) for name, a in given.items()}
        self.encoder = nn.ParameterDict(encoder | {"kinds": nn.Parameter(torch.zeros(KINDS, DIMENSION))})
        self.labels = nn.Linear(DIMENSION, len(LABELS))
        self.hangs = nn.Linear(DIMENSION, 2 * ARC)
        self.holds = nn.Linear(DIMENSION, 2 * ARC)
        self.pull = nn.Linear(DIMENSION, 2)
        self.distance = nn.Parameter(torch.zeros(2, BUCKETS))

    def forward(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of labels [batch, pieces, labels] and of arcs [batch, 2, pieces, pieces]."""
        x = self._encoded(ids, kinds, mask)
        shape = (*x.shape[:2], 2, ARC)
        hangs, holds = (f.gelu(part(x)).view(shape).transpose(1, 2) for part in (self.hangs, self.holds))
        arcs = hangs @ holds.transpose(2, 3) / math.sqrt(ARC) + self.pull(x).transpose(1, 2)[:, :, None, :]
        arcs = arcs + self.distance[:, torch.from_numpy(bucket(ids.shape[1]))]
        return self.labels(x).float(), arcs.float().masked_fill(~mask[:, None, None, :], -1e4)

    def _encoded(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> Tensor:
        w = {name.replace("/", "."): parameter for name, parameter in self.encoder.items()}

        def normal(x: Tensor, at: str) -> Tensor:
            return f.layer_norm(x, (DIMENSION,), w[f"{at}.gamma"], w[f"{at}.beta"], 1e-12)

        x = self.words[ids] + w["positions"][: ids.shape[1]] + w["kinds"][kinds]
        x = self._drop(normal(x, "embeddings"))
        for n in range(LAYERS):
            at = f"layer.{n}."
            qkv = x @ w[at + "qkv.weight"] + w[at + "qkv.bias"]
            q, k, v = qkv.view(*x.shape[:2], 3, HEADS, -1).permute(2, 0, 3, 1, 4)
            heads = f.scaled_dot_product_attention(q, k, v, mask[:, None, None, :])
            heads = heads.transpose(1, 2).reshape(x.shape)
            attended = heads @ w[at + "attention.weight"] + w[at + "attention.bias"]
            x = normal(x + self._drop(attended), at + "attention")
            inner = f.gelu(x @ w[at + "inner.weight"] + w[at + "inner.bias"])
            x = normal(x + self._drop(inner @ w[at + "outer.weight"] + w[at + "outer.bias"]), at + "outer")
        return self._drop(x)

    def _drop(self, x: Tensor) -> Tensor:
        return f.dropout(x, DROPOUT, self.training)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """By the names that the exported graph knows."""
        state = {name.removeprefix("encoder.").replace("/", "."): p for name, p in self.state_dict().items()}
        return {name: p.float().numpy() for name, p in state.items()}


def loss(network: Network, batch: list[Example]) -> Tensor:
    """Cross entropy of the labels, and of what contents and cues hang on: any piece of the right span will do."""
    n = max(len(e.window.ids) for e in batch)
    answers = [right(e) for e in batch]
    labels = _padded([labels for labels, _ in answers], (n,), -100)
    hangs = _padded([arcs for _, arcs in answers], (2, n, n), 0)
    ids = _padded([e.window.ids for e in batch], (n,), 0)
    kinds = _padded([e.window.kinds for e in batch], (n,), 0)
    with torch.autocast("cpu", torch.bfloat16):
        tags, arcs = network(ids, kinds, labels != -100)
    total = f.cross_entropy(tags.flatten(0, 1), labels.flatten(), ignore_index=-100)
    for chances, held in zip(arcs.log_softmax(-1).unbind(1), hangs.unbind(1), strict=True):
        some = held.any(-1)
        if some.any():
            total -= ARC_WEIGHT * chances[some].masked_fill(~held[some], -1e4).logsumexp(-1).mean()
    return total


def _padded(arrays: list[NDArray[Any]], shape: tuple[int, ...], fill: int) -> Tensor:
    whole = np.full((len(arrays), *shape), fill, arrays[0].dtype)
    for row, array in zip(whole, arrays, strict=True):
        row[tuple(map(slice, array.shape))] = array
    return torch.from_numpy(whole)


def train(data: Data, epochs: int, tell: Callable[[str], None]) -> Network:
    """Learn for so many epochs, at a rate that falls to nothing."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    network = Network()
    groups = [
        {"params": list(network.encoder.parameters()), "lr": ENCODER_RATE},
        {"params": [p for n, p in network.named_parameters() if not n.startswith("encoder")], "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = [batch for _ in range(epochs) for batch in data.batches(chance)]
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / WARM_UP, max(0.01, (len(steps) - n) / (len(steps) - WARM_UP)))
    )
    mean, began = math.nan, time.monotonic()
    for step, batch in enumerate(steps, 1):
        value = loss(network, batch)
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        pace.step()
        mean = value.item() if step == 1 else 0.95 * mean + 0.05 * value.item()
        if step % 20 == 0:
            tell(f"step {step} of {len(steps)}, loss {mean:.4f}, {time.monotonic() - began:.0f} s")
    network.eval()
    return network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="articles with their attributions, as JSON lines")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=MODEL)
    given = parser.parse_args()
    network = train(Data(given.train), given.epochs, lambda line: print(line, flush=True))
    write(network.weights(), given.out)
    print(f"{given.out}: sha256 {hashlib.sha256(given.out.read_bytes()).hexdigest()}; put it into tagger.py")


if __name__ == "__main__":
    main()
