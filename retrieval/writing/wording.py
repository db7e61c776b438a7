"""What a sentence says, as far as words show it: its numbers, its words by stem, and what is negated or uncertain.

For comparing a claim with its evidence. English, as the rest of the product.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby, islice

from retrieval.understanding.wording import STOP, stem
from retrieval.writing.evidence import visible
from retrieval.writing.figures import Day, days, numbers

_WORD = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[.,;:!?()—–]")
POSSESSIVE = re.compile(r"['’]s?$")
# One country, body, party, month or title under several names, each as one word.
_ONE = tuple(
    (re.compile(rf"(?<!\w)(?:{names})(?!\w)"), one)
    for names, one in (
        (r"U\.S\.(?:A\.)?|USA|US|(?:the )?United States(?: of America)?|Americans?|America", "Usa"),
        (r"U\.K\.|UK|(?:the )?United Kingdom|Britain|Great Britain|British|Britons?", "Uk"),
        (r"E\.U\.|EU|(?:the )?European Union", "Eu"),
        (r"U\.N\.|UN|(?:the )?United Nations", "Un"),
        (r"GOP|G\.O\.P\.|Republicans?(?: Party)?", "Republican"),
        (r"Democrats?|Democratic(?: Party)?", "Democrat"),
        *((rf"{month[:3]}t?\.?", month) for month in "January February August September".split()),
        *((rf"{month[:3]}\.?", month) for month in "October November December".split()),
        (r"Gov\.", "Governor"),
        (r"Sens?\.", "Senator"),
        (r"Reps?\.", "Representative"),
        (r"Gen\.", "General"),
        (r"Dr\.", "Doctor"),
        (r"Mr\.|Mrs\.|Ms\.|Mr|Mrs|Ms", ""),
    )
)
_IRREGULAR = dict(
    pair.split(":")
    for pair in (
        "spanish:spain polish:poland french:france dutch:netherlands danish:denmark welsh:wales irish:ireland "
        "scottish:scotland finnish:finland greek:greece swiss:switzerland turkish:turkey swedish:sweden"
    ).split()
)
# What says that something is not so; and, more widely, what may be told with a "not" as well.
_NOT = re.compile(r"(?:not|never|no|none|nobody|neither|nor|cannot)$|.*n['’]t$")
_LIKE_NOT = re.compile(
    r"(?:nothing|without|against|hardly|yet|unable|unwilling|unlikely|instead)$|"
    r"(?:refus|reject|den(?:y|i)|oppos|declin|avoid|prevent|lack|fail|exclud|disput|doubt|veto)\w*$"
)
# What says that something may be so; and, more widely, what leaves it open.
_MAY = re.compile(r"(?:may|might|could|perhaps|maybe)$|(?:possibl|consider|mull|weigh)\w*$")
_LIKE_MAY = re.compile(
    r"(?:if|unless|whether|would|can|chance|likely|hopes?|provided)$|"
    r"(?:potential|contemplat|think|thought|explor|hint|suggest|expect|propos|conditional|possib|prospect|threat|"
    r"risk|warn|fear)\w*$"
)
_IF = re.compile(r"(?:if|unless)$")
_LIKE_IF = re.compile(
    r"(?:if|unless|provided|should|were|once|when|until|without|whether|condition\w*|depend\w*)$"
)
# What leaves nothing open.
_WILL = re.compile(r"(?:will|shall|\w+['’]ll)$")
_ENDS = frozenset(".;:!?()—–")
# A "not" governs the first HEADS words that say something, within NEAR of it; those within REACH after it, or BACK
# before, may be negated. Honest claims that pass, and all false ones that do: with one head .817, .042; with two
# .775, .033; with three .758, .031 (the first half of tests/eval/claims.jsonl).
HEADS, NEAR, REACH, BACK = 2, 5, 10, 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text as it is written, its stem, and whether it looks like a name."""

    text: str
    stem: str
    capital: bool

    @property
    def says(self) -> bool:
        """Whether it says something: is no function word."""
        return self.text.lower() not in STOP


@dataclass(frozen=True, slots=True)
class Governed:
    """Stems that an operator such as "not" governs in a text: surely, perhaps; and those that stand without it."""

    surely: frozenset[str]
    perhaps: frozenset[str]
    plainly: frozenset[str]


class Wording:
    """A text, taken apart."""

    def __init__(self, text: str) -> None:
        text = visible(text)
        for names, one in _ONE:
            text = names.sub(one, text)
        self._tokens: list[str] = _WORD.findall(text)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for _, word in self._placed)

    @cached_property
    def _placed(self) -> tuple[tuple[int, Word], ...]:
        return tuple(self._read())

    def _read(self) -> Iterator[tuple[int, Word]]:
        for place, token in enumerate(self._tokens):
            low = POSSESSIVE.sub("", token.lower())
            if low and low[0].isalpha():
                yield place, Word(token, key(low), token[0].isupper())

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.words)

    @cached_property
    def common(self) -> frozenset[str]:
        """Stems of what stands in small letters: no names."""
        return frozenset(word.stem for word in self.words if not word.capital)

    def abbreviates(self, name: str) -> bool:
        """Whether capitals such as EPA are the initials of names that stand there on end."""
        letters = POSSESSIVE.sub("", name)
        initials = "".join(w.text[0] if w.capital else "" if len(w.text) <= 3 else " " for w in self.words)
        return letters.isupper() and len(letters) > 1 and letters in initials

    @cached_property
    def negates(self) -> bool:
        """Whether a "not" of any kind stands in it."""
        return any(_NOT.match(t) or _LIKE_NOT.match(t) for t in map(str.lower, self._tokens))

    @property
    def says_not(self) -> bool:
        """Whether a plain "not" stands in it."""
        return any(_NOT.match(t) for t in map(str.lower, self._tokens))

    @cached_property
    def negated(self) -> Governed:
        return self._governed(_NOT, _LIKE_NOT, BACK)

    @cached_property
    def uncertain(self) -> Governed:
        return self._governed(_MAY, _LIKE_MAY, REACH)

    @cached_property
    def certain(self) -> Governed:
        return self._governed(_WILL, _WILL, 0)

    def makes_a_condition_of(self, claim: "Wording") -> bool:
        """Whether the sentence with most of a claim's words says "if"."""
        return any(_IF.match(token) for token in self._nearest(claim))

    @property
    def may_make_a_condition(self) -> bool:
        return any(_LIKE_IF.match(token.lower()) for token in self._tokens)

    def _nearest(self, claim: "Wording") -> list[str]:
        """The sentence that shares most words with a claim."""
        sentences = [
            [word.lower() for word in group]
            for ends, group in groupby(self._tokens, key=lambda word: word in ".!?")
            if not ends
        ]
        return max(sentences, key=lambda s: len(claim.stems & {key(t) for t in s if t[0].isalpha()}), default=[])

    def _governed(self, operator: re.Pattern[str], like: re.Pattern[str], back: int) -> Governed:
        tokens = [t if t == "May" else t.lower() for t in self._tokens]  # the month, and what may be
        placed = [(place, word) for place, word in self._placed if not operator.match(tokens[place])]
        surely, perhaps = set[str](), set[str]()
        for at, token in enumerate(tokens):
            if not (operator.match(token) or like.match(token)):
                continue
            start, end = self._sentence(at)
            here = [(place, word) for place, word in placed if start <= place < end and word.says]
            perhaps.update(word.stem for place, word in here if -back <= place - at <= REACH)
            if operator.match(token):
                after = [word.stem for place, word in here if at < place <= at + NEAR]
                surely.update(after[:HEADS])
        every = {word.stem for _, word in placed if word.says}
        return Governed(frozenset(surely), frozenset(perhaps), frozenset(every - perhaps))

    def _sentence(self, at: int) -> tuple[int, int]:
        """The tokens around a place, up to where a sentence, or a part of one, ends."""
        start = next((n + 1 for n in range(at - 1, -1, -1) if self._tokens[n] in _ENDS), 0)
        return start, next(
            (n for n in range(at, len(self._tokens)) if self._tokens[n] in _ENDS), len(self._tokens)
        )

    def beside(self, stem: str) -> frozenset[str]:
        """Stems of the words that say something next to a stem, wherever it stands."""
        found: set[str] = set()
        for n, word in enumerate(self.words):
            if word.stem == stem:
                before = [other.stem for other in self.words[:n] if other.says]
                after = (other.stem for other in self.words[n + 1 :] if other.says)
                found.update((*before[-2:], *islice(after, 2)))
        return frozenset(found)

    @cached_property
    def days(self) -> tuple[tuple[Day, frozenset[float]], ...]:
        """The days that it names, each with the numbers that name it."""
        return tuple(days(self._tokens))

    @cached_property
    def amounts(self) -> frozenset[float]:
        """Every number, in figures or in words, as it is meant."""
        return frozenset(run[-1] for run in numbers(self._tokens))

    @cached_property
    def numbers(self) -> frozenset[float]:
        """The amounts, and the numbers that they are made of."""
        return frozenset(value for run in numbers(self._tokens) for value in run)


@lru_cache(20_000)
def key(word: str) -> str:
    """A stem under which all forms of a word are one, and a country and its people."""
    word = _IRREGULAR.get(word, word)
    if len(word) > 4:
        word = re.sub(r"(?:ians?|eans?|ese|ans?|is|ia|ea)$", "", word) or word
    before = ""
    while word != before:
        before, word = word, stem(word)
    if len(word) > 3:
        word = word.removesuffix("e")
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
