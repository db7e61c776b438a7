"""When and where something was said, as far as that stands between a cue and its content."""

from ingest.statements.rules import sources, words
from ingest.statements.rules.tokens import Token

WHEN = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tonight morning afternoon "
    "evening night week month year last this early earlier late later recently once again january "
    "february march april may june july august september october november december jan feb aug sept oct "
    "nov dec then ago repeatedly publicly privately bluntly simply flatly also".split()
)
_OCCASION = frozenset(
    "interview statement speech letter tweet email e-mail memo interviews statements tweets conference "
    "debate rally hearing briefing call post message testimony report article column op-ed essay press "
    "remarks appearance video event radio television tv phone telephone address release filing telegram "
    "book memoir twitter facebook news conversation meeting forum ad court paper study".split()
)
OPENERS = frozenset("in on at during to via through after before from by over for".split())


def skip(tokens: list[Token], at: int) -> int:
    """Past days and occasions: `on Tuesday night`, `in an interview with CNN`."""
    while at < len(tokens) and not tokens[at].quoted:
        if tokens[at].word in WHEN and not (tokens[at].word == "this" and not _day(tokens, at + 1)):
            at += 1
        elif tokens[at].word in OPENERS and (end := _occasion(tokens, at)):
            at = end
        elif tokens[at].word in OPENERS and _day(tokens, at + 1):
            at += 2
        elif tokens[at].word.isdigit() and tokens[at - 1].word in WHEN:
            at += 1
        else:
            break
    return at


def _day(tokens: list[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].word in WHEN


def _occasion(tokens: list[Token], at: int) -> int:
    """Where the occasion ends that begins with the preposition at `at`; 0 where none does."""
    end = 0
    for here in range(at + 1, min(len(tokens), at + 9)):
        word = tokens[here].word
        if word in _OCCASION:
            end = here + 1
            break
        if not tokens[here].wordy or word in words.STOPS or tokens[here].quoted:
            return 0
    if (
        end
        and end + 1 < len(tokens)
        and tokens[end].word in ("with", "to", "on", "in", "at", "from", "about", "of")
    ):
        party = sources.after(tokens, end + 1)
        if party and all(t.capital or t.word in words.DETERMINERS for t in tokens[slice(*party)]):
            return party[1]
    return end
