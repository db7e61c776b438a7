"""What can be typed about a library, completed while it is typed: people, topics, questions.

Made of what is on record, anew where that changes, and kept in memory: a look-up reads nothing. May not answer
anything. What it gives is short enough for a list of choices, and holds no characters that are not seen.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from retrieval.forms import fold
from retrieval.understanding.wording import SAYING, STOP

if TYPE_CHECKING:
    from retrieval.record import Counters, Record, StoredSpeaker

MOST, LONGEST = 25, 100
# Articles read at a time: 20 of them take 4 ms, and whoever waits for the interpreter waits no longer.
STEP = 20
# Of so many of the best known it is kept what each speaks about.
BEST = 25
# Entries are looked for by so many of their first letters.
FIRST = 3
# Seen by nobody, though Unicode counts them as letters or marks.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(n) for n in range(0xFE00, 0xFE10)}
START = "what did"
_ABOUT = frozenset("about on regarding of over for against to".split())
# What stands in fewer articles is no topic; in a small library, what one article says twice is one.
SEVERAL, SMALL = 3, 100
# Topics that are kept, and words and phrases counted, in all and of one speaker, before the rarest are dropped.
KEPT, COUNTED, COUNTED_OF = 5000, 150_000, 4000
# A word that so often stands in one phrase says less than the phrase.
PART = 0.7
# So many characters of a title or statement are looked at.
READ = 3000
_TOKENS = re.compile(r"[^\W\d_]{3,20}(?:['’][a-z]{1,2})?|[^\w\s'’-]|[^\s]{1,2}|\S")
# Words that are in every article and are no topic; ours, extend it.
_EMPTY = STOP | frozenset(
    (
        "able above across actually add added again against ago agree ain almost along already always american "
        "americans among amount another anyone anything anyway april area aren around ask asked august away back "
        "bad based basically become becomes began begin behind best better beyond big billion bit both bring "
        "brought call called came can cannot car care case cause certain certainly chairman change charge clear "
        "clearly close colleagues come comes coming common complete completely conference continue continued "
        "couldn country critical critics cut day days deal december decided did didn different difficult directly "
        "doesn don done down early easy either else end ended enough entire especially even event every everybody "
        "everyone everything exactly example fact far february federal feel felt few final finally find fine "
        "fired first five follow following former forward found four friday full further gave general get gets "
        "getting give given gives giving goes going gone good got gov governor great group hadn half hand happen "
        "happened happening hard hasn haven having hear heard help here herself high himself history hold hope "
        "hour hours however huge idea important include included including instead interview isn issue issues "
        "itself january july june keep kept kind knew know known knows large largely last late later lead leader "
        "leaders least leave left less let level life like likely line little live long longer look looked "
        "looking lose lost lot low main major majority makes making man march matter may maybe mean means meeting "
        "member members men million minister minute moment monday month months morning move moved moving mrs must "
        "nation national near nearly need needed needs never new news next night nobody none nothing november now "
        "number numbers october official officials often old once one ones open order others ought ourselves part "
        "particular particularly past pay people perhaps person place plan plans play point political possible "
        "president probably problem problems process public put question questions quickly quite rather real "
        "really reason recent recently rep report reported reporters representative result results right room "
        "rules run running said saturday saw second secretary see seem seems seen sen senator sense september "
        "serious set seven several she shouldn show showed shown side sign simply since single situation six "
        "small somebody someone something sometimes soon sort speak spoke spokesman spokeswoman stand start "
        "started state states still stop story strong sunday supporters sure take taken takes taking talking ten "
        "thank thanks thing things third three thursday time times today together told tomorrow tonight took "
        "toward towards true truth try trying tuesday turn turned two understand united use used using usually "
        "various wait walk wanted wants wasn watch way ways wednesday week weeks well went weren whatever whether "
        "white whole within without woman women won word words work worked working world worse worst wouldn wrong "
        "year years yes yesterday yet young"
    ).split()
)
_fold = fold.__wrapped__  # what is typed need not be kept


class Directory:
    """Completes what is typed about one library; empty until it has followed the record. For all threads."""

    def __init__(self, record: "Record") -> None:
        self._record = record
        self._lock = Lock()
        self._now: Counters = {}
        self._made = _Made()

    def follow(self, now: "Counters") -> None:
        """Make it anew where the record has changed since; takes seconds for a large one, so not on an event loop.

        Who asks meanwhile is served from before, and who follows meanwhile does not wait. Raises StoreError.
        """
        if now == self._now or not self._lock.acquire(blocking=False):
            return
        try:
            if now != self._now:
                self._made, self._now = _make(self._record), now
        finally:
            self._lock.release()

    def follows(self, now: "Counters") -> bool:
        """Whether it was made of the record as it is now."""
        return now == self._now

    def people(self, typed: str, most: int = MOST) -> list[str]:
        """Names of which a word begins with what is typed, those first who speak in most articles."""
        return self._made.people.beginning(typed, most)

    def topics(self, typed: str, most: int = MOST) -> list[str]:
        """Words and phrases that the library is about, of which a word begins so, the most frequent first."""
        return self._made.topics.beginning(typed, most)

    def questions(self, typed: str, most: int = MOST) -> list[str]:
        """Beginnings of questions: what is typed, its last words completed by a name or a topic."""
        made, begun = self._made, typed[: 2 * LONGEST]
        if START.startswith(seen(begun).lower()):
            return _short((f"What did {name} say?" for name in made.people.beginning("", most)), most)
        return _short(_completed(begun, made, most), most)

    def examples(self, most: int = 3) -> list[str]:
        """Questions about the best known, each on a topic on which he has statements."""
        return _short(self._made.examples, most)


@dataclass(slots=True)
class _List:
    """Entries in their order, looked for by the beginnings of their words."""

    entries: list[str] = field(default_factory=list)
    _by: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    _held: set[str] = field(default_factory=set)

    def add(self, entry: str) -> None:
        """Behind the others; left out where it is there, empty or too long."""
        folded = _fold(entry).replace("-", " ")
        if not folded.strip() or _size(entry) > LONGEST or entry in self._held:
            return
        self._held.add(entry)
        words = folded.split()
        for n in range(len(words)):
            key = " ".join(words[n:])
            for letters in {key[:length] for length in range(1, FIRST + 1)}:
                self._by[letters].append((key, len(self.entries)))
        self.entries.append(entry)

    def beginning(self, typed: str, most: int) -> list[str]:
        """The first of the entries of which a word begins so; without anything typed, the first."""
        start = " ".join(_fold(seen(typed[: 2 * LONGEST])).replace("-", " ").split())
        if not start:
            return self.entries[: max(0, most)]
        found: dict[int, None] = {}
        for key, n in self._by.get(start[:FIRST], ()):
            if len(found) >= most:
                break
            if key.startswith(start):
                found[n] = None
        return [self.entries[n] for n in found]


@dataclass(frozen=True, slots=True)
class _Made:
    people: _List = field(default_factory=_List)
    topics: _List = field(default_factory=_List)
    examples: tuple[str, ...] = ()


class _Subjects:
    """What articles are about: words and phrases of two that stand in several of them and say something.

    Counted in one pass in bounded memory. A word of a person's name counts only where it is written small: a bill
    is a topic, Bill is none. For one thread.
    """

    def __init__(self, names: Iterable[str], kept_of: Collection[int]) -> None:
        """`names` are those of persons; what each speaks about is kept of the speakers whose ids are `kept_of`."""
        self._names = {word.lower() for name in names for word in re.split(r"[\s-]+", name)}
        self._articles: Counter[str] = Counter()
        self._twice: set[str] = set()
        self._counted = 0
        self._of: dict[int, Counter[str]] = {i: Counter() for i in kept_of}
        self._says: dict[str, bool] = {}

    def read(self, title: str, said: Sequence[tuple[int | None, str]]) -> None:
        """One article: its title, and (speaker's id, words) of its statements."""
        here = set(self._terms(title))
        for speaker, words in said:
            terms = set(self._terms(words))
            if self._counted < SMALL:
                self._twice |= here & terms
            here |= terms
            if speaker is not None and speaker in self._of:
                self._of[speaker].update(terms)
                if len(self._of[speaker]) > COUNTED_OF:
                    self._of[speaker] = _thinned(self._of[speaker], COUNTED_OF // 2)
        self._articles.update(here)
        self._counted += 1
        if len(self._articles) > COUNTED:
            self._articles = _thinned(self._articles, COUNTED // 2)

    def topics(self) -> list[str]:
        """Those that several articles are about, the most frequent first."""
        small = self._counted < SMALL
        least = 2 if small else SEVERAL
        often = [(n, term) for term, n in self._articles.items() if n >= least or (small and term in self._twice)]
        while len(often) > 4 * KEPT:  # a sort of very many would hold up all other threads
            least += max(1, least // 4)
            often = [one for one in often if one[0] >= least]
        part: dict[str, int] = defaultdict(int)
        for n, term in often:
            for word in term.split() if " " in term else ():
                part[word] = max(part[word], n)
        told = [(n, term) for n, term in often if " " in term or part.get(term, 0) < PART * n]
        told.sort(key=lambda one: (-one[0], one[1]))
        return [term for _, term in told[:KEPT]]

    def of(self, speaker: int, among: Collection[str]) -> list[str]:
        """Which of some topics one speaks about: those first on which he says most and others say least."""
        some = [(n, term) for term, n in self._of.get(speaker, Counter()).items() if term in among]
        return [term for _, term in sorted(some, key=lambda one: (-self._weight(*one), one[1]))]

    def _weight(self, n: int, term: str) -> float:
        own = n / (5 + self._articles[term])
        return n * own * (3.0 if " " in term else 1.0)

    def _terms(self, text: str) -> Iterator[str]:
        """The words that say something, and each two that stand side by side."""
        before = ""
        for token in _TOKENS.findall(text[:READ]):
            word = token.lower()
            says = self._says.get(word)
            if says is None:
                says = self._note(word)
            if not says or (token != word and word in self._names):
                before = ""
                continue
            yield word
            if before and before != word:
                yield f"{before} {word}"
            before = word

    def _note(self, word: str) -> bool:
        if len(self._says) >= COUNTED:
            self._says.clear()
        says = len(word) > 2 and word.isalpha() and word not in _EMPTY and not SAYING.match(word)
        self._says[word] = says
        return says


def _thinned(counted: Counter[str], most: int) -> Counter[str]:
    """The most frequent; whatever is frequent and dropped too early comes again."""
    least = 1
    while len(counted) > most:
        counted = Counter({term: n for term, n in counted.items() if n > least})
        least *= 2
    return counted


def seen(text: str) -> str:
    """The text on one line, without characters that nobody sees."""
    if not text.isascii() or not text.isprintable():
        text = "".join(c for c in text if c.isspace() or (unicodedata.category(c)[0] != "C" and c not in _UNSEEN))
    return " ".join(text.split())


def _make(record: "Record") -> _Made:
    people, topics, speakers = _List(), _List(), record.speakers()
    for speaker in speakers:
        people.add(seen(speaker.name))
    best = _best(speakers)
    subjects = _Subjects((one.name for one in speakers if not one.body), best)
    last = 0
    while some := record.contents(last, STEP):
        for one in some:
            subjects.read(one.title or "", one.said)
        last = some[-1].article
    told = subjects.topics()
    for topic in told:
        topics.add(topic)
    held = set(told)
    examples = [
        f"What did {seen(name)} say about {topic}?"
        for i, name in best.items()
        for topic in subjects.of(i, held)[:1]
    ]
    return _Made(people, topics, tuple(examples))


def _best(speakers: "Sequence[StoredSpeaker]") -> dict[int, str]:
    """The best known persons, whose names tell them apart."""
    borne = Counter(one.name for one in speakers[: 4 * BEST])
    some = [one for one in speakers[: 4 * BEST] if not one.body and borne[one.name] == 1 and " " in one.name]
    return {one.id: one.name for one in some[:BEST]}


def _completed(typed: str, made: _Made, most: int) -> list[str]:
    """What is typed with its last words completed, as many of them as complete to something, at most three.

    A topic comes first where one is expected. Behind a space, whatever may follow.
    """
    words = seen(typed).split(" ")
    for length in range(1) if typed[-1:].isspace() else range(min(3, len(words)), 0, -1):
        head, tail = words[: len(words) - length], " ".join(words[len(words) - length :])
        topical = bool(head) and head[-1].lower() in _ABOUT
        lists = (made.topics, made.people) if topical else (made.people, made.topics)
        found = [" ".join([*head, entry]) for one in lists for entry in one.beginning(tail, most)]
        if found:
            return found
    return []


def _short(some: Iterable[str], most: int) -> list[str]:
    found: dict[str, None] = {}
    for one in some:
        if len(found) >= most:
            break
        if _size(one) <= LONGEST:
            found[one] = None
    return list(found)


def _size(text: str) -> int:
    """In UTF-16 code units, as they may be counted where it is shown."""
    return len(text) + sum(c > "\uffff" for c in text)
