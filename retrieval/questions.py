"""What a question asks: its terms, whom it names and whether it asks for somebody's words. Rules, no model."""

import re
from dataclasses import dataclass
from itertools import dropwhile, pairwise

from retrieval.names import untitled

# Function words and the words that questions are made of. FTS5 takes 11 times as long with two of them.
_STOP = frozenset(
    (
        "a about after all also an and any are as at be because been before being but by can could did do "
        "does doing each for from had has have he her him his how i if in into is it its just like made make "
        "many me might more most much my no not of off on only or our out over own per said same say says she "
        "should so some such than that the their them then there these they this those through to too under "
        "until up upon us very was we were what when where which while who whom why will with would you your "
        "think thinks according tell"
    ).split()
)
# Stems of verbs that ask for somebody's words or mind.
_SAYING = re.compile(
    r"\b(?:say|said|tell|told|th(?:ink|ought)|believ|want|propos|suggest|argu|confirm|claim|promis|call|describ|"
    r"expla|announc|urg|warn|mean|respon|react|support|oppos|back|favou?r|demand|den(?:y|ied)|critici|vow|pledg|plan|"
    r"feel|hop(?:e|ing)|expect|blam|ask|wr(?:ite|ote)|admit|insist|recommend|advis|answer|comment|condemn|prais|"
    r"accus|reject|endors|predict|mention|state[ds]?\b|threat|offer|defend|position|stance|view|opinion|take\b|stand\b)",
    re.IGNORECASE,
)
# Names are looked for in so many characters: each costs a pass over them.
_READ = 2000
_ACCORDING = re.compile(r"\baccording to\b", re.IGNORECASE)
_HELPING = r"\b(?:did|does|do|has|have|had|is|are|was|were|will|would|can|could|should|might)\b"
_TITLE = r"(?:Dr|Mr|Mrs|Ms|Rev|St|Sen|Rep|Gov|Gen|Lt|Col|Prof|Hon)\.|[A-Z]\."
_WORD = rf"(?:{_TITLE}|[A-Z][\w’'-]*)"
_CAPITALS = re.compile(rf"{_WORD}(?:\s+(?:(?:of|the|al|bin|de|la|van|von)\s+)*{_WORD})*")
_SUBJECT = re.compile(
    rf"(?:{_HELPING}|\b(?:what|how|why|where))\s+(?!{_HELPING})"
    rf"(?P<name>[\w.-]+(?:\s+[\w.-]+)?)\s*,?\s+(?={_SAYING.pattern})",
    re.IGNORECASE,
)
_WHO = re.compile(rf"(?:who|which(?:\s+\w+){{1,2}}?)\s+(?!{_HELPING})", re.IGNORECASE)
_NOT_NAMES = frozenset(
    (
        "what who whom whose which when where why how did does do is are was were has have will would can "
        "could should according in on at after before during since if and but tell give compare list the a an "
        "i so january february march april may june july august september october november december monday "
        "tuesday wednesday thursday friday saturday sunday"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a question asks.

    `terms` are its content words; `names` whom or what it names, in order; `asked` those of them whose words
    it asks for, where `speech` says that it asks for somebody's words at all.
    """

    terms: tuple[str, ...]
    names: tuple[str, ...]
    asked: tuple[str, ...]
    speech: bool

    @property
    def topic(self) -> tuple[str, ...]:
        """The terms less the names of those who are asked, and less "say", "propose" and their like."""
        own = {word for name in self.asked for word in words(name)}
        return tuple(term for term in self.terms if term not in own and not _SAYING.match(term))

    @property
    def verbs(self) -> tuple[str, ...]:
        """The terms that ask for speech or stance: "propose", "confirm"."""
        return tuple(term for term in self.terms if _SAYING.match(term))


def words(text: str) -> list[str]:
    """The words of a text in lower case, possessives cut."""
    return re.findall(r"[^\W_]+", _without_possessives(text).lower())


def understand(question: str, person: str | None = None) -> Understanding:
    """Read a question. `person` is who the asker restricts it to."""
    text = " ".join(question.split())
    terms = [w for w in dict.fromkeys(words(f"{text} {person or ''}")) if w not in _STOP and len(w) > 1]
    text = text[:_READ]
    names = list(dict.fromkeys([*_small_names(text), *_names(text)]))
    if person:
        return Understanding(tuple(terms), (person, *names), (person,), speech=True)
    speech = bool(_SAYING.search(text) or _ACCORDING.search(text))
    return Understanding(tuple(terms), tuple(names), tuple(_asked(text, names)), speech)


def _asked(text: str, names: list[str]) -> list[str]:
    """The first name that stands for somebody, and those joined to it; a place before it is passed over.

    "After the Charlotte unrest, what did Paul Ryan …", "How do North Carolina's Pat McCrory and Roy Cooper …"
    A question for the one who said something asks nobody.
    """
    if _WHO.match(text):
        return []
    plain = _without_possessives(text)
    people = [n for n in names if not re.search(rf"(?:\bthe\s+{re.escape(n)}\b|{re.escape(n)} ,\s+[A-Z])", plain)]
    people = people or names  # "What did the White House say?"
    asked = people[:1]
    for before, name in pairwise(people):
        if not re.search(
            rf"{re.escape(before)}(?: ,)?(?:,? (?:and|or)|,| vs\.?| versus)\s+{re.escape(name)}", plain
        ):
            break
        asked.append(name)
    return asked


def _without_possessives(text: str) -> str:
    return re.sub(r"['’]s\b", " ,", text)


def _names(text: str) -> list[str]:
    """Runs of capitalised words, less the word that opens a sentence, months and days."""
    found = []
    for match in _CAPITALS.finditer(_without_possessives(text)):
        parts = list(dropwhile(lambda part: part.lower() in _NOT_NAMES, match[0].split()))
        if parts := untitled(" ".join(parts)):
            found.append(" ".join(parts))
    return list(dict.fromkeys(found))


def _small_names(text: str) -> list[str]:
    """A name typed without capitals: what stands between a helping verb and a verb of saying."""
    match = _SUBJECT.search(_without_possessives(text))
    if not match or match["name"].split()[0].lower() in _STOP or _SAYING.match(match["name"]):
        return []
    return [match["name"].title()] if match["name"] == match["name"].lower() else []
