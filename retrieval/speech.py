"""Which sentences of an article report whose words: a cautious reading by rules.

It errs on the side of nobody: a sentence without a speaker that these rules are sure of has none. Names stand
for people and bodies alike. Known gaps: speakers named only after their paragraph, bodies without a capital,
speech reported by nouns ("Turner's promise to …").
"""

import re
from collections import Counter
from dataclasses import dataclass

from retrieval.names import TITLES, first_name, untitled
from retrieval.sentences import paragraphs

_CUE = (
    "said|says|asked|asks|added|adds|told|tells|argued|argues|confirmed|confirms|proposed|proposes|urged|urges|"
    "called|calls|warned|warns|wrote|writes|tweeted|posted|noted|notes|stated|states|announced|announces|claimed|"
    "claims|insisted|insists|promised|promises|vowed|vows|pledged|suggested|suggests|acknowledged|explained|declared|"
    "described|describes|continued|replied|responded|testified|believes|believed|thinks|supports|supported|opposes|"
    "opposed|rejected|rejects|criticized|condemned|praised|blamed|demanded|denied|denies|accused|estimated|predicted|"
    "recommended|stressed|emphasized|maintained|conceded|admitted|disclosed|revealed|reiterated|recalled|joked|"
    "countered|agreed|disagreed|backed|favors|endorsed|cautioned|contended|contends|asserted|remarked|quipped|reported"
)
# Inverted, as in `," said Turner`: only verbs that do not take a listener as their object.
_INVERTED = "said|says|asked|asks|added|adds|wrote|writes|noted|notes|argued|explained|replied|tweeted|warned"
# Bounded and possessive, so that no text makes these patterns slow ("Gen Gen Gen …", "A-A-A- …").
_PART = r"(?:[A-Z]\.|[A-Z][\w’'-]*+)"
_MORE = rf"\s+(?:of\s+|the\s+|de\s+|van\s+|al\s+|bin\s+)?{_PART}"
_NAME = rf"(?P<name>(?:(?:{TITLES})\.?\s+){{0,4}}{_PART}(?:{_MORE}){{0,4}})"
_APPOSITION = r"(?:\s*\([^)]{1,40}\))?(?:,[^.;⟦⟧]{1,160}?,)?"
_ADVERB = r"(?:\s+(?:also|further|later|then|has|have|had|repeatedly|publicly|recently|again|\w+ly))*"
_SUBJECT_CUE = re.compile(rf"\b{_NAME}{_APPOSITION}{_ADVERB}\s+(?:{_CUE})\b")
_CUE_SUBJECT = re.compile(rf"(?:⟧|[,.?!])\s*(?:{_INVERTED})\s+{_NAME}")
_ACCORDING = re.compile(rf"[Aa]ccording to\s+(?:a\s+)?{_NAME}")
_AGAIN = re.compile(
    rf"(?:^|[,;⟧]\s*|\band\s+)(?:[Hh]e|[Ss]he|[Tt]hey|[Tt]he (?:congress(?:man|woman)|senator|representative|"
    rf"lawmaker|president|governor|mayor|minister|secretary|spokes(?:man|woman|person)|candidate|chairman|chairwoman)){_ADVERB}\s+"
    rf"(?:{_CUE})\b"
)
_AGAIN_INVERTED = re.compile(rf"⟧\s*,?\s*(?:he|she|they)\s+(?:{_CUE})\b")
_QUOTE = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|''.*?(?:''|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence of an article, and who is reported to have said it, as fully named as the article does."""

    start: int
    end: int
    speaker: str | None


def spoken(text: str) -> list[Spoken]:
    """Every sentence of an article, in order, with its speaker or None."""
    masked = _masked(text)
    names = _Names(masked)
    found: list[Spoken] = []
    last: str | None = None  # who spoke last, in this paragraph or the one before
    for spans in paragraphs(text):
        speakers = _paragraph([masked[start:end] for start, end in spans], names, last)
        found += [Spoken(start, end, who) for (start, end), who in zip(spans, speakers, strict=True)]
        last = speakers[-1]
    return found


def _masked(text: str) -> str:
    """The text with what stands inside quotation marks blotted out, character for character."""

    def blot(match: re.Match[str]) -> str:
        return "⟦" + "·" * (len(match[0]) - 2) + "⟧" if len(match[0]) > 1 else match[0]

    parts = re.split(r"(\n\s*\n)", text)  # a quotation left open ends with its paragraph
    return "".join(part if part.isspace() else _QUOTE.sub(blot, part) for part in parts)


def _paragraph(sentences: list[str], names: "_Names", last: str | None) -> list[str | None]:
    """The speaker of each (masked) sentence of a paragraph, given who spoke at the end of the one before."""
    named = [names.speaker(sentence) for sentence in sentences]
    ending, after = _following(sentences, named)
    speakers: list[str | None] = []
    before: str | None = None  # who spoke last in this paragraph
    for n, sentence in enumerate(sentences):
        who = named[n]
        if who is None and not re.search(r"\w", sentence):  # nothing but quotation
            # Whoever is named where the same quotation ends; else the speaker before; else the next one.
            who = ending[n] or before or after[n] or last
        elif who is None and (_AGAIN.search(sentence) or _AGAIN_INVERTED.search(sentence)):
            who = last
        speakers.append(who)
        before = who or before
        # Somebody else came in between: a "he" that follows may be either.
        last = who or (None if names.mentions_other(sentence, last) else last)
    return speakers


def _following(sentences: list[str], named: list[str | None]) -> tuple[list[str | None], list[str | None]]:
    """For each sentence, who is named next before another quotation begins, and who is named next at all."""
    ending: list[str | None] = [None] * len(sentences)
    after = list(named)
    for n in range(len(sentences) - 2, -1, -1):
        if not sentences[n + 1].startswith("⟦"):
            ending[n] = named[n + 1] or ending[n + 1]
        after[n] = named[n] or after[n + 1]
    return ending, after


class _Names:
    """The people and bodies that an article names, each in its fullest form."""

    def __init__(self, masked: str) -> None:
        self._full: dict[str, Counter[str]] = {}
        for match in re.finditer(_NAME, masked):
            parts = untitled(match["name"])
            if len(parts) > 1:
                self._full.setdefault(parts[-1], Counter())[" ".join(parts)] += 1

    def speaker(self, masked: str) -> str | None:
        """Whom a sentence names as the one who says what it reports."""
        for pattern in (_CUE_SUBJECT, _SUBJECT_CUE, _ACCORDING):
            for match in pattern.finditer(masked):
                if name := self.of(match["name"]):
                    return name
        return None

    def of(self, name: str) -> str | None:
        """The full name behind a form of it; None for a word that is no name, or that fits two people."""
        parts = untitled(name)
        if not parts:
            return None
        fuller = self._full.get(parts[-1], Counter())
        if len(parts) > 1:
            fuller = Counter({full: n for full, n in fuller.items() if first_name(full) == first_name(parts[0])})
        elif len({first_name(full) for full in fuller}) > 1:
            return None
        return max(fuller, key=lambda full: fuller[full], default=" ".join(parts))

    def mentions_other(self, masked: str, person: str | None) -> bool:
        """Whether a sentence names somebody who may be another than the person."""
        surname = person.split()[-1] if person else ""
        return any(
            parts and parts[-1] in self._full and parts[-1] != surname
            for parts in (untitled(match["name"]) for match in re.finditer(_NAME, masked))
        )
