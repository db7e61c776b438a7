"""Whether what somebody claims is on record: the words themselves first, letter for letter, else what is nearest.

Full text finds where the words may stand; then they are compared, whatever their marks, case and white space.
Whoever is claimed to have said them is checked against who is on record with them. May not show a word that is not
stored, and nothing that is disputed.
"""

import re
import time
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.citing import cite, numbered
from retrieval.copies import Telling, grouped
from retrieval.names import same_name
from retrieval.sentences import Sentences, Span
from retrieval.standalone import standalone
from retrieval.standing import standing
from retrieval.types import Answer, Article, Citation, Claim, Evidence, Outcome, Question, Report
from retrieval.understanding import Asked, understand
from retrieval.understanding.mentions import mentions

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.record import Record, StoredPassage, StoredStatement, Withheld

# So many characters of a message are looked at, and so many quotations in it. Fewer words are said by everybody.
READ, QUOTATIONS, LEAST = 1000, 5, 4
# A full-text query takes so many of the words, from two places, and gives so many passages: a quotation may begin
# in one passage and end in the next.
WINDOW, PASSAGES = 8, 10
# The words of a message may reach so far beyond a passage that holds some of them.
AROUND = 2 * READ
# Claims, and the articles that one of them cites.
MOST, SOURCES = 4, 5
# A statement holds words where so much of them lies in its spans.
HELD = 0.5

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_TAG = re.compile(r"<(?:@[!&]?|#|t:|a?:\w{1,40}:|/[\w -]{1,40}:|id:)[\w:]{1,40}>")
_ADDRESS = re.compile(r"<?https?://\S+")
_MARKUP = re.compile(r"^[^\S\n]*(?:>>>|>|-#|#{1,3})[^\S\n]+|\*+|__+|\|\|+|~~+|`+", re.MULTILINE)
_QUOTED = re.compile(r"“([^“”]*)”|\"([^\"]*)\"|''((?:(?!'').)*)''|«([^«»]*)»", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Hit:
    """Where words of the message stand: whole sentences of an article, and the statement that holds them."""

    article: Article
    span: Span
    said: "StoredStatement | None"
    text: str

    @property
    def speaker(self) -> str | None:
        return self.said.statement.speaker if self.said else None


def on_record(library: "Library", text: str, *, user: str = "") -> Answer:
    """Whether a message, or what it quotes, is on record: who said it, when, and the passage.

    The message of the answer says whether it is there word for word, or what is nearest. Where somebody else is on
    record with the words than he who is claimed to have said them, the outcome is WRONG_SPEAKER. `user` is as for
    `Library.ask`, which answers where the words themselves are not found. Raises OnrecordError.
    """
    started = time.perf_counter()
    plain = _plain(text[:READ])
    asked = " ".join(plain.split())
    with library.record.snapshot():
        found = _Looking(library.record, plain).answer() if _WORD.search(plain) else None
    if found is None:
        found = _nearest(library, asked, user)
    return replace(found, question=asked, seconds=time.perf_counter() - started)


def _nearest(library: "Library", asked: str, user: str) -> Answer:
    """What is nearest in meaning; words alone are asked for as anybody's."""
    if not _WORD.search(asked):
        return Answer(asked, Outcome.NO_EVIDENCE, "There are no words in this to look for.", (), (), 0.0)
    answer = library.ask(Question(asked), user=user)
    if answer.outcome is Outcome.NO_EVIDENCE and not understand(Question(asked), library.record).asked:
        other = library.ask(Question(f"Who said {asked}"), user=user)
        answer = other if other.outcome is Outcome.ANSWERED else answer
    lead = "Not on record word for word."
    if answer.outcome is Outcome.ANSWERED:
        lead = f"{lead} Nearest to it:"
    return replace(answer, message=f"{lead} {answer.message}")


class _Looking:
    """Looks for the words of one message, letter for letter."""

    def __init__(self, record: "Record", text: str) -> None:
        self._record, self._text = record, text
        self._withheld: Withheld = record.withheld()

    def answer(self) -> Answer | None:
        """None where none of the words are found."""
        hits = self._places(self._text)
        if hits:  # all of the message, so that it claims nothing that the article does not
            return self._told(hits, (), "This is on record word for word")
        quoted = [m for m in _QUOTED.finditer(self._text) if len(_words(m[m.lastindex or 0])) >= LEAST]
        each = [self._places(m[m.lastindex or 0]) for m in quoted[:QUOTATIONS]]
        hits = [hit for some in each for hit in some]
        if not hits:
            return None
        n = sum(map(bool, each))
        what = "The quotation is on record word for word"
        if len(each) > 1:
            what = f"{n} of {len(each)} quotations {'is' if n == 1 else 'are'} on record word for word"
        return self._told(hits, self._claimed(), what)

    def _told(self, hits: Sequence[_Hit], claimed: Sequence[Asked], what: str) -> Answer | None:
        his = [hit for hit in hits if hit.said is None or not claimed or _is_of(hit, claimed)]
        wrong = bool(claimed) and not his
        claims = numbered(standing(self._record, self._claims(his or hits), self._withheld))
        if not claims:
            return None
        names = ", ".join(dict.fromkeys(claim.speaker for claim in claims if claim.speaker))
        passages = tuple(self._passage(claim.citations[0], hits) for claim in claims)
        if wrong:
            said = f"{what}, but from {names}, not from {' or '.join(one.name for one in claimed)}."
            return Answer("", Outcome.WRONG_SPEAKER, said, (), passages, 0.0, instead=claims)
        said = f"{what}, from {names}." if names else f"{what}; the article does not make sure who says it."
        return Answer("", Outcome.ANSWERED, said, claims, passages, 0.0)

    def _passage(self, cited: Citation, hits: Sequence[_Hit]) -> Evidence:
        article = next(hit.article for hit in hits if hit.article.url == cited.url)
        return Evidence(article, cited.start, cited.end, 0.0)

    def _claimed(self) -> tuple[Asked, ...]:
        """Whose words the message says that its quotations are."""
        rest = " ".join(_QUOTED.sub(" ", self._text).split())
        asked = understand(Question(rest), self._record).asked
        if not asked:
            people = [m for m in mentions(rest, self._record, (None, None)) if m.person]
            asked = tuple(Asked(m.words, m.words, m.speakers) for m in people[:1] if len(people) == 1)
        return tuple(one for one in asked if one.words.strip())

    def _claims(self, hits: Sequence[_Hit]) -> list[Claim]:
        """One for each statement, with a citation of each telling, the earliest first."""
        found = []
        for numbers in grouped([Telling(n, hit.speaker or "", hit.text) for n, hit in enumerate(hits)])[:MOST]:
            by_url: dict[str, _Hit] = {}
            for hit in (hits[n] for n in numbers):
                by_url.setdefault(hit.article.url, hit)
            found.append(_claim(sorted(by_url.values(), key=lambda hit: str(hit.article.published or "~"))))
        return found

    def _places(self, words: str) -> list[_Hit]:
        """Where some words stand, none of them twice; those only where it is sure who says them, if any."""
        wanted = _words(words)
        if len(wanted) < LEAST:
            return []
        ends = wanted[:WINDOW], wanted[-WINDOW:]
        terms = list(dict.fromkeys(" ".join(part) for part in ends))
        ranked = self._record.lexical(terms, PASSAGES)
        passages = self._record.passages([hit.id for hit in ranked])
        needle = "".join(map(_folded, wanted))
        found: dict[tuple[str, Span], _Hit] = {}
        for i in (hit.id for hit in ranked):
            for hit in self._in(passages[i], needle) if i in passages and needle else ():
                found.setdefault((hit.article.url, hit.span), hit)
        return [hit for hit in found.values() if hit.said] or list(found.values())

    def _in(self, passage: "StoredPassage", needle: str) -> Iterator[_Hit]:
        """Where the words stand in a passage or around it, undisputed."""
        article = passage.article
        low, high = max(0, passage.start - AROUND), passage.end + AROUND
        place = _find(article.text[low:high], needle)
        if place is None:
            return
        start, end = place[0] + low, place[1] + low
        span = Sentences(article.text).holding(start, end)
        if self._withheld.overlaps(article, *span):
            return
        statements = self._record.statements_in({passage.article_id: article})[passage.article_id]
        told = standalone(article.text, *span, [one.statement for one in statements])
        yield _Hit(article, span, _holding(statements, start, end), told)


def _claim(hits: Sequence[_Hit]) -> Claim:
    first = hits[0]
    said = first.said.statement if first.said else None
    day = (said.said_on or first.article.published) if said and said.speaker else None
    citations = tuple(cite(hit.article, *hit.span) for hit in hits[:SOURCES])
    return Claim(first.text, first.speaker, day, bool(said and said.second_hand), citations)


def _holding(statements: "Sequence[StoredStatement]", start: int, end: int) -> "StoredStatement | None":
    """The statement of a known speaker that holds most of text[start:end], and of several the narrowest."""
    best: tuple[int, int] | None = None
    found = None
    for one in statements:
        spans = one.statement.spans
        held = sum(max(0, min(b, end) - max(a, start)) for a, b in spans)
        if one.statement.report is not Report.SAID or not one.statement.speaker or held < HELD * (end - start):
            continue
        rank = held, -sum(b - a for a, b in spans)
        if best is None or rank > best:
            best, found = rank, one
    return found


def _is_of(hit: _Hit, claimed: Sequence[Asked]) -> bool:
    """Whether one of those claimed says it."""
    said, name = hit.said, hit.speaker or ""
    for one in claimed:
        if said and said.speaker_id in {speaker.id for speaker in one.speakers}:
            return True
        if (not one.speakers or (said and said.speaker_id is None)) and same_name(one.name, name):
            return True
    return False


def _find(text: str, needle: str) -> Span | None:
    """Where folded words stand in a text, from a word's beginning to a word's end, whatever is between them."""
    words = [(_folded(match[0]), *match.span()) for match in _WORD.finditer(text)]
    starts, ends, size = [], [], 0
    for folded, _, _ in words:
        starts.append(size)
        size += len(folded)
        ends.append(size)
    whole = "".join(folded for folded, _, _ in words)
    at = whole.find(needle)
    while at >= 0:
        first, last = bisect_left(starts, at), bisect_left(ends, at + len(needle))
        if first < len(starts) and starts[first] == at and ends[last] == at + len(needle):
            first = bisect_right(starts, at) - 1  # of words that fold to nothing, the last
            return words[first][1], words[last][2]
        at = whole.find(needle, at + 1)
    return None


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _folded(word: str) -> str:
    """Small letters without accents."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


def _plain(text: str) -> str:
    """The message without what Discord shows as a form of words, and without what no index can hold."""
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    text = _TAG.sub(" ", _LINK.sub(r"\1", text))
    return _ESCAPED.sub(r"\1", _MARKUP.sub("", _ADDRESS.sub(" ", text))).strip()
