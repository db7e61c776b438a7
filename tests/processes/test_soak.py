"""One library, written, asked and forgotten from by many processes at once: see `tests.processes.soak`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.processes.soak import Ledger, Piece, Press, Saying, State, lacking, soak, stray

OLD, NEW = Saying("Orla Quist", "harbor", 4711), Saying("Orla Quist", "harbor", 4712)
HERE, COPY = "https://quay.example/1", "https://bay.example/1"


def shown(saying: Saying, *urls: str, passages: tuple[str, ...] = ()) -> dict[str, Any]:
    """An answer that cites the first url, with the others as copies."""
    also = [{"url": url} for url in urls[1:]]
    cited = [{"url": url, "quote": f"The {saying.words}.", "also_in": also} for url in urls[:1]]
    found = [{"url": url, "text": f"The {saying.words}."} for url in passages]
    return {"answer": {"claims": [{"citations": cited}] if cited else []}, "passages": found}


def held(*urls: str, heard_otherwise: bool = False) -> State:
    return State(frozenset(urls), 0.0, busy=False, heard_otherwise=heard_otherwise)


def faulty(answer: dict[str, Any], state: State, *gone: str) -> bool:
    return bool(stray(answer, OLD, state, set(gone)) or lacking(answer, OLD, state))


def test_an_answer_must_show_every_article_that_has_the_statement_and_no_other() -> None:
    assert not faulty(shown(OLD, HERE), held(HERE))
    assert not faulty(shown(OLD, HERE, COPY), held(HERE, COPY))
    assert faulty(shown(OLD), held(HERE))
    assert faulty(shown(OLD, HERE), held(HERE, COPY))
    assert faulty(shown(OLD, HERE, COPY), held(HERE))
    assert faulty(shown(OLD, HERE, passages=(COPY,)), held(HERE))


def test_old_words_and_forgotten_articles_are_faults_wherever_they_show() -> None:
    assert faulty(shown(OLD, HERE), held(heard_otherwise=True))
    assert not faulty(shown(NEW, HERE), held(heard_otherwise=True))
    assert faulty(shown(NEW, HERE), held())
    assert not faulty(shown(OLD), held())
    assert faulty(shown(NEW, passages=(COPY,)), held(), COPY)


def test_a_statement_is_not_judged_while_a_process_changes_it() -> None:
    ledger = Ledger()
    piece = Piece(HERE, "One", "Lead.", OLD, ("Rest.",))
    first = ledger.begin({HERE: piece})
    assert ledger.state(OLD).busy
    ledger.end({HERE: piece}, first)
    assert ledger.state(OLD).holders == {HERE}
    changes = {HERE: replace(piece, saying=NEW), COPY: replace(piece, url=COPY)}
    second = ledger.begin(changes)
    assert ledger.state(OLD).busy
    assert ledger.state(NEW).busy
    ledger.end(changes, second)
    assert ledger.state(OLD).holders == {COPY}
    assert ledger.state(NEW).holders == {HERE}
    assert not ledger.state(OLD).busy


def test_every_statement_is_made_by_one_writer_and_in_one_text() -> None:
    ledger = Ledger()
    presses = [Press(number, ledger, 1) for number in range(2)]
    told: dict[Saying, set[str]] = {}
    for _ in range(10):
        for press in presses:
            changes = press.batch()
            ledger.end(changes, ledger.begin(changes))
            for piece in changes.values():
                told.setdefault(piece.saying, set()).add(piece.lead)
    assert len(told) > 80
    assert all(len(leads) == 1 for leads in told.values())
    assert len({saying.number for saying in told}) == len(told)


@pytest.mark.slow
def test_no_answer_is_wrong_or_late_while_processes_write(tmp_path: Path) -> None:
    tally = soak(tmp_path, 28, shift=12, tell=lambda _: None)
    assert tally.errors == []
    assert [one.wrong for one in tally.asked.values()] == [[], [], []]
    late = sum(len(one.late) for one in tally.asked.values())
    assert late <= 3  # a machine that is busy with other things may be late now and then
    assert tally.sound or late
    least = {"ingests": 3, "new": 12, "changed": 2, "copies": 3, "forgotten": 1, "restarts": 1}
    assert all(tally.done[name] >= number for name, number in least.items()), tally.done
    assert all(one.questions >= 15 for one in tally.asked.values()), tally.asked
