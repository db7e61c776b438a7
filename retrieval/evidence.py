"""What may answer a question: a statement, or a passage in the article's own words, with what speaks for it."""

from dataclasses import dataclass, fields
from operator import attrgetter

from retrieval.record import StoredPassage, StoredStatement
from retrieval.shelf import Opened
from retrieval.types import Article

# Weight of the topic's words beside likeness. Of 787 questions that ask somebody, likeness alone tells those that
# nothing answers from the others in .947 of pairs, with the words' weight .958, beside others' fit .972.
WORDS = 0.3


@dataclass(frozen=True, slots=True)
class Features:
    """What the ranking weighs of a candidate. Similarities are cosines on the scale of `retrieval.scale`.

    like: of the statement to the topic; of the passage, where it is the article's own words
    near: of the passage around it to the topic
    article: the best `like` in its article, so that what a whole article is about counts
    share: how much of the weight of the topic's terms its passage holds, 0 to 1; rare words weigh more
    quoted: 1 for a statement that stands in quotation marks, at least in part
    other: 1 where somebody's words are asked for and it is somebody else's
    narrative: 1 for the article's own words
    off: 1 where it was said outside the time that is asked about
    """

    like: float
    near: float
    article: float
    share: float
    quoted: float
    other: float
    narrative: float
    off: float

    @property
    def fit(self) -> float:
        """How well it fits the topic, whoever says it: what is answered, and what is refused, goes by this."""
        return self.like + WORDS * self.share

    def values(self) -> tuple[float, ...]:
        found: tuple[float, ...] = _values(self)
        return found


NAMES = tuple(field.name for field in fields(Features))
_values = attrgetter(*NAMES)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of evidence: whole sentences of an opened article, the passage around them, and their score.

    Without a statement it is the passage itself, in the article's own words. `asked` tells which of those asked
    says it, by the place in the question. A higher score is better; scores compare within one question only.
    """

    opened: Opened
    passage: StoredPassage
    start: int
    end: int
    statement: StoredStatement | None
    asked: int | None
    features: Features
    score: float

    @property
    def article(self) -> Article:
        return self.opened.article

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def speaker(self) -> str | None:
        return self.statement.statement.speaker if self.statement else None
