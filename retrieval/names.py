"""Names of people and bodies: what is a title and what a name, and when two forms may be one person's."""

import re
from itertools import dropwhile

TITLES = (
    "Rep|Sen|Gov|President|Vice President|Prime Minister|Secretary|Senator|Congressman|Congresswoman|"
    "Representative|Mayor|Governor|Chairman|Chairwoman|Speaker|Gen|Lt|Col|Dr|Mr|Mrs|Ms|Rev|Sir|Lord|"
    "Judge|Justice|Chancellor|Minister|Director|Attorney|General|Adm|Prof|Pope|King|Queen|Prince"
)
_NOT_NAMES = frozenset(
    (
        "The A An But And In On At He She They It We I You This That These Those There When While After "
        "Before If As For So Yet Or Not No Also However Meanwhile Still Then Now His Her Their Its Our "
        "Speaking Asked Since Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February "
        "March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug "
        "Sep Sept Oct Nov Dec"
    ).split()
)
TITLE_WORDS = frozenset(TITLES.replace("Vice President", "Vice").replace("Prime Minister", "Prime").split("|"))


# First names that one person bears side by side; ours, extend it.
_SHORT = dict(
    pair.split(":")
    for pair in (
        "abe:abraham al:albert alex:alexander andy:andrew barb:barbara ben:benjamin bernie:bernard beth:elizabeth "
        "bill:william billy:william bob:robert bobby:robert cathy:catherine charlie:charles chris:christopher "
        "chuck:charles dan:daniel danny:daniel dave:david debbie:deborah dick:richard don:donald doug:douglas "
        "drew:andrew ed:edward fred:frederick gene:eugene greg:gregory jack:john jake:jacob jeff:jeffrey "
        "jen:jennifer jim:james jimmy:james joe:joseph jon:jonathan josh:joshua kate:katherine ken:kenneth "
        "larry:lawrence liz:elizabeth lou:louis maggie:margaret matt:matthew mike:michael mitch:mitchell "
        "nick:nicholas pat:patrick patty:patricia pete:peter phil:philip ray:raymond rick:richard rob:robert "
        "ron:ronald rudy:rudolph russ:russell sam:samuel steve:stephen steven:stephen sue:susan ted:edward "
        "terry:terence tim:timothy tom:thomas tony:anthony vlad:vladimir will:william"
    ).split()
)


def first_name(full: str) -> str:
    """The first word of a name in one form: Mike and Michael are one."""
    first = full.split(maxsplit=1)[0].lower().strip(".")
    return _SHORT.get(first, first)


def untitled(name: str) -> list[str]:
    """The words of a name without titles, and without whatever stands before a title ("Ukrainian President")."""
    parts = re.sub(r"[’']s?$", "", name).split()
    if "of" in parts[2:]:
        parts = parts[: parts.index("of", 2)]  # Mike Turner of Ohio, but not Bank of America
    while len(parts) > 1 and parts[-1].lower().strip(".,") in ("jr", "sr", "ii", "iii"):
        parts = parts[:-1]
    titles = [n for n, part in enumerate(parts[:-1]) if part.rstrip(".") in TITLE_WORDS]
    parts = parts[titles[-1] + 1 :] if titles else parts
    return list(dropwhile(_NOT_NAMES.__contains__, parts))


def same_name(asked: str, name: str) -> bool:
    """Whether a name in a question may mean a speaker: the surname fits, and so do the first names given."""
    a, b = ([word.lower().strip(".") for word in untitled(n)] for n in (asked, name))
    if not a or not b:
        return False
    if len(a) > 1 and len(b) > 1 and a[-1] == b[-1]:
        return first_name(a[0]) == first_name(b[0])
    return set(a) <= set(b) or set(b) <= set(a)
