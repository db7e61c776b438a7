"""Cuts a text into what the tagger reads: windows of word pieces, with where each piece stands.

Training and running share this, so that the model sees at work what it learned from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ingest.statements.quotes import Quotation, directed
from retrieval.sentences import Span, blocks

# The longest window, in pieces. What the encoder spends on attention grows with it (5 % of the work at 256, 8 % at
# 384), and so does the chance that a quotation and the name of its speaker stand in one window.
LONGEST = 384
CLS, SEP = 101, 102
# A paragraph too long for what is left of a window begins a new one, unless that would leave it emptier than this.
FULL = 64
# Kinds of a piece: 1 in quotation marks, 2 capitalised, 3 both.
KINDS = 4


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive pieces of a text. The first is CLS, the last and those between paragraphs are SEP.

    `ids` and `kinds`: [pieces]; `spans` [pieces, 2]: where each stands in the text, -1 for CLS and SEP.
    """

    ids: NDArray[np.int32]
    kinds: NDArray[np.int32]
    spans: NDArray[np.int32]


def windows(text: str, found: list[Quotation], tokenizer: Tokenizer, longest: int = LONGEST) -> list[Window]:
    """The windows of a text, in order; whole paragraphs wherever one fits. `tokenizer` neither cuts nor pads."""
    curled = directed(text, found)
    inside = np.zeros(len(text) + 1, np.int32)
    for quotation in found:
        inside[quotation.start : quotation.end] = 1
    made: list[Window] = []
    ids: list[int] = []
    spans: list[Span] = []

    def finish() -> None:
        if ids:
            where = np.array([(-1, -1), *spans, (-1, -1)], np.int32)
            kinds = np.array([0 if s < 0 else inside[s] + 2 * text[s].isupper() for s in where[:, 0]], np.int32)
            made.append(Window(np.array([CLS, *ids, SEP], np.int32), kinds, where))
            ids.clear()
            spans.clear()

    for start, end in blocks(text):
        encoded = tokenizer.encode(curled[start:end], add_special_tokens=False)
        where = [(a + start, b + start) for a, b in encoded.offsets]
        waiting = list(zip(encoded.ids, where, strict=True))
        while waiting:
            room = longest - 2 - len(ids) - bool(ids)
            if ids and len(waiting) > room and (room < FULL or len(waiting) <= longest - 2):
                finish()
                continue
            if ids:
                ids.append(SEP)
                spans.append((-1, -1))
            ids += [piece for piece, _ in waiting[:room]]
            spans += [span for _, span in waiting[:room]]
            waiting = waiting[room:]
    finish()
    return made
