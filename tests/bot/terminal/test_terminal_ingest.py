"""onrecord ingest: what it reports, what it rejects, and that it stores what was given and nothing else."""

import json
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.processes.command import Done, Onrecord, lines

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[2] / "samples" / "articles"
TEXT = "“The ferry levy must double,” Harbourmaster Ilse Brandvold said on Monday. The council will vote in May."


def article(n: int = 1, **fields: object) -> dict[str, object]:
    return {"url": f"https://quay.example/{n}", "title": f"Levy {n}", "text": f"{TEXT} Item {n}.", **fields}


def counts(done: Done) -> tuple[int, int, int]:
    report = done.json
    return report["added"], report["updated"], report["unchanged"]


def test_the_report_has_its_keys_and_types(samples_ingested: tuple[Onrecord, Done]) -> None:
    report = samples_ingested[1].json
    assert list(report) == ["added", "updated", "unchanged", "rejected", "seconds"]
    assert (counts(samples_ingested[1]), report["rejected"]) == ((14, 0, 0), [])
    assert isinstance(report["seconds"], float)


def test_each_rejected_input_is_named_with_its_reason_and_the_rest_is_stored(
    onrecord: Onrecord, tmp_path: Path
) -> None:
    mixed = tmp_path / f"a rather long name for a file [of] articles {'and more ' * 10}.jsonl"
    mixed.write_text(
        lines([article()]) + "{broken\n" + lines([{"url": "https://quay.example/none"}, article(2)]) + "[]\n",
        encoding="utf-8",
    )
    word = tmp_path / "levy.docx"
    word.write_bytes(b"PK")
    sources = [mixed, word, tmp_path / "missing.txt", "https://quay.example/page"]
    wrong = [f"{mixed}:2", f"{mixed}:3", f"{mixed}:5", str(word), str(tmp_path / "missing.txt"), sources[3]]

    shown = onrecord.run("ingest", *sources, "--dry-run")
    assert shown.status == 1
    for source in wrong:
        assert any(str(source) in line for line in shown.out.splitlines()), source

    done = onrecord.run("ingest", *sources, "--json")
    assert (done.status, counts(done)) == (1, (2, 0, 0))
    assert [one["source"] for one in done.json["rejected"]] == wrong
    assert all(one["reason"] for one in done.json["rejected"])


def test_where_everything_is_rejected_the_status_is_1(onrecord: Onrecord) -> None:
    done = onrecord.run("ingest", "-", "--dry-run", "--json", stdin="{}\n")
    assert (done.status, [one["source"] for one in done.json["rejected"]]) == (1, ["stdin:1"])


def test_what_is_stored_costs_nothing_again_and_what_changed_replaces_the_old_whole(onrecord: Onrecord) -> None:
    old = article(1, text="“Zeppelins will return to Alder Quay,” Mayor Orla Finch said on Friday.")
    assert counts(onrecord.ok("ingest", "-", "--json", stdin=lines([old, article(2)]))) == (2, 0, 0)
    assert counts(onrecord.ok("ingest", "-", "--json", stdin=lines([old, article(2)]))) == (0, 0, 2)
    new = article(1, text="“Trams will return to Alder Quay,” Mayor Orla Finch said on Saturday.")
    assert counts(onrecord.ok("ingest", "-", "--json", stdin=lines([new, article(2)]))) == (0, 1, 1)
    answer = onrecord.ok("ask", "What did Orla Finch say about zeppelins?", "--json").out
    assert "eppelins will" not in answer
    assert "Trams will return" in answer
    assert onrecord.ok("articles", "show", "https://quay.example/1", "--json").json["text"] == new["text"]


def test_a_dry_run_stores_nothing_and_foretells_right(onrecord: Onrecord) -> None:
    given = lines([article(1), article(2), article(1), article(1, title="Another"), article(3)]) + "{}\n"
    foretold = onrecord.run("ingest", "-", "--dry-run", "--json", stdin=given)
    assert foretold.status == 1
    assert [path for path in onrecord.home.iterdir() if path.is_dir()] == []
    done = onrecord.run("ingest", "-", "--json", stdin=given)
    assert {**foretold.json, "seconds": 0} == {**done.json, "seconds": 0}
    assert counts(done) == (3, 1, 1)
    again = lines([article(1), article(2), article(3, text="Quite another text, of one sentence."), article(4)])
    foretold = onrecord.ok("ingest", "-", "--dry-run", "--json", stdin=again)
    listed = onrecord.ok("articles", "list", "--json").json
    assert counts(foretold) == (1, 2, 1)
    assert len(listed) == 3
    assert counts(onrecord.ok("ingest", "-", "--json", stdin=again)) == (1, 2, 1)


def test_a_dry_run_into_a_library_that_another_model_made_refuses_as_storing_does(own_samples: Onrecord) -> None:
    with closing(sqlite3.connect(own_samples.home / "default" / "library.sqlite3")) as db, db:
        db.execute("UPDATE articles SET maker = 'another model'")
    for options in ([], ["--dry-run"]):
        done = own_samples.run("ingest", "-", *options, stdin=lines([article()]))
        assert done.status == 2
        assert "reindex" in done.err


def test_json_lines_are_stored_unchanged_and_files_with_what_the_options_say(onrecord: Onrecord) -> None:
    url = "https://tamarack-sentinel.example/2024/02/07/border-bill-falls"
    said = {"title": "Border Bill Falls", "outlet": "Tamarack [b]Sentinel[/]", "author": "Corin Adebayo-Lund"}
    options = [word for name, value in said.items() for word in (f"--{name}", value)]
    file = SAMPLES / "border-bill-saved-page.txt"
    onrecord.ok("ingest", file, "--url", url, *options, "--published", "2024-02-07")
    odd = "  “Two  spaces,” and\ttabs,\r\nand an é: e\u0301 – stay.\n"
    page = (SAMPLES / "clock-changes-undated.html").read_text(encoding="utf-8")
    given: list[dict[str, object]] = [article(1, text=odd), {"url": "https://quay.example/2", "html": page}]
    onrecord.ok("ingest", "-", stdin=lines(given))
    stored: dict[str, Any] = {row["url"]: row for row in onrecord.ok("articles", "list", "--json").json}
    assert stored.keys() == {url, "https://quay.example/1", "https://quay.example/2"}
    assert {name: stored[url][name] for name in said} == said
    assert stored[url]["published"] == "2024-02-07"
    assert onrecord.ok("articles", "show", "https://quay.example/1", "--json").json["text"] == odd
    assert "[b]Sentinel[/]" in onrecord.ok("articles", "list").out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [SAMPLES, "--url", "https://quay.example/1"],
        [SAMPLES, "--published", "23.10.2024"],
        [SAMPLES, "--url", b"https://quay.example/\xff"],
        [SAMPLES, "--library", "../elsewhere"],
        [SAMPLES, "--colour", "red"],
    ],
    ids=["no source", "one url for many", "no date", "no characters", "no name", "no option"],
)
def test_wrong_use_is_status_2_with_a_sentence_and_stores_nothing(
    arguments: list[object], onrecord: Onrecord
) -> None:
    done = onrecord.run("ingest", *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.strip()
    assert not onrecord.home.exists() or not any(onrecord.home.iterdir())


def test_ctrl_c_keeps_what_is_stored_and_a_rerun_completes_it(onrecord: Onrecord, tmp_path: Path) -> None:
    # An address that comes twice ends a batch.
    given = tmp_path / "given.jsonl"
    rows = [article(n // 2, text=f"{TEXT} Copy {n}. {'The tide is high. ' * 20}") for n in range(80)]
    given.write_text(lines(rows), encoding="utf-8")
    record = onrecord.home / "default" / "library.sqlite3"
    with onrecord.start("ingest", given) as process:
        until = time.monotonic() + 60
        while _stored(record) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode().count("\n") == 1, err
    assert 3 <= _stored(record) < 40
    onrecord.ok("ingest", given)
    assert _stored(record) == 40


def _stored(record: Path) -> int:
    if not record.exists():
        return 0
    with closing(sqlite3.connect(f"file:{record}?mode=ro", uri=True, timeout=5)) as db:
        try:
            return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_nothing_but_json_is_on_standard_output(onrecord: Onrecord) -> None:
    done = onrecord.run("ingest", "-", "--json", stdin=lines([article()]) + "[\n", ONRECORD_LOG_LEVEL="DEBUG")
    assert len(done.out.splitlines()) == 1
    json.loads(done.out)
