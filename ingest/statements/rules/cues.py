"""The cues of one unit, and whom each of them names. Positions are those of the unit's tokens."""

from dataclasses import dataclass

from ingest.statements.rules import sources, subjects, words
from ingest.statements.rules.carried import carrier
from ingest.statements.rules.occasions import WHEN
from ingest.statements.rules.tokens import Token
from retrieval.sentences import Span

_MODALS = frozenset("would will could should may might can".split())
_TURNS = frozenset(", ? ! — -- ―".split())
_AFTER = words.LINKS | words.STOPS | WHEN
_MANY = frozenset("people police men women those some many most few both voters nearly".split())


@dataclass(slots=True)
class Cue:
    """A cue in a unit, by positions of tokens: its verb group, whom it names, and how it is built."""

    start: int
    at: int
    verb: str
    source: Span | None
    inverted: bool = False
    shares: bool = False  # it has the subject of the cue before: "and said", ", adding"

    @property
    def left(self) -> int:
        """Where it begins, its source included if that stands beside it."""
        return min(self.start, self.source[0]) if self.source and not self.shares else self.start

    @property
    def right(self) -> int:
        """Where it ends, its source included."""
        return max(self.at + 1, self.source[1]) if self.source and not self.shares else self.at + 1


def find(tokens: list[Token]) -> list[Cue]:
    """The cues of a unit, in order."""
    found: list[Cue] = []
    headline = _headline(tokens)
    for at, token in enumerate(tokens):
        if token.quoted or not token.wordy or (token.capital and at and not headline):
            continue
        cue = None
        if token.word == "according" and at + 2 < len(tokens) and tokens[at + 1].word == "to":
            cue = _according(tokens, at)
        elif token.word in words.VERBS:
            cue = _verbal(tokens, at, found) or (_nominal(tokens, at) if token.word in words.NOUNS else None)
        elif token.word in words.NOUNS:
            cue = _nominal(tokens, at)
        if cue:
            # "declined to say" is one cue, not two
            found = [other for other in found if not cue.start <= other.at < cue.at]
            found.append(cue)
    return found


def _headline(tokens: list[Token]) -> bool:
    """Whether nearly every word begins with a capital."""
    plain = [token for token in tokens if token.wordy and len(token.word) > 3 and not token.quoted]
    return bool(plain) and sum(token.capital for token in plain) > 0.8 * len(plain)


def _according(tokens: list[Token], at: int) -> Cue | None:
    source = sources.after(tokens, at + 2)
    return Cue(at, at + 1, "according", source, inverted=True) if source else None


def _nominal(tokens: list[Token], at: int) -> Cue | None:
    """`Turner's claim that …`, `a statement that …`."""
    if at + 1 >= len(tokens) or tokens[at + 1].word not in ("that", "of", "to", "for", "about"):
        return None
    if tokens[at + 1].word != "that" and tokens[at].word in ("statement", "fear", "hope", "view", "opinion"):
        return None
    owner = at - 1
    while owner > max(0, at - 4) and tokens[owner].wordy and not _owns(tokens[owner]) and not tokens[owner].quoted:
        owner -= 1
    if owner < 0 or not _owns(tokens[owner]):
        return None
    if tokens[owner].word in words.POSSESSIVE:
        return Cue(at, at, "claim", (owner, owner + 1))
    source = sources.noun(tokens, owner + 1)
    return Cue(at, at, "claim", source) if source else None


def _owns(token: Token) -> bool:
    return token.word in words.POSSESSIVE or token.word.endswith(("'s", "s'"))


def _verbal(tokens: list[Token], at: int, earlier: list[Cue]) -> Cue | None:
    cue = Cue(_group(tokens, at), at, words.VERBS[tokens[at].word], None)
    if _gerund(tokens, cue) or (cue.start and tokens[cue.start - 1].word in ("and", "but", "or", "then")):
        return _inverted(tokens, cue) or _shared(tokens, cue, earlier)
    return _inverted(tokens, cue) or _plain(tokens, cue) or _carried(tokens, cue)


def _gerund(tokens: list[Token], cue: Cue) -> bool:
    return tokens[cue.at].word in words.GERUNDS and cue.start == cue.at


def _inverted(tokens: list[Token], cue: Cue) -> Cue | None:
    """`“…,” said Turner`: nothing of a clause follows the subject."""
    at = cue.at
    if cue.verb not in words.INVERTING or not at or _gerund(tokens, cue):
        return None
    source = sources.after(tokens, at + 1)
    if not (tokens[at - 1].quoted or tokens[at - 1].word in _TURNS) or not source or tokens[at + 1].word in WHEN:
        return None
    if source[1] < len(tokens):
        following = tokens[source[1]]
        if following.quoted or (following.wordy and following.word not in _AFTER):
            return None
    return Cue(at, at, cue.verb, (source[0], sources.aside(tokens, source[1])), inverted=True)


def _plain(tokens: list[Token], cue: Cue) -> Cue | None:
    """`Turner has said`, `Turner went on to say`."""
    start, at = cue.start, cue.at
    if not start or not _finite(tokens, cue):
        return None
    if tokens[start - 1].word == "on" and tokens[start].word == "to":
        start = _group(tokens, start - 2)
    source = sources.before(tokens, start)
    if source and source[1] <= start and _agrees(tokens, source, start, at):
        return Cue(start, at, cue.verb, source)
    return None


def _carried(tokens: list[Token], cue: Cue) -> Cue | None:
    """`Turner is expected to announce`, `Turner declined to say`."""
    by = carrier(tokens, cue.at)
    if by is None:
        return None
    start = _group(tokens, by)
    source = sources.before(tokens, start)
    return Cue(start, cue.at, cue.verb, source) if source and source[1] <= start else None


def _finite(tokens: list[Token], cue: Cue) -> bool:
    """Whether the verb can be said of a subject: not "by" behind it, no "to" or form of be alone before it."""
    start, at = cue.start, cue.at
    group = {token.word for token in tokens[start:at]}
    if at + 1 < len(tokens) and tokens[at + 1].word == "by":
        return False
    being = group & {"is", "are", "was", "were", "be", "been", "being"}
    if being and tokens[at].word not in words.GERUNDS:
        return False
    return "to" not in group or (start > 1 and tokens[start - 1].word == "on")


def _agrees(tokens: list[Token], source: Span, start: int, at: int) -> bool:
    """A base form wants a plural subject or an auxiliary; "claims" and "calls" may be nouns."""
    word, last = tokens[at].word, tokens[source[1] - 1]
    if start < at or last.word in words.PRONOUNS or last.word in words.RELATIVE:
        return True
    if word in words.EITHER and all(token.word in words.DETERMINERS for token in tokens[slice(*source)]):
        return False  # two states, three points
    if word in words.BASES:
        many = last.word.endswith("s") or last.word in _MANY or tokens[source[0]].word in _MANY
        return (many or word in ("say", "think", "argue")) and not last.word.endswith("'s")
    if word in words.THIRDS:
        return not last.word.endswith(("'s", "s'")) and (last.capital or not last.word.endswith("s"))
    return not last.word.endswith("'s") and not (
        last.word.endswith("ed") and not last.capital and word in words.THIRDS
    )


def _group(tokens: list[Token], at: int) -> int:
    """Where the verb group begins that ends with the verb at `at`: `has also said`."""
    start = at
    while start and at - start < 8:
        token = tokens[start - 1]
        adverb = words.adverb(token.word) and not token.capital
        if token.quoted or not (adverb or token.word in words.AUXILIARIES) or (token.capital and start == 1):
            break
        start -= 1
    return start


def _shared(tokens: list[Token], cue: Cue, earlier: list[Cue]) -> Cue | None:
    """A cue without a subject has that of the cue before it, else the subject that opens the sentence."""
    start, gerund = cue.start, _gerund(tokens, cue)
    if not start or (gerund and not (tokens[start - 1].word in (",", "and") or tokens[start - 1].quoted)):
        return None
    if not gerund and (_bare(tokens, cue) or (earlier and not _alike(tokens, cue, earlier[-1]))):
        return None
    source = earlier[-1].source if earlier else subjects.opening(tokens, start)
    return Cue(start, cue.at, cue.verb, source, shares=True) if source else None


def _bare(tokens: list[Token], cue: Cue) -> bool:
    return cue.start == cue.at and tokens[cue.at].word in words.BASES


def _alike(tokens: list[Token], cue: Cue, earlier: Cue) -> bool:
    """Whether two verbs may share a subject: "said it helps and supports" has them in one statement."""
    first, second = tokens[earlier.at].word, tokens[cue.at].word
    modal = any(token.word in _MODALS for token in tokens[cue.start : cue.at])
    return (first in words.THIRDS) == (second in words.THIRDS) and (not modal or earlier.start < earlier.at)
