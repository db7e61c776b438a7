"""Cuts an article into passages: whole sentences, about 1,000 characters, at paragraph ends where it can."""

from retrieval.sentences import Span, paragraphs
from retrieval.types import Passage

# Raise it with any change of what `passages` gives, or of what is embedded with a passage, so that older libraries
# are told to reindex.
VERSION = 2
SIZE = 1000
# A paragraph that would overfill a passage begins a new one, unless the passage is still shorter than this.
SHORTEST = 500
# A last passage shorter than this joins the one before it.
TAIL = 200


def maker(embedder: str) -> str:
    """The name of what passages and vectors are made with; a library remembers it for each article."""
    return f"{embedder}, passages {VERSION} of {SIZE} characters"


def passages(text: str) -> list[Passage]:
    """The passages of `text`, in order; each is `text[start:end]`, and together they hold every sentence."""
    cut: list[Span] = []
    for spans in paragraphs(text):
        fresh = bool(cut) and spans[-1][1] - cut[-1][0] > SIZE and cut[-1][1] - cut[-1][0] >= SHORTEST
        for start, end in spans:
            if not cut or fresh or end - cut[-1][0] > SIZE:
                cut.append((start, end))
            else:
                cut[-1] = (cut[-1][0], end)
            fresh = False
    if len(cut) > 1 and cut[-1][1] - cut[-1][0] < TAIL:
        cut[-2:] = [(cut[-2][0], cut[-1][1])]
    return [Passage(start, end, text[start:end]) for start, end in cut]
