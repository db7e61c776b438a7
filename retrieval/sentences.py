"""Where the sentences of a news text begin and end. Rules only: no model, no copy of the text.

News prose breaks the usual splitters at titles (Rep. Turner), initials, dates (Oct. 23) and at quoted
questions ("Why now?" Kirby asked); a sentence cut there loses its speaker.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

# A longer "sentence" is a text without punctuation; it is cut at a word so that passages stay bounded.
LONGEST = 1500

Span = tuple[int, int]

_TITLES = (
    "mr mrs ms mx dr prof rev fr hon sen sens rep reps gov govs lt gen col maj capt cmdr sgt adm pres sec st ste "
    "atty ald amb supt det vs messrs mmes mt ft"
)
_BEFORE_NUMBER = "no nos art jan feb mar apr jun jul aug sep sept oct nov dec fig vol ch pp"
# These end a sentence as often as not: they do where the next word usually starts one.
_EITHER = "u.s u.k u.n e.u d.c a.m p.m jr sr inc corp co ltd bros etc n.y l.a ph.d m.d i.e e.g"
_STARTERS = (
    "the a an he she it they we i you in on at but and or so yet this that these those there his her its their "
    "our my as if when while after before since for by with to from what who how why where no not now then still "
    "also however meanwhile asked instead earlier later last one some many most all both each such"
)
_NEVER, _NUMBERED, _MAYBE, _STARTS = (
    frozenset(words.split()) for words in (_TITLES, _BEFORE_NUMBER, _EITHER, _STARTERS)
)

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n\s*")
# A run of full stops is tried once, from its beginning: a line of 20,000 dots took 5 s.
_END = re.compile(
    r"(?<![.!?…])(?P<stop>[.!?…]++)(?P<close>[\"”’'»)\]]*)(?P<gap>\s+)(?=(?P<open>[\"“‘'«(\[]*)(?P<next>\w))"
)
_LAST_WORD = re.compile(r"[\w.’'&-]*$")
_NEXT_WORD = re.compile(r"\w[\w’']*")
# `"Why now?" Kirby asked.` is one sentence.
_REPORTING = re.compile(
    r"(?:[A-Z][\w.’'-]*\s+|the\s+\w+\s+|\w+\s+){1,4}?"
    r"(?:said|says|asked|asks|added|adds|told|wrote|writes|replied|tweeted|shouted|yelled|continued|declared)\b"
)


def sentences(text: str) -> list[Span]:
    """The spans of the sentences, in order, without surrounding white space; nothing else is left out."""
    return [span for paragraph in paragraphs(text) for span in paragraph]


def paragraphs(text: str) -> list[list[Span]]:
    """The spans of the sentences, by paragraph: paragraphs stand between blank lines."""
    return [_sentences(text, block) for block in blocks(text)]


def _sentences(text: str, block: Span) -> list[Span]:
    return [piece for span in _split(text, *block) for piece in _bounded(text, *span)]


class Sentences:
    """The sentences of one text, cut paragraph by paragraph as they are looked at."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._blocks = list(blocks(text))
        self._cut: dict[int, list[Span]] = {}

    def holding(self, start: int, end: int) -> Span:
        """The whole sentences that hold text[start:end]."""
        if not self._blocks:
            return start, end
        first = self._of(max(0, bisect_right(self._blocks, start, key=_start) - 1))
        last = self._of(min(len(self._blocks) - 1, bisect_left(self._blocks, end, key=_end)))
        return (
            first[max(0, bisect_right(first, start, key=_start) - 1)][0],
            last[min(len(last) - 1, bisect_left(last, end, key=_end))][1],
        )

    def before(self, at: int) -> Span | None:
        """The last sentence that ends at a character or before it."""
        n = bisect_left(self._blocks, at, key=_start) - 1
        ended = [span for span in self._of(n) if span[1] <= at] if n >= 0 else []
        return ended[-1] if ended else self._of(n - 1)[-1] if n > 0 else None

    def after(self, at: int) -> Span | None:
        """The first sentence that begins at a character or behind it."""
        n = bisect_right(self._blocks, at, key=_end)
        begun = [span for span in self._of(n) if span[0] >= at] if n < len(self._blocks) else []
        return begun[0] if begun else self._of(n + 1)[0] if n + 1 < len(self._blocks) else None

    def within(self, start: int, end: int) -> list[Span]:
        """The sentences that lie in text[start:end] whole."""
        first = bisect_right(self._blocks, start, key=_end)
        last = bisect_left(self._blocks, end, key=_start)
        return [span for n in range(first, last) for span in self._of(n) if start <= span[0] and span[1] <= end]

    def _of(self, number: int) -> list[Span]:
        if number not in self._cut:
            block = self._blocks[number]
            self._cut[number] = _sentences(self._text, block)
        return self._cut[number]


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


def blocks(text: str) -> Iterator[Span]:
    at = 0
    for match in [*_PARAGRAPH.finditer(text), None]:
        end = match.start() if match else len(text)
        span = _trimmed(text, at, end)
        if span:
            yield span
        at = match.end() if match else end


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    ends = {match.end() for match in _END.finditer(text, start, end) if _ends(text, match)}
    ends |= {match.end() for match in _LINE.finditer(text, start, end) if _line_ends(text, match.start())}
    for stop in [*sorted(ends), end]:
        span = _trimmed(text, start, stop)
        if span:
            yield span
        start = stop


def _line_ends(text: str, at: int) -> bool:
    """A single newline ends a sentence after its full stop; else it is a hard wrap, or a headline if short."""
    line = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    return line[-1:] in '.!?:"”…)' or len(line) < 40


def _ends(text: str, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 60]
    starts = match["next"].isupper() or match["next"].isdigit() or bool(match["open"])
    if not starts:
        return False
    if match["close"] and match["stop"][-1] in "!?…" and not match["open"]:
        return not _REPORTING.match(following)
    return match["stop"] != "." or bool(match["close"]) or _full_stop(text, match, following)


def _full_stop(text: str, match: re.Match[str], following: str) -> bool:
    """Whether a lone period after a word ends a sentence, and not an abbreviation."""
    found = _LAST_WORD.search(text, max(0, match.start() - 30), match.start())
    word = (found[0] if found else "").strip("’'-").lower()
    if word in _NEVER or (word in _NUMBERED and match["next"].isdigit()):
        return False
    if word in _MAYBE or (len(word) == 1 and word.isalpha() and word != "i"):
        after = _NEXT_WORD.match(following)
        return bool(match["open"]) or (after is not None and after[0].lower() in _STARTS)
    return True


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST:
        cut = text.rfind(" ", start, start + LONGEST)
        stop = cut if cut > start else start + LONGEST
        yield start, stop
        start = stop + (cut > start)
    yield start, end
