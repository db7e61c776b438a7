"""Whom a cue names: the noun phrase before it, or after it. Positions are those of a unit's tokens."""

from ingest.statements.rules import words
from ingest.statements.rules.tokens import Token
from retrieval.sentences import Span

# A noun phrase that is longer than this is none ("The last of the three mayors of Dayton" has 8 words).
LONGEST = 25
# An aside between commas or dashes, in words.
ASIDE = 45
# How many words a relative clause may have before its last noun phrase.
RELATIVE = 10
_DASHES = frozenset("— – - -- ―".split())
_LEADING = frozenset(
    "meanwhile however later still then now instead yesterday today indeed also monday tuesday wednesday "
    "thursday friday saturday sunday earlier moreover nevertheless again finally perhaps even only".split()
)
_COUNTS = frozenset(
    "one two three four five six seven eight nine ten some many most all few several both each those".split()
)
_PLURAL = frozenset("police people congress".split())


def before(tokens: list[Token], at: int, floor: int = 0) -> Span | None:
    """The subject that ends right before `at`, with its aside if one stands between."""
    last = at - 1
    if last < floor:
        return None
    token = tokens[last]
    if token.quoted:
        return None
    if token.word in words.PRONOUNS:
        return (last, at)
    if token.word in ("who", "which"):
        return _antecedent(tokens, last, floor)
    if token.word == "," or token.word == ")" or token.word in _DASHES:
        return _with_aside(tokens, last, floor)
    found = noun(tokens, at, floor)
    return _of_relative(tokens, found, floor) if found else None


def _of_relative(tokens: list[Token], found: Span, floor: int) -> Span:
    """`Two people who were in the room`, where `found` is the room: the whole, where it begins a clause."""
    for here in range(found[0] - 1, max(floor, found[0] - RELATIVE) - 1, -1):
        token = tokens[here]
        if token.quoted or not token.wordy or token.word in words.VERBS:
            break
        if token.word == "who":
            phrase = noun(tokens, here, floor)
            begins = phrase and (phrase[0] == 0 or not tokens[phrase[0] - 1].wordy)
            return (phrase[0], found[1]) if phrase and begins else found
    return found


def _antecedent(tokens: list[Token], relative: int, floor: int) -> Span | None:
    end = relative - 1 if relative > floor and tokens[relative - 1].word == "," else relative
    found = before(tokens, end, floor) if tokens[end - 1].word not in ("who", "which") else None
    return (found[0], found[1]) if found else (relative, relative + 1)


def _with_aside(tokens: list[Token], close: int, floor: int) -> Span | None:
    """`Kirby, a spokesman for the White House,`: the phrase and all its asides up to the closing mark."""
    mark = tokens[close].word
    mates = {",": {","}, ")": {"("}}.get(mark, set(_DASHES))
    found: Span | None = None
    at = close
    for here in range(close - 1, max(floor, close - ASIDE) - 1, -1):
        if tokens[here].quoted or tokens[here].word in (";", ":"):
            break
        if tokens[here].word in mates and at - here > 1:
            phrase = noun(tokens, here, floor)
            if phrase and _named(tokens, phrase) and not _adverbial(tokens, phrase[0], floor):
                found = (phrase[0], close + (mark == ")"))
            elif found:
                break
            at = here
    return found


def _adverbial(tokens: list[Token], start: int, floor: int) -> bool:
    """Whether a preposition stands before: `In Ohio, …`."""
    return start > floor and tokens[start - 1].word in words.LINKS | {"by", "after", "before", "about", "than"}


def _named(tokens: list[Token], phrase: Span) -> bool:
    first, last = tokens[phrase[0]], tokens[phrase[1] - 1]
    return last.capital or first.word in words.DETERMINERS or any(t.capital for t in tokens[slice(*phrase)])


def noun(tokens: list[Token], at: int, floor: int = 0) -> Span | None:
    """The noun phrase that ends right before `at`."""
    start = _without_brackets(tokens, at, floor) - 1
    if start < floor or not _nominal(tokens[start]):
        if start > floor and tokens[start].word in ("'", "’"):
            start -= 1
        else:
            return None
    while start > floor and at - start < LONGEST:
        step = _left(tokens, start, floor)
        if not step:
            break
        start -= step
    while start < at - 1 and tokens[start].word in _LEADING:
        start += 1
    return (start, at) if _plausible(tokens, (start, at), floor) else None


def _without_brackets(tokens: list[Token], at: int, floor: int) -> int:
    """Before the brackets that end right before `at`: `Isakson (R-Ga.)`."""
    if at > floor and tokens[at - 1].word == ")":
        for here in range(at - 2, max(floor, at - 12) - 1, -1):
            if tokens[here].word == "(":
                return here
    return at


def _nominal(token: Token) -> bool:
    word = token.word
    if not token.wordy or token.quoted or word in words.STOPS or word in words.AUXILIARIES or word in words.LINKS:
        return False
    if word in words.PRONOUNS or (word in words.CONJUNCTIONS):
        return False
    return token.capital or not (words.adverb(word) or (word in words.VERBS and word not in words.EITHER))


def _left(tokens: list[Token], start: int, floor: int) -> int:
    """How many words the phrase that begins at `start` grows to the left."""
    here, left = tokens[start], tokens[start - 1]
    beyond = tokens[start - 2] if start - 2 >= floor else None
    if left.word in words.LINKS or left.word in words.PARTICLES:
        if left.word in ("of", "in") and beyond and beyond.word in _COUNTS:
            return 2
        if not beyond or not _nominal(beyond) or beyond.word in words.DETERMINERS:
            return 1 if left.word in words.PARTICLES and left.word not in words.LINKS and beyond else 0
        return (
            2 if left.word == "of" or here.capital or here.word in words.DETERMINERS or left.word == "for" else 0
        )
    if (
        left.word == "and"
        and beyond
        and beyond.wordy
        and (_others(tokens, start) or (here.capital and beyond.capital))
    ):
        return 2
    if left.word == "," and beyond and _listed(tokens, start) and beyond.capital and beyond.wordy:
        return 2
    if left.word in ("'", "’") and beyond and _nominal(beyond):
        return 2
    if left.word == "no":
        return 1
    if here.word in words.DETERMINERS and not here.capital:
        return 0
    return 1 if _nominal(left) or left.word in words.DETERMINERS else 0


def _others(tokens: list[Token], start: int) -> bool:
    """Whether `others` or `two others` begins at `start`."""
    return tokens[start].word == "others" or [
        t.word in _COUNTS or t.word == "others" for t in tokens[start : start + 2]
    ] == [True, True]


def _listed(tokens: list[Token], start: int) -> bool:
    """Whether a list goes on behind the name at `start`: `Miller, Jones and Baker`."""
    following = [token.word for token in tokens[start + 1 : start + 5] if not token.capital]
    return tokens[start].capital and bool(following) and following[0] in ("and", ",")


def _plausible(tokens: list[Token], phrase: Span, floor: int) -> bool:
    first, last = tokens[phrase[0]], tokens[phrase[1] - 1]
    counted = phrase[1] - phrase[0] > 1 and tokens[phrase[1] - 2].word in ("of", "in")
    if last.word.isdigit() and not counted:
        return False
    if last.word in words.DETERMINERS - _COUNTS:
        return False
    if last.word in _LEADING:
        return False
    if first.word.endswith("ing") and phrase[0] == 0 and not last.capital:
        return False  # Following early reports
    if first.word in words.DETERMINERS or last.capital or first.capital:
        return True
    head = next((token for token in tokens[phrase[0] : phrase[1]] if token.word.endswith("s")), last)
    return head.word.endswith("s") or last.word in _PLURAL or phrase[0] == floor


def after(tokens: list[Token], at: int) -> Span | None:
    """The noun phrase that begins at `at`, as the subject behind an inverted cue."""
    end = at
    if end < len(tokens) and tokens[end].word in words.DETERMINERS and tokens[end].word in _COUNTS:
        end += 1
    if end < len(tokens) and tokens[end].word in ("he", "she", "they", "i", "we"):
        return (at, at + 1)
    while end < len(tokens) and end - at < LONGEST:
        token = tokens[end]
        grows = (_nominal(token) and token.word not in words.DETERMINERS) or (
            token.word in words.DETERMINERS and (end == at or _linked(tokens, end))
        )
        if not (grows or (_goes_on(tokens, end) and end > at)):
            break
        end += 1
    return (at, end) if end > at and tokens[end - 1].word not in words.DETERMINERS else None


def _linked(tokens: list[Token], at: int) -> bool:
    return tokens[at - 1].word in words.LINKS or tokens[at - 1].word == "and"


def _goes_on(tokens: list[Token], at: int) -> bool:
    """Whether the phrase goes through the word at `at`: `of the union`, `and Kirby`."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if not following or following.quoted or not following.wordy:
        return tokens[at].word in ("'", "’") and bool(following)
    word = tokens[at].word
    noun_next = following.capital or following.word in words.DETERMINERS
    if word in ("of", "for", "from") or word in words.PARTICLES:
        return noun_next or word == "of"
    if word in ("'", "’"):
        return True
    return word == "and" and following.capital


def aside(tokens: list[Token], at: int) -> int:
    """Where the aside ends that begins with the comma at `at`: `said Turner, a Republican from Ohio.`"""
    if at + 1 >= len(tokens) or tokens[at].word != "," or tokens[at + 1].quoted:
        return at
    first = tokens[at + 1].word
    if first not in words.DETERMINERS and not _role(tokens, at + 1):
        return at
    end = at + 1
    while (
        end < len(tokens)
        and end - at < ASIDE
        and not tokens[end].quoted
        and tokens[end].word not in (".", ";", ":")
    ):
        if tokens[end].word == "," and (end + 1 == len(tokens) or not _again(tokens[end + 1])):
            break
        end += 1
    return end


def _again(token: Token) -> bool:
    return not token.quoted and token.word in ("who", "which", "whose", "a", "an", "the")


def _role(tokens: list[Token], at: int) -> bool:
    """Whether a role begins without an article: `, president of the union`, `, R-Ohio`."""
    return tokens[at].word[:2] in ("r-", "d-") or (
        not tokens[at].capital
        and tokens[at].word.isalpha()
        and _nominal(tokens[at])
        and tokens[at].word not in words.GERUNDS
        and any(token.word in ("of", "for", "at") for token in tokens[at + 1 : at + 4])
    )
