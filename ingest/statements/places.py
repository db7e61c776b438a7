"""The places of an article where somebody is spoken of: by name, pronoun or role, or as "a woman" of no name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.statements.layout import Layout
from ingest.statements.naming import bodily
from ingest.statements.people import Mention, People
from ingest.statements.roles import asked
from retrieval.sentences import Span

MALE, FEMALE = frozenset(("he", "him", "his", "himself")), frozenset(("she", "her", "hers", "herself"))
# What makes somebody stand out: he begins his sentence, is followed by a verb, is the source of an attribution;
# and what counts against him: nobody knows whether he is a man or a woman. How they were set: see `antecedents`.
BEGINS, ACTS, SPEAKS, UNKNOWN = 1.0, 1.0, 1.5, -2.0
# "Not Quill" is nobody's subject, though he begins, acts and is named last.
DENIED = -6.0
# Characters from the beginning of a sentence within which its subject is taken to begin.
SUBJECT_WITHIN = 30
_PRONOUN = re.compile(r"\b(?:he|him|his|himself|she|her|hers|herself)\b", re.IGNORECASE)
_MEN = "man|boy|father|husband|son|brother|spokesman|gentleman|guy|uncle|grandfather|businessman|veteran"
_WOMEN = "woman|girl|mother|mom|wife|daughter|sister|spokeswoman|lady|grandmother|aunt|waitress|nurse|actress"
_ANY = (
    "voter|supporter|official|aide|student|teacher|reporter|officer|adviser|lawyer|friend|person|worker|strategist"
)
_UNNAMED = re.compile(
    rf"(?:^|(?<=[.!?”\"] ))(?:The|A|An|One|Another|His|Her|But the|But a)(?: [\w’'-]+){{0,3}}? "
    rf"(?:(?P<m>{_MEN})|(?P<f>{_WOMEN})|(?P<any>{_ANY}))\b",
    re.MULTILINE,
)
# A source that is somebody, though nobody knows who: "Szabó", "one voter", "a Roe aide".
_SOMEBODY = re.compile(r"[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,3}(?:,|$)|(?:[Aa]n?|[Oo]ne|[Aa]nother)\b")
_VERB = re.compile(
    r"(?:,[^.\n]{0,80}?,)?\s+(?:(?:also|has|had|have|then|later|\w+ly)\s+){0,2}"
    r"(?:\w+ed|said|says|\w+s|told|wrote|went|took|made|came|did|was|is|had|has|have|were|would|could|will|spoke)\b"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is spoken of, and how he stands there.

    `person` is None for one without a name, and for one not made sure. `weight` is how much he stands out. `depth`
    counts the sentences before, so that a difference of depths is a distance.
    """

    start: int
    person: str | None
    gender: str
    subject: bool
    quoted: bool
    weight: float
    depth: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A place to be filled: by a name (`mention`), a pronoun, a role, or somebody without a name."""

    start: int
    end: int
    mention: Mention | None = None
    pronoun: bool = False
    role: frozenset[str] | None = None
    gender: str = ""


def openings(layout: Layout, people: People, sources: Sequence[Span]) -> list[Opening]:
    """The places of an article in the order of its text. Pronouns inside quotation marks are not among them."""
    found = [Opening(m.start, m.end, mention=m) for m in people.mentions]
    for match in _PRONOUN.finditer(layout.text):
        if not layout.quoted(match.start()):
            gender = "m" if match[0].lower() in MALE else "f"
            found.append(Opening(*match.span(), pronoun=True, gender=gender))
    found += _unnamed(layout.text, people)
    for start, end in sources:
        if not people.within(start, end):
            found += _source(layout.text, start, end)
    return sorted(found, key=lambda opening: (opening.start, opening.end))


def fill(layout: Layout, opening: Opening, person: str | None, gender: str, *, speaks: bool) -> Place:
    """The place that an opening becomes, once it is known who is meant."""
    start = opening.start
    begins = start - layout.sentence_span(start)[0] < SUBJECT_WITHIN
    acts = _VERB.match(layout.text, opening.end) is not None
    owns = opening.mention.owns if opening.mention else layout.text[start : opening.end].lower() in ("his", "her")
    weight = BEGINS * begins + ACTS * acts + SPEAKS * speaks + UNKNOWN * (not gender)
    weight += DENIED * (opening.mention is not None and opening.mention.denied)
    subject = (begins or acts) and not owns
    return Place(start, person, gender, subject, layout.quoted(start), weight, layout.depth(start))


def _unnamed(text: str, people: People) -> Iterator[Opening]:
    """ "The woman said": she has no name, or none that is made sure, and "she" may be her."""
    for match in _UNNAMED.finditer(text):
        if not people.within(match.end(), match.end() + 2):  # "The woman Jo Roe"
            yield Opening(*match.span(), gender="m" if match["m"] else "f" if match["f"] else "")


def _source(text: str, start: int, end: int) -> Iterator[Opening]:
    """A source that names nobody known."""
    source = text[start:end]
    if role := asked(source):
        yield Opening(start, end, role=role)
    elif _SOMEBODY.match(source) and not bodily(tuple(source.split())):
        yield Opening(start, end)
