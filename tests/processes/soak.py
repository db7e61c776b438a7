"""Uses one library from many processes at once for minutes, and looks whether every answer is what it must be.

    python -m tests.processes.soak [--minutes 10] [--articles N]

Two writers ingest new articles, changed ones and copies, and forget some, a process each time. A bot opens the
library as `onrecord bot` does, answers on threads, is asked every 0.3 s, and is started anew every 30 s, so that
the index changes hands. `onrecord ask --batch -` reads from a pipe the whole time. Every article holds a statement
with a number of its own. When a process has acknowledged articles, both are asked for some of them at once: they
must show the new words, from every article that has them and from no other, within two seconds. Answers are judged
where no process was changing the articles that they are about. At the end everything is asked for, and record and
index are compared. Exit status 0: sound.
"""

import argparse
import itertools
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.processes.command import Done, Onrecord, lines, say
from tests.processes.kill_ingest import faults

PATIENCE = 2.0  # seconds from an acknowledgement to the right answer
SILENCE = 60.0  # seconds after which an answer is given up
BEAT = 0.3  # seconds between two questions to the bot
SHIFT = 30.0  # seconds until the bot is started anew
WRITERS = 2
NEW, CHANGED = 4, 2  # articles of an ingest, beside copies
SAMPLED = (4, 2)  # statements asked for after it: of the bot at once, of the other one after the other
FORGETTING = 3  # every third process of a writer forgets an article
# What may be written beside a report: how far an ingest is, and that another process owns the index.
EXPECTED = re.compile(r" articles/s$|may still hold words of it")

FIRST = """Orla Bram Una Ilse Tomas Ada Nell Vera Gerd Ivo Mina Lars Petra Hugo Edda Finn Greta Otto Rosa Emil
Clara Jonas Tilda Viktor Agnes Oskar Elin Marta Anton Silke Paula Ruben Nora Stefan Lotte Henrik Dora""".split()
LAST = """Quist Okafor Grell Brandvold Reyes Quill Ostrander Lindqvist Halvorsen Finch Marchetti Dunmore Vasko
Ferreira Kowalik Thornbury Adeyemi Castellan Novotny Brisbois Hartigan Solberg Pemberton Aldana Wexler Yarrow
Zelenko Rasmussen Oyelaran Tillman Duquesne Fairbairn Gorman Isaksen Jelinek Kettering Lavoie Mulcahy""".split()
PLACES = """pier ferry tunnel orchard clinic quarry siding reservoir bridge meadow library depot canal kiosk garden
terminal lantern bakery stadium museum foundry cellar market archive chapel harbor viaduct nursery hostel paddock
mill brewery school barracks cannery observatory arcade pavilion greenhouse lighthouse""".split()
DONE = """praised repaired questioned measured delayed surveyed painted opened closed rented doubled halved visited
mapped audited fenced cleaned photographed insured relocated""".split()


@dataclass(frozen=True, slots=True)
class Saying:
    """A statement that no other article makes, but for copies."""

    person: str
    place: str
    number: int

    @property
    def words(self) -> str:
        return f"levy number {self.number} should end"

    @property
    def question(self) -> str:
        return f"What did {self.person} say about the {self.place} levy number {self.number}?"


@dataclass(frozen=True, slots=True)
class Piece:
    """An article, before it is written down."""

    url: str
    title: str
    lead: str
    saying: Saying
    rest: tuple[str, ...]

    def row(self) -> dict[str, str]:
        said = f"Mayor {self.saying.person} said the {self.saying.place} {self.saying.words}."
        return {"url": self.url, "title": self.title, "text": f"{self.lead}\n\n{said}\n\n{' '.join(self.rest)}"}


Changes = Mapping[str, Piece | None]  # by url; None: forgotten


@dataclass(frozen=True, slots=True)
class State:
    """Who has a statement, since when, if a process is changing that, and if its speaker says something else."""

    holders: frozenset[str]
    since: float
    busy: bool
    heard_otherwise: bool


class Ledger:
    """What was acknowledged: what the library must hold, whatever order its processes took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.pieces: dict[str, Piece] = {}
        self._gone: dict[str, float] = {}
        self._busy: Counter[Saying] = Counter()
        self._since: dict[Saying, float] = {}

    def begin(self, changes: Changes) -> list[Saying]:
        """The statements that these changes are about, until they are acknowledged."""
        with self._lock:
            before = [self.pieces[url].saying for url in changes if url in self.pieces]
            touched = list(dict.fromkeys([*before, *(piece.saying for piece in changes.values() if piece)]))
            self._busy.update(touched)
        return touched

    def end(self, changes: Changes, touched: list[Saying]) -> None:
        now = time.monotonic()
        with self._lock:
            for url, piece in changes.items():
                if piece:
                    self.pieces[url] = piece
                else:
                    del self.pieces[url]
                    self._gone[url] = now
            self._busy.subtract(touched)
            self._since.update(dict.fromkeys(touched, now))

    def state(self, saying: Saying) -> State:
        with self._lock:
            holders = frozenset(url for url, piece in self.pieces.items() if piece.saying == saying)
            others = any(p.saying.person == saying.person for p in self.pieces.values() if p.saying != saying)
            return State(holders, self._since.get(saying, 0.0), self._busy[saying] > 0, others)

    def sayings(self) -> list[Saying]:
        """All that were ever acknowledged."""
        with self._lock:
            return list(self._since)

    def known(self, prefix: str) -> list[Piece]:
        with self._lock:
            return [piece for url, piece in self.pieces.items() if url.startswith(prefix)]

    def gone(self, before: float) -> set[str]:
        """The urls that were forgotten by then."""
        with self._lock:
            return {url for url, when in self._gone.items() if when < before}


class Press:
    """One writer's articles. It changes and forgets only its own; its copies may be of another's."""

    def __init__(self, number: int, ledger: Ledger, seed: int) -> None:
        self._prefix = f"https://quay{number}.example/"
        self._ledger = ledger
        self._chosen = random.Random(f"{seed} {number}")
        self._people = [f"{first} {last}" for first, last in itertools.product(FIRST, LAST)]
        random.Random(seed).shuffle(self._people)  # the same for all writers, who take every WRITERS-th
        self._numbers = itertools.count(number, WRITERS)

    def batch(self) -> dict[str, Piece]:
        """New articles, changed ones and a copy, by url."""
        own, all_pieces = self._ledger.known(self._prefix), self._ledger.known("")
        new = [self._new() for _ in range(NEW)]
        changed = [self._changed(one) for one in self._chosen.sample(own, min(CHANGED, len(own)))]
        found = [*new, *changed, self._copy(self._chosen.choice(all_pieces or new))]
        if self._chosen.random() < 0.3:
            found.append(self._copy(new[0]))  # in one batch with its original
        self._chosen.shuffle(found)
        return {one.url: one for one in found}

    def doomed(self) -> str | None:
        """The url of an article to forget."""
        own = self._ledger.known(self._prefix)
        return self._chosen.choice(own).url if own else None

    def _new(self) -> Piece:
        n = next(self._numbers)
        place = self._chosen.choice(PLACES)
        saying = Saying(self._people[n % len(self._people)], place, 1000 + n)
        rest = tuple(self._sentence() for _ in range(4))
        return Piece(f"{self._prefix}{n}", f"The {place} in week {n}", self._lead(), saying, rest)

    def _changed(self, piece: Piece) -> Piece:
        """With another number; every second time nothing else is left as it was."""
        changed = replace(piece, saying=replace(piece.saying, number=1000 + next(self._numbers)))
        if self._chosen.random() < 0.5:
            return changed
        return replace(changed, lead=self._lead(), rest=tuple(self._sentence() for _ in range(4)))

    def _copy(self, piece: Piece) -> Piece:
        """The same text under another headline; every second time it is cut."""
        cut = piece.rest[: -1 if self._chosen.random() < 0.5 and len(piece.rest) > 3 else None]
        n = next(self._numbers)
        return replace(piece, url=f"{self._prefix}copy/{n}", title=f"Wire report {n}", rest=cut)

    def _lead(self) -> str:
        return " ".join(self._sentence() for _ in range(3))

    def _sentence(self) -> str:
        one, two, three, four = self._chosen.sample(PLACES, 4)
        first, second = self._chosen.sample(DONE, 2)
        return f"Workers near the {one} {first} a {two} while the {three} beside the {four} was {second}."


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, and when it was asked for and heard, in seconds."""

    answer: Any
    asked: float
    heard: float


class Asker:
    """A process that answers JSON lines with JSON lines, in any order; asked from several threads."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.name, self._start = name, start
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._keys = itertools.count()
        self._waiting: dict[int, Future[tuple[Any, float]]] = {}
        self._said = b""
        self._open()

    def ask(self, question: str) -> Heard:
        """Raises OSError or EOFError where the process has gone, and TimeoutError."""
        with self._turn:
            asked, future = time.monotonic(), self._put(question)
        answer, heard = future.result(SILENCE)
        return Heard(answer, asked, heard)

    def _put(self, question: str) -> Future[tuple[Any, float]]:
        future: Future[tuple[Any, float]] = Future()
        with self._lock:
            key = next(self._keys)
            self._waiting[key] = future
        say(self._process, {"id": key, "question": question})
        return future

    def renew(self) -> list[str]:
        """Start another process in place of this one, which answers what it was asked. What was wrong with it."""
        with self._turn:
            found = self.end()
            self._open()
        return found

    def end(self) -> list[str]:
        """Let it come to its end. What was wrong with that."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            status = self._process.wait(SILENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return [f"{self.name} does not end"]
        for thread in self._threads:
            thread.join()
        with self._process:  # closes what it was heard through
            pass
        found = [f"{self.name} ended with status {status}"] if status else []
        return found + ([f"{self.name} wrote: {self._said.decode(errors='replace')}"] if self._said else [])

    def _open(self) -> None:
        """Answers are due from when there is a first one: starting takes seconds."""
        self._process, self._said = self._start(), b""
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._drain)]
        for thread in self._threads:
            thread.start()
        self._put("Is anybody there?").result(SILENCE)
        self.up = time.monotonic()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with open(self._process.stdout.fileno(), "rb", closefd=False) as out:  # buffered, other than the pipe
            for line in out:
                row = json.loads(line)
                with self._lock:
                    future = self._waiting.pop(row["id"])
                future.set_result((row, time.monotonic()))
        with self._lock:
            for future in self._waiting.values():
                future.set_exception(EOFError("the process has ended"))
            self._waiting.clear()

    def _drain(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said += line


def stray(answer: Any, saying: Saying, state: State, gone: set[str]) -> str | None:
    """What an answer shows that no article says."""
    cited = _citations(answer)
    quoting = {one["url"] for one in answer["passages"] if saying.words in one["text"]}
    if others := (_quoting(cited, saying) | quoting) - state.holders:
        return f"“{saying.words}” is shown from {', '.join(sorted(others))}"
    urls = {one["url"] for one in (*cited, *answer["passages"])} | _also_in(cited)
    if urls & gone:
        return f"{', '.join(sorted(urls & gone))} is shown, and was forgotten"
    if not state.holders and not state.heard_otherwise and answer["answer"]["claims"]:
        return f"“{saying.question}” is answered, and {saying.person} says nothing"
    return None


def lacking(answer: Any, saying: Saying, state: State) -> str | None:
    """What an answer must show and does not."""
    missing = state.holders - _quoting(_citations(answer), saying)
    return f"“{saying.words}” is not shown from {', '.join(sorted(missing))}" if missing else None


def _citations(answer: Any) -> list[Any]:
    claims = answer["answer"]["claims"] + answer.get("instead", [])
    return [citation for claim in claims for citation in claim["citations"]]


def _quoting(citations: list[Any], saying: Saying) -> set[str]:
    quoting = [one for one in citations if saying.words in one["quote"]]
    return {one["url"] for one in quoting} | _also_in(quoting)


def _also_in(citations: list[Any]) -> set[str]:
    return {also["url"] for one in citations for also in one["also_in"]}


@dataclass(slots=True)
class Asked:
    """What one asker was asked. `again`: so many answers were not right yet, and were asked for once more."""

    questions: int = 0
    again: int = 0
    delays: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What was done, and what was wrong."""

    done: Counter[str] = field(default_factory=Counter)
    asked: dict[str, Asked] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.errors and not any(one.wrong or one.late for one in self.asked.values())


class Soak:
    """One soak of the default library of `onrecord`."""

    def __init__(self, onrecord: Onrecord, seconds: float, articles: int | None, shift: float, seed: int) -> None:
        self._onrecord, self._articles, self._shift, self._seed = onrecord, articles, shift, seed
        self._seconds, self._end = seconds, 0.0
        self._ledger, self.tally = Ledger(), Tally()
        self._lock = threading.Lock()
        self._broken = False

    def run(self, tell: Callable[[str], None]) -> Tally:
        askers = [Asker("the bot", self._start_bot), Asker("ask --batch", self._start_batch)]
        self.tally.asked = {asker.name: Asked() for asker in askers} | {"at the end": Asked()}
        self._end = time.monotonic() + self._seconds
        with ThreadPoolExecutor(16) as checks:
            writers = [threading.Thread(target=self._write, args=(n, askers, checks)) for n in range(WRITERS)]
            for writer in writers:
                writer.start()
            self._beat(writers, askers[0], checks, tell)
        for asker in askers:
            self.tally.errors += asker.end()
        tell("Everything is asked for once more, and record and index are compared")
        self._look_at_all()
        return self.tally

    def _start_batch(self) -> subprocess.Popen[bytes]:
        return self._onrecord.start("ask", "--batch", "-")

    def _start_bot(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.processes.soak", "--as-bot"]
        pipe, folder = subprocess.PIPE, self._onrecord.home.parent
        environment = self._onrecord.environment({"PYTHONPATH": str(Path(__file__).parents[2])})
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=environment, bufsize=0
        )

    @property
    def _going(self) -> bool:
        enough = self._articles is not None and self.tally.done["new"] >= self._articles
        return time.monotonic() < self._end and not enough and not self._broken

    def _beat(
        self, writers: list[threading.Thread], bot: Asker, checks: ThreadPoolExecutor, tell: Callable[[str], None]
    ) -> None:
        """Ask the bot for anything that was ever acknowledged, as long as somebody writes."""
        chosen, began, told = random.Random(self._seed), time.monotonic(), time.monotonic()
        waiting: list[Future[None]] = []
        while any(writer.is_alive() for writer in writers):
            time.sleep(BEAT)
            waiting = [one for one in waiting if not one.done()]
            known = self._ledger.sayings()
            if known and len(waiting) < 4:  # as many as it answers at once; more would only wait
                waiting.append(checks.submit(self._check, bot, chosen.choice(known), time.monotonic()))
            if time.monotonic() - bot.up > self._shift:
                self.tally.errors += bot.renew()
                self.tally.done["restarts"] += 1
            if time.monotonic() - told > 10:
                told = time.monotonic()
                tell(f"{told - began:4.0f} s: {self._so_far()}")

    def _so_far(self) -> str:
        asked = ", ".join(f"{name} {one.questions}" for name, one in self.tally.asked.items() if one.questions)
        wrong = sum(len(one.wrong + one.late) for one in self.tally.asked.values()) + len(self.tally.errors)
        done = self.tally.done
        return f"{done['ingests']} ingests, {done['new']} new articles; questions: {asked}; {wrong} faults"

    def _write(self, number: int, askers: list[Asker], checks: ThreadPoolExecutor) -> None:
        press, chosen = Press(number, self._ledger, self._seed), random.Random(number)
        for turn in itertools.count(1):
            if not self._going:
                return
            url = press.doomed() if turn % FORGETTING == 0 else None
            changes: Changes = {url: None} if url else press.batch()
            touched = self._ledger.begin(changes)
            if not (self._forgets(url) if url else self._ingests(changes)):
                self._broken = True  # nobody knows now what is stored
                return
            self._ledger.end(changes, touched)
            now = time.monotonic()
            chosen.shuffle(touched)
            for asker, many in zip(askers, SAMPLED, strict=True):
                for saying in touched[:many]:
                    checks.submit(self._check, asker, saying, now)

    def _ingests(self, changes: Changes) -> bool:
        pieces = [piece for piece in changes.values() if piece]
        known = [piece for piece in pieces if piece.url in self._ledger.pieces]
        copies = sum("/copy/" in piece.url for piece in pieces if piece not in known)
        done = self._command("ingest", "-", "--json", given=lines(piece.row() for piece in pieces))
        if done is None:
            return False
        expected = {"added": len(pieces) - len(known), "updated": len(known), "unchanged": 0, "rejected": []}
        if any(done.json[name] != value for name, value in expected.items()):
            self._wrong(f"ingest reported {done.out.strip()} and not {expected}")
        new = len(pieces) - len(known) - copies
        with self._lock:
            self.tally.done.update(ingests=1, new=new, changed=len(known), copies=copies)
        return True

    def _forgets(self, url: str) -> bool:
        done = self._command("articles", "forget", url, "--json")
        if done:
            with self._lock:
                self.tally.done["forgotten"] += 1
        return done is not None

    def _command(self, *arguments: object, given: str = "") -> Done | None:
        """What it did; None, with an error told, where it failed."""
        name = f"onrecord {arguments[0]}"
        try:
            done = self._onrecord.run(*arguments, stdin=given)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            self._wrong(f"{name}: {error}")
            return None
        if said := [line for line in done.err.splitlines() if not EXPECTED.search(line)]:
            self._wrong(f"{name} wrote: {' '.join(said)}")
        if done.status:
            self._wrong(f"{name} ended with status {done.status}: {done.out}")
        return None if done.status else done

    def _wrong(self, sentence: str) -> None:
        with self._lock:
            self.tally.errors.append(sentence)

    def _check(self, asker: Asker, saying: Saying, began: float) -> None:
        """Ask until the answer is right; wrong is one that is not in time."""
        try:
            while not self._broken and not self._settled(asker, saying, began):
                time.sleep(0.05)
        except (OSError, EOFError, TimeoutError) as error:
            self._wrong(f"{asker.name} does not answer “{saying.question}”: {error!r}")
            self._broken = True
        except Exception as error:  # noqa: BLE001 - nobody looks at what this thread raises
            self._wrong(f"{asker.name}, asked “{saying.question}”: {error!r}")

    def _settled(self, asker: Asker, saying: Saying, began: float) -> bool:
        """Whether an answer could be judged, and nothing is left to ask."""
        state = self._ledger.state(saying)
        if state.busy:
            return False
        heard = asker.ask(saying.question)
        with self._lock:
            asked = self.tally.asked[asker.name]
            asked.questions += 1
        if "error" in heard.answer:
            self._wrong(f"{asker.name} failed at “{saying.question}”: {heard.answer['error']}")
            return True
        if self._ledger.state(saying) != state:
            return False
        due = max(began, state.since, asker.up)
        shown = stray(heard.answer, saying, state, self._ledger.gone(heard.asked - PATIENCE))
        missing = lacking(heard.answer, saying, state)
        with self._lock:
            if not shown and not missing:
                asked.delays.append(delay := heard.heard - due)
                if delay > PATIENCE:
                    took = f"of which {asker.name} took {heard.answer['seconds']:.2f} s for the answer"
                    asked.late.append(f"“{saying.question}” was answered rightly after {delay:.2f} s, {took}")
                return True
            if heard.asked - (state.since if shown else due) > PATIENCE:
                asked.wrong.append(f"{asker.name}, {heard.asked - due:.1f} s after: {shown or missing}")
                return True
            asked.again += 1
        return False

    def _look_at_all(self) -> None:
        asked = self.tally.asked["at the end"]
        sayings = self._ledger.sayings()
        rows = lines({"id": n, "question": saying.question} for n, saying in enumerate(sayings))
        done = self._command("ask", "--batch", "-", given=rows)
        for row in done.rows if done else []:
            saying = sayings[row["id"]]
            state = self._ledger.state(saying)
            asked.questions += 1
            fault = stray(row, saying, state, self._ledger.gone(time.monotonic())) or lacking(row, saying, state)
            asked.wrong += [f"at the end: {fault}"] if fault else []
        self._command("doctor")
        path = self._onrecord.home.parent / "acknowledged.jsonl"
        path.write_text(lines(piece.row() for piece in self._ledger.pieces.values()), encoding="utf-8")
        self.tally.errors += faults(self._onrecord, path) if self._ledger.pieces else ["nothing was stored"]
        if (self._onrecord.home / "incidents.log").exists():
            self._wrong((self._onrecord.home / "incidents.log").read_text(encoding="utf-8"))


def answer_as_bot() -> None:
    """Open the library as `onrecord bot` does, and answer on as many threads; until standard input ends."""
    from bot.discord.client import WORKERS
    from bot.terminal.console import begin, prepare, print_json
    from bot.terminal.options import open_library
    from retrieval.errors import OnrecordError
    from retrieval.types import Question

    prepare()
    settings, lock = begin(), threading.Lock()
    with open_library(settings, None, make=True) as opened, ThreadPoolExecutor(WORKERS) as pool:
        _ = opened.writer

        def answer(row: Any) -> None:
            told: Mapping[str, Any]
            try:
                told = opened.ask(Question(row["question"]), user="1:2", tell=lambda _: None).as_json()
            except OnrecordError as error:
                told = {"error": str(error)}
            except Exception as error:  # noqa: BLE001 - told as the bot tells it, instead of never
                told = {"error": repr(error)}
            with lock:
                print_json({"id": row["id"], **told})

        for line in sys.stdin:
            pool.submit(answer, json.loads(line))


def soak(
    folder: Path,
    seconds: float,
    *,
    articles: int | None = None,
    shift: float = SHIFT,
    seed: int = 4711,
    tell: Callable[[str], None],
) -> Tally:
    """Soak a new library in `folder` for so long, or until so many new articles are stored.

    `shift` are the seconds until the bot is started anew; progress goes to `tell`.
    """
    return Soak(Onrecord(folder / "home"), seconds, articles, shift, seed).run(tell)


def show(tally: Tally, console: Console) -> None:
    written = Table(
        "ingests",
        "new articles",
        "changed",
        "copies",
        "forgotten",
        "bot restarts",
        "errors",
        box=None,
        pad_edge=False,
    )
    names = ("ingests", "new", "changed", "copies", "forgotten", "restarts")
    written.add_row(*(f"{tally.done[name]:,}" for name in names), f"{len(tally.errors):,}")
    console.print(written)
    columns = ("asked", "questions", "wrong", "late", "not right at first", "median s", "longest s")
    table = Table(*columns, box=None, pad_edge=False)
    for name, one in tally.asked.items():
        delays = sorted(one.delays)
        times = (f"{delays[len(delays) // 2]:.2f}", f"{delays[-1]:.2f}") if delays else ("", "")
        counts = (one.questions, len(one.wrong), len(one.late), one.again)
        table.add_row(name, *(f"{count:,}" for count in counts), *times)
    console.print(table)
    for sentence in _faults(tally):
        console.print(sentence, markup=False, highlight=False)
    console.print("Sound." if tally.sound else "Not sound.")


def _faults(tally: Tally) -> Iterator[str]:
    yield from tally.errors
    for one in tally.asked.values():
        yield from (one.wrong + one.late)[:20]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.processes.soak", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, default=10, help="so long is written (default: 10)")
    parser.add_argument("--articles", type=int, metavar="N", help="end sooner, with so many new articles")
    parser.add_argument("--seed", type=int, default=4711, help="chooses articles and questions (default: 4711)")
    parser.add_argument("--as-bot", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_bot:
        answer_as_bot()
        return 0
    progress = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        tally = soak(
            Path(folder),
            60 * options.minutes,
            articles=options.articles,
            seed=options.seed,
            tell=lambda sentence: progress.print(sentence, highlight=False),
        )
    show(tally, Console())
    return 0 if tally.sound else 1


if __name__ == "__main__":
    sys.exit(main())
