"""Where things stand in a text: which sentence, inside or outside quotation marks, how far apart."""

from bisect import bisect_left, bisect_right

from ingest.statements.quotes import Quotation, quotations
from retrieval.sentences import Span, sentences


class Layout:
    """One text with its sentences and quotations. A look-up is by character and costs a bisection."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quotations = quotations(text)
        self._quotes = [quotation.start for quotation in self.quotations]
        self.sentences: list[Span] = sentences(text)
        self._sentences = [start for start, _ in self.sentences]
        # How many sentences begin outside quotation marks up to each one: a long quotation is no distance.
        self._outside = [0]
        for start in self._sentences:
            self._outside.append(self._outside[-1] + (not self.quoted(start)))

    def sentence(self, at: int) -> int:
        """The number of the sentence that a character stands in, from 0; what precedes the first is in it."""
        return max(0, bisect_right(self._sentences, at) - 1)

    def sentence_span(self, at: int) -> Span:
        return self.sentences[self.sentence(at)] if self.sentences else (0, len(self.text))

    def quotation(self, at: int) -> int | None:
        """The number of the quotation that a character stands in, its marks excluded."""
        n = bisect_right(self._quotes, at) - 1
        if n >= 0 and at < self.quotations[n].end - self.quotations[n].closed and at > self.quotations[n].start:
            return n
        return None

    def quoted(self, at: int) -> bool:
        return self.quotation(at) is not None

    def touching(self, start: int, end: int) -> list[Quotation]:
        """The quotations that share a character with text[start:end]."""
        first = max(0, bisect_right(self._quotes, start) - 1)
        return [q for q in self.quotations[first : bisect_left(self._quotes, end)] if q.end > start]

    def depth(self, at: int) -> int:
        """How many sentences began outside quotation marks up to a character: the difference is a distance."""
        return self._outside[min(self.sentence(at) + 1, len(self.sentences))]
