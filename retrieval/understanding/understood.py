"""What a question asks, as data."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from retrieval.record import StoredSpeaker


class Intent(StrEnum):
    """What kind of answer a question wants; FACT asks for nobody's words."""

    POSITION = "position"
    SUPPORT = "support"
    REASON = "reason"
    COMPARISON = "comparison"
    CHANGE = "change"
    WHO = "who"
    WHEN = "when"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Asked:
    """One whose words are asked for.

    `words` is what the question calls him, `name` how a message calls him, `speakers` whom of the library it may
    mean, those first who speak in most articles; none where the library knows nobody of that name.
    """

    words: str
    name: str
    speakers: tuple[StoredSpeaker, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question asks.

    text: the question, white space squeezed
    names: other names that it holds, in order
    topic: the text without those asked, times and outlets: what is compared with statements
    terms: the distinct words of the topic that say what it is about, in lower case
    since, until: when it was said, both inclusive; `strict` where nothing else is wanted
    outlet: the only outlet that is asked about
    """

    text: str
    intent: Intent
    asked: tuple[Asked, ...] = ()
    names: tuple[str, ...] = ()
    topic: str = ""
    terms: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    strict: bool = False
    outlet: str | None = None
