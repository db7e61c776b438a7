"""Reads names from a byline. It says nothing about where in a page a byline may stand."""

import re

_BY = re.compile(r"(?:by|written by|story by|reported by|words by)(?:\s*:\s*|\s+)(.+)", re.IGNORECASE)
_PARTICLES = frozenset("de del della der den di da dos van von la le bin ibn al el y ter".split())
_WORD = re.compile(r"[^\W\d_](?:[\w’'-]*[\w])?\.?")
# Capitalised words that stand in lines of a page but in nobody's name.
_NOT_NAMES = frozenset(
    """the a an and of in on for to with from news press post times politics political world opinion editor
    editors editorial staff writer writers correspondent reporter reporters senior contributor bureau chief
    house senate white breaking live read more about share home today video photo photos business sports
    health science technology updated published agency media magazine journal daily tribune herald
    associated reuters afp bloomberg guest columnist national international foreign policy affairs states
    united congress analysis special report top stories monday tuesday wednesday thursday friday saturday
    sunday january february march april june july august september october november december latest trending
    related subscribe sign log follow us our morning evening""".split()
)
_LONGEST = 12


def names(line: str) -> list[str] | None:
    """The people of a line that begins with "By"; empty where it names an agency; None where it is no byline."""
    found = _BY.fullmatch(line.strip())
    if found is None or len(line.split()) > _LONGEST:
        return None
    credited = re.split(r"\s*[|•·–—]\s*|\s+-\s+|\s+on\s+", found[1])[0]
    parts = [part for part in re.split(r",\s*|\s+(?:and|&)\s+|\s+for\s+", credited) if part]
    people = [part for part in parts if person(part)]
    if parts and parts[0] in people:
        return people
    return [] if _agency(credited) else None


def person(line: str) -> bool:
    """Whether `line` looks like one person's full name and nothing else."""
    words = line.split()
    if not 2 <= len(words) <= 5 or not all(_WORD.fullmatch(word) for word in words):
        return False
    if any(word.lower().rstrip(".") in _NOT_NAMES for word in words) or line.endswith(".") != _initialled(line):
        return False
    capitals = [word for word in words if word[0].isupper()]
    return len(capitals) >= 2 and all(word[0].isupper() or word in _PARTICLES for word in words)


def _initialled(line: str) -> bool:
    return re.search(r"\b(?:Jr|Sr|[A-Z])\.$", line) is not None


def _agency(credited: str) -> bool:
    return credited.casefold().removeprefix("the ") in {
        "associated press",
        "reuters",
        "afp",
        "agence france-presse",
        "bloomberg",
        "staff",
        "our staff",
        "news staff",
        "staff reports",
        "staff writer",
        "ap",
    }
