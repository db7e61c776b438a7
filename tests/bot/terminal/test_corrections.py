"""onrecord corrections: what readers dispute is listed as it is and settled."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval.kept import Dispute
from retrieval.record import Record, version_of
from tests.processes.command import Onrecord, lines

pytestmark = pytest.mark.slow

URL = "https://quay.example/levy"
SAID = "“The levy must rise [bold]now[/bold],” Ada Quill said on Monday."
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVIL = "[red]No.[/red] \x1b[31m\x1b]0;mine\x07 \u202eHe\ndid not."


def disputed(onrecord: Onrecord, words: str, speaker: str | None = "Ada Quill", reason: str = "No.") -> Dispute:
    with closing(Record.open(f"sqlite:///{onrecord.home / 'default' / 'library.sqlite3'}")) as record:
        article = record.article(URL)
        assert article is not None
        start = article.text.index(words)
        place = URL, version_of(article), start, start + len(words), words
        made = record.dispute(*place, speaker, reason, "b" * 32, NOW)
    assert made is not None
    return made


@pytest.fixture
def library(onrecord: Onrecord) -> Onrecord:
    text = f"{SAID}\n\nThe board met in a full hall and Ben Stone said that the levy was too high."
    onrecord.ok(
        "ingest", "-", stdin=lines([{"url": URL, "text": text, "title": "Levy", "published": "2026-02-03"}])
    )
    return onrecord


def test_what_waits_is_listed_with_what_it_is_about(library: Onrecord) -> None:
    made = disputed(library, SAID)
    (row,) = library.ok("corrections", "list", "--json").json
    assert row == {
        "id": made.id,
        "speaker": "Ada Quill",
        "quote": SAID,
        "reason": "No.",
        "url": URL,
        "version": made.version,
        "start": 0,
        "end": len(SAID),
        "by": "b" * 32,
        "at": "2026-03-01T12:00:00+00:00",
        "state": "open",
    }
    shown = library.ok("corrections", "list").out
    assert all(part in shown for part in (str(made.id), "2026-03-01", "open", "Ada Quill", SAID, "No."))


def test_nothing_that_readers_write_steers_the_terminal(library: Onrecord) -> None:
    disputed(library, SAID, EVIL, EVIL)
    shown = library.ok("corrections", "list").out
    assert not set("\x1b\x07\u202e") & set(shown)
    assert "[red]No.[/red]" in shown
    assert len(shown.splitlines()) == 2


def test_what_is_settled_is_listed_only_when_asked_for(library: Onrecord) -> None:
    first, second = (disputed(library, words).id for words in (SAID, "The board met in a full hall"))
    told = library.ok("corrections", "uphold", first, "--json").json
    assert (told["id"], told["state"]) == (first, "upheld")
    assert [row["id"] for row in library.ok("corrections", "list", "--json").json] == [second]
    every = library.ok("corrections", "list", "--all", "--json").json
    assert [(row["id"], row["state"]) for row in every] == [(second, "open"), (first, "upheld")]


def test_what_is_disputed_is_answered_again_once_it_is_dismissed(library: Onrecord) -> None:
    question = "What did Ada Quill say about the levy?"
    assert "must rise" in library.ok("ask", question).out
    number = disputed(library, SAID).id
    for settling, answered in (((), False), (("uphold", number), False), (("dismiss", number), True)):
        if settling:
            assert library.ok("corrections", *settling).err.strip()
        assert ("must rise" in library.ok("ask", question, "--json").out) is answered


@pytest.mark.parametrize("arguments", [("uphold", "7"), ("dismiss", str(2**70)), ("uphold", "x"), ("uphold",)])
def test_settling_what_is_not_there_is_status_2_with_a_sentence(
    arguments: tuple[str, ...], library: Onrecord
) -> None:
    done = library.run("corrections", *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.strip()


def test_a_library_that_is_not_there_is_not_made(onrecord: Onrecord) -> None:
    for arguments in (("list",), ("uphold", "1")):
        assert onrecord.run("corrections", *arguments, "--library", "another").status == 2
    assert not (Path(onrecord.home) / "another").exists()
