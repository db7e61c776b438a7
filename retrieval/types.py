"""The words of this product as data: what passes between the parts, small and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Article:
    """One article as its source gives it. `text` is stored verbatim; every offset counts its characters."""

    url: str
    text: str
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """An input that was not taken, and why, in words for the person who gave it. A value, not an error."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of an article: `text == article.text[start:end]`."""

    start: int
    end: int
    text: str


class Kind(StrEnum):
    """How much of a statement's content stands in quotation marks: all, some, none."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"


class Resolution(StrEnum):
    """How a speaker was found: behind what his words are attributed to, or from the article's author."""

    NAME = "name"
    PRONOUN = "pronoun"
    ROLE = "role"
    BODY = "body"
    AUTHOR = "author"
    NONE = "none"


class Report(StrEnum):
    """Whether the article reports that something was said, that it was not, or that it may be or would be."""

    SAID = "said"
    NOT_SAID = "not_said"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one article reports one speaker to have said: the unit of this product.

    `spans` are the content, in order (a quotation broken by its cue has several); `source` is whom the article
    attributes it to, and `cue` the words that do so. All are character spans of the article's text. A statement of
    several signers is as many statements. `speaker` is a full name, or None where the text does not make sure.
    `second_hand`: somebody other than the article's writer reports it, `via` names him where he is known.
    `said_on` is the day that the text gives, else the article's.
    """

    spans: tuple[tuple[int, int], ...]
    source: tuple[int, int] | None
    cue: tuple[int, int] | None
    kind: Kind
    speaker: str | None
    resolution: Resolution
    report: Report = Report.SAID
    second_hand: bool = False
    via: str | None = None
    said_on: date | None = None

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks in an article, as the article introduces him: a person, or a body.

    `name` is the full name that statements carry; `aliases` are the other forms it bears in the text; `offices`
    the titles and roles given to it there ("senator", "mayor of Dayton"), in small letters; `party` in full.
    """

    name: str
    body: bool = False
    aliases: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what the asker restricts it to. `as_of` is the day that "today" means.

    `speaker` is the id of one of the library's speakers whom `person` may mean: it tells namesakes apart.
    """

    text: str
    person: str | None = None
    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    speaker: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stored passage that may answer; `text == article.text[start:end]`. Higher scores are better."""

    article: Article
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article of the same text, in which a quotation stands too."""

    url: str
    title: str | None
    outlet: str | None
    published: date | None


@dataclass(frozen=True, slots=True)
class Remark:
    """What an article says of itself: a "correction", "clarification" or "retraction", in its own words."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quotation stands: `quote` equals the stored article's text[start:end], letter for letter.

    `link` lands on the sentence in a browser; it is the bare `url` where that is not http(s). `version` tells
    which version of the article is cited, `remark` is what the article says of its being corrected or retracted,
    and `also_in` are the copies of its text that have the quotation too.
    """

    n: int
    url: str
    title: str | None
    outlet: str | None
    author: str | None
    published: date | None
    quote: str
    start: int
    end: int
    link: str
    version: str = ""
    remark: Remark | None = None
    also_in: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing said. `speaker` is None where the text does not make sure who speaks.

    `worded`: the text is a model's, checked against the citations; else it is the first citation's.
    """

    text: str
    speaker: str | None
    said_on: date | None
    second_hand: bool
    citations: tuple[Citation, ...]
    worded: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One whom an ambiguous name may mean: a speaker's id, his name, and what articles call him besides."""

    speaker: int
    name: str
    office: str | None = None


class Outcome(StrEnum):
    ANSWERED = "answered"
    NO_EVIDENCE = "no_evidence"
    WRONG_SPEAKER = "wrong_speaker"
    AMBIGUOUS_SPEAKER = "ambiguous_speaker"


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question. `claims` is empty unless the outcome is ANSWERED.

    `message` is a plain sentence or two for people; `instead` is somebody else's claim where the outcome is
    WRONG_SPEAKER; `choices` are those whom the name may mean where it is AMBIGUOUS_SPEAKER; `passages` are ranked,
    best first; `seconds` is the time it took.
    """

    question: str
    outcome: Outcome
    message: str
    claims: tuple[Claim, ...]
    passages: tuple[Evidence, ...]
    seconds: float
    model: str | None = None
    instead: tuple[Claim, ...] = ()
    choices: tuple[Choice, ...] = ()

    def as_json(self) -> Mapping[str, Any]:
        """The answer in the stable JSON form that `ask --json` prints; "instead" only where it is not empty."""
        return {
            "question": self.question,
            "outcome": self.outcome.value,
            "message": self.message,
            "answer": {
                "abstained": self.outcome is not Outcome.ANSWERED,
                "claims": [_claim_json(claim) for claim in self.claims],
            },
            "passages": [
                {
                    "url": p.article.url,
                    "text": p.text,
                    "start": p.start,
                    "end": p.end,
                    "score": round(p.score, 4),
                }
                for p in self.passages
            ],
            "model": self.model,
            "seconds": round(self.seconds, 4),
            **({"instead": [_claim_json(claim) for claim in self.instead]} if self.instead else {}),
        }


def _claim_json(claim: Claim) -> Mapping[str, Any]:
    return {
        "text": claim.text,
        "speaker": claim.speaker,
        "said_on": claim.said_on and claim.said_on.isoformat(),
        "second_hand": claim.second_hand,
        "citations": [
            {
                "n": c.n,
                "url": c.url,
                "title": c.title,
                "outlet": c.outlet,
                "author": c.author,
                "published": c.published and c.published.isoformat(),
                "quote": c.quote,
                "start": c.start,
                "end": c.end,
                "link": c.link,
                "version": c.version,
                "remark": c.remark and {"kind": c.remark.kind, "text": c.remark.text},
                "also_in": [
                    {
                        "url": also.url,
                        "title": also.title,
                        "outlet": also.outlet,
                        "published": also.published and also.published.isoformat(),
                    }
                    for also in c.also_in
                ],
            }
            for c in claim.citations
        ],
    }
