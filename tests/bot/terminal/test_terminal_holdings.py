"""onrecord articles and stats: what is stored shows, and what is forgotten is gone."""

import re
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from retrieval.record import Record
from tests.processes.command import Onrecord, lines

pytestmark = pytest.mark.slow

ORIGINAL, COPY, LEDGER = (f"https://{name}.example/levy" for name in ("quay", "harbor", "ledger"))
BODY = (
    "The council of Port Ellery voted on Tuesday to double the harbor levy before the winter.\n\n"
    "“We will not wait another year for the sea wall,” Mayor Dana Fields told the council. “The water will not "
    "wait for us either, and nobody in this hall believes that it will.”\n\n"
    "Councilman Theo Marsh said that the levy would drive the small boats away and that he would vote against it "
    "again in the spring. Fishermen who came to the meeting were divided.\n\n"
)
# Words that stand in one article, or in one version of it, and nowhere else.
FIRST, SECOND, TITLE = "wumbledore", "quizzlepot", "Brackenfold"
OUTLETS = ("Quay Courier", "Harbor Herald", "Ellery Ledger")
CORRECTION = "Correction: An earlier version of this article gave the wrong year for the levy."


def written(url: str, more: str, outlet: str, title: str = "Council doubles the harbor levy") -> str:
    rows = {"url": url, "title": title, "outlet": outlet, "published": "2024-03-05", "text": BODY + more}
    return lines([rows])


@pytest.fixture(scope="session")
def told_by_three(tmp_path_factory: pytest.TempPathFactory) -> Onrecord:
    """One text in three papers, which the first told otherwise before: only to be read."""
    onrecord = Onrecord(tmp_path_factory.mktemp("copies") / "home")
    title = f"Council doubles the {TITLE} levy"
    given = [
        written(ORIGINAL, f"A {FIRST} was seen at the docks.", "Quay Courier", title),
        written(ORIGINAL, f"A {SECOND} was seen at the docks.\n\n{CORRECTION}", "Quay Courier", title),
        written(COPY, "", "Harbor Herald"),
        written(LEDGER, "", "Ellery Ledger"),
    ]
    onrecord.ok("ingest", "-", stdin="".join(given))
    return onrecord


def holding(folder: Path, word: str) -> list[str]:
    """The files under a folder that hold a word, whatever its case."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if word.lower().encode() in path.read_bytes().lower()]


def test_articles_are_listed_with_what_is_known_of_them(samples: Onrecord, listed: list[dict[str, Any]]) -> None:
    assert len(listed) == 14
    for row in listed:
        assert {"url", "title", "outlet", "author", "published"} <= row.keys()
        assert "text" not in row
        assert all(isinstance(value, str | int | None) for value in row.values())
    dated = [row["published"] for row in listed if row["published"]]
    assert dated == sorted(dated, reverse=True)
    shown = samples.ok("articles", "list").out
    assert all(row["title"] in shown for row in listed)


def test_an_article_is_shown_with_its_whole_text(samples: Onrecord, listed: list[dict[str, Any]]) -> None:
    row = listed[0]
    article = samples.ok("articles", "show", row["url"], "--json").json
    assert {name: article[name] for name in ("url", "title", "outlet", "author", "published")} == {
        name: row[name] for name in ("url", "title", "outlet", "author", "published")
    }
    assert len(article["text"]) == row["characters"]
    shown = samples.ok("articles", "show", row["url"]).out
    # Behind each statement stands who said it.
    speakers = {s["speaker"] for s in article["statements"]} - {None}
    assert speakers
    assert all(f"[{speaker}]" in shown for speaker in speakers)
    assert article["text"] in re.sub(r" \[[^\]\n]*\]", "", shown)
    assert row["title"] in shown


def test_a_copy_says_in_the_list_what_it_is_a_copy_of(told_by_three: Onrecord) -> None:
    rows = told_by_three.ok("articles", "list", "--json").json
    assert {row["url"]: row["copy_of"] for row in rows} == {ORIGINAL: None, COPY: ORIGINAL, LEDGER: ORIGINAL}
    assert all({"fetched_at", "characters", "published"} <= row.keys() for row in rows)
    mark = f"copy of Council doubles the {TITLE} levy"
    shown = told_by_three.ok("articles", "list").out.splitlines()
    marked = {outlet: mark in line for line in shown for outlet in OUTLETS if outlet in line}
    assert marked == {"Quay Courier": False, "Harbor Herald": True, "Ellery Ledger": True}


def test_all_statements_of_a_copy_are_shown(told_by_three: Onrecord) -> None:
    first, copy = (told_by_three.ok("articles", "show", url, "--json").json for url in (ORIGINAL, COPY))
    assert (first["copy_of"], copy["copy_of"]) == (None, ORIGINAL)
    speakers = {one["speaker"] for one in copy["statements"]}
    assert speakers == {one["speaker"] for one in first["statements"]} >= {"Dana Fields", "Theo Marsh"}
    shown = told_by_three.ok("articles", "show", COPY).out
    assert "[Dana Fields]" in shown
    assert re.search(rf"copy of +{re.escape(ORIGINAL)}$", shown, re.MULTILINE)
    assert "copy of" not in told_by_three.ok("articles", "show", ORIGINAL).out


def test_an_earlier_version_is_told_of_and_shown_when_asked_for(told_by_three: Onrecord) -> None:
    now = told_by_three.ok("articles", "show", ORIGINAL, "--json").json
    earlier, latest = now["versions"]
    assert latest["version"] == now["version"] != earlier["version"]
    assert SECOND in now["text"]
    assert now["remark"] == {"kind": "correction", "text": CORRECTION}
    shown = told_by_three.ok("articles", "show", ORIGINAL).out
    assert earlier["version"] in shown
    assert latest["version"] not in shown
    before = told_by_three.ok("articles", "show", ORIGINAL, "--version", earlier["version"], "--json").json
    assert FIRST in before["text"]
    assert SECOND not in before["text"]
    assert before["remark"] is None
    assert {one["speaker"] for one in before["statements"]} >= {"Dana Fields", "Theo Marsh"}
    assert FIRST in told_by_three.ok("articles", "show", ORIGINAL, "--version", earlier["version"]).out


def test_an_article_that_never_changed_has_no_earlier_version(told_by_three: Onrecord) -> None:
    assert len(told_by_three.ok("articles", "show", COPY, "--json").json["versions"]) == 1
    assert "--version" not in told_by_three.ok("articles", "show", COPY).out


def test_an_unknown_version_is_status_2_and_names_the_known_ones(told_by_three: Onrecord) -> None:
    known = [one["version"] for one in told_by_three.ok("articles", "show", ORIGINAL, "--json").json["versions"]]
    done = told_by_three.run("articles", "show", ORIGINAL, "--version", "0123")
    assert (done.status, done.out) == (2, "")
    assert "0123" in done.err
    assert all(one in done.err for one in known)


def test_no_file_holds_a_word_of_what_is_forgotten_and_its_copy_answers(
    told_by_three: Onrecord, tmp_path: Path
) -> None:
    shutil.copytree(told_by_three.home, tmp_path / "home", copy_function=shutil.copy2)
    onrecord = Onrecord(tmp_path / "home")
    assert all(holding(onrecord.home, word) for word in (FIRST, SECOND, TITLE))
    forgot = onrecord.ok("articles", "forget", ORIGINAL, "--json")
    assert forgot.err == ""  # the index was made again, and says nothing of it
    done = forgot.json
    (original,) = done.pop("originals")
    assert original in (COPY, LEDGER)
    assert done.pop("passages") >= 1
    assert done.pop("statements") >= 3
    assert done == {"url": ORIGINAL, "forgotten": True, "versions": 2}
    assert {word: holding(onrecord.home, word) for word in (FIRST, SECOND, TITLE)} == {
        word: [] for word in (FIRST, SECOND, TITLE)
    }
    listed = onrecord.ok("articles", "list", "--json").json
    assert {row["url"]: row["copy_of"] for row in listed} == {
        url: None if url == original else original for url in (COPY, LEDGER)
    }
    answer = onrecord.ok("ask", "What did Dana Fields say about the sea wall?", "--json").json
    (citation,) = answer["answer"]["claims"][0]["citations"]
    assert citation["url"] == original
    assert {also["url"] for also in citation["also_in"]} == {COPY, LEDGER} - {original}
    told = onrecord.ok("articles", "forget", original)
    assert told.out == ""
    assert {COPY, LEDGER} <= set(told.err.replace(",", "").split())
    assert onrecord.ok("stats", "--json").json["articles"] == 1


def test_forgetting_a_copy_leaves_its_original_alone(told_by_three: Onrecord, tmp_path: Path) -> None:
    shutil.copytree(told_by_three.home, tmp_path / "home", copy_function=shutil.copy2)
    onrecord = Onrecord(tmp_path / "home")
    done = onrecord.ok("articles", "forget", COPY, "--json").json
    assert (done["originals"], done["passages"], done["statements"]) == ([], 0, 0)
    listed = onrecord.ok("articles", "list", "--json").json
    assert {row["url"]: row["copy_of"] for row in listed} == {ORIGINAL: None, LEDGER: ORIGINAL}


@pytest.mark.parametrize("command", ["show", "forget"])
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["", "json"])
def test_an_unknown_address_is_status_2_with_a_sentence(
    command: str, options: list[str], samples: Onrecord
) -> None:
    done = samples.run("articles", command, "https://nowhere.example/", *options)
    assert (done.status, done.out) == (2, "")
    assert "https://nowhere.example/" in done.err


def test_what_is_forgotten_cannot_be_found(own_samples: Onrecord) -> None:
    question = "What did McCarthy say about the debt limit deal?"
    before = own_samples.ok("ask", question, "--json").json
    url = before["passages"][0]["url"]
    done = own_samples.ok("articles", "forget", url, "--json")
    assert done.json["url"] == url
    after = own_samples.ok("ask", question, "--json").json
    assert url not in {passage["url"] for passage in after["passages"]}
    assert url not in {c["url"] for claim in after["answer"]["claims"] for c in claim["citations"]}
    assert own_samples.run("articles", "show", url).status == 2


def test_forgetting_for_people_leaves_standard_output_empty(
    own_samples: Onrecord, listed: list[dict[str, Any]]
) -> None:
    url = listed[0]["url"]
    done = own_samples.ok("articles", "forget", url)
    assert (done.out, url in done.err) == ("", True)


def test_stats_count_what_is_there(samples: Onrecord, listed: list[dict[str, Any]]) -> None:
    found = samples.ok("stats", "--json").json
    dated = sorted(row["published"] for row in listed if row["published"])
    assert found["articles"] == len(listed)
    assert found["outlets"] == len({row["outlet"] for row in listed if row["outlet"]})
    assert (found["first"], found["last"]) == (dated[0], dated[-1])
    assert found["passages"] > found["articles"]
    assert str(found["passages"]) in samples.ok("stats").out


def test_stats_without_a_language_model_tell_of_no_use(samples: Onrecord) -> None:
    assert samples.ok("stats", "--json").json["model_use"] == {"today": [], "all": []}
    assert "tokens" not in samples.ok("stats").out


def test_stats_tell_what_was_used_of_language_models_today_and_in_all(own_samples: Onrecord) -> None:
    now = datetime.now(UTC)
    soon = now + timedelta(hours=1)  # is not yesterday, should midnight come before stats are asked for
    with closing(Record.open(f"sqlite:///{own_samples.home / 'default' / 'library.sqlite3'}")) as record:
        uses = [("dear", soon, 0.0125), ("dear", now - timedelta(days=2), 0.5), ("free", soon, None)]
        for model, at, cost in uses:
            reservation = record.reserve("7", model, 10, of_user=0, of_day=0, now=at)
            assert reservation is not None
            record.settle(reservation, prompt="answer@1", input_tokens=1200, output_tokens=80, cost=cost)
    found = own_samples.ok("stats", "--json").json
    assert found["articles"] == 14
    one = {"answers": 1, "input_tokens": 1200, "output_tokens": 80, "unpriced": 0, "reserved": 0}
    free = one | {"model": "free", "cost": None, "unpriced": 1}
    both = {"answers": 2, "input_tokens": 2400, "output_tokens": 160, "cost": 0.5125}
    assert found["model_use"] == {
        "today": [one | {"model": "dear", "cost": 0.0125}, free],
        "all": [one | both | {"model": "dear"}, free],
    }
    shown = [re.split(r"  +", line.strip()) for line in own_samples.ok("stats").out.splitlines()]
    assert shown[-5:] == [
        ["model use", "model", "answers", "tokens in", "tokens out", "cost"],
        ["today", "dear", "1", "1,200", "80", "$0.0125"],
        ["today", "free", "1", "1,200", "80", "price not known"],
        ["in all", "dear", "2", "2,400", "160", "$0.5125"],
        ["in all", "free", "1", "1,200", "80", "price not known"],
    ]


def test_stats_set_apart_what_is_reserved_and_what_has_no_price(own_samples: Onrecord) -> None:
    with closing(Record.open(f"sqlite:///{own_samples.home / 'default' / 'library.sqlite3'}")) as record:
        for cost in (0.25, None, ...):
            i = record.reserve("7", "m", 900, of_user=0, of_day=0, now=datetime.now(UTC) - timedelta(days=2))
            assert i is not None
            if cost is not ...:
                record.settle(i, prompt="answer@1", input_tokens=5, output_tokens=1, cost=cost)
    found = own_samples.ok("stats", "--json").json["model_use"]
    assert found["today"] == []
    assert [(one["answers"], one["cost"], one["unpriced"], one["reserved"]) for one in found["all"]] == [
        (2, 0.25, 1, 900)
    ]
    (line,) = [line for line in own_samples.ok("stats").out.splitlines() if line.startswith("in all")]
    assert re.split(r"  +", line.strip())[1:] == ["m", "2", "10", "2", "$0.2500, price of 1 not known", "900"]


@pytest.mark.parametrize("command", [["articles", "list"], ["stats"], ["reindex"], ["chat"]], ids=str)
def test_a_library_that_is_asked_for_by_name_must_be_there(command: list[str], onrecord: Onrecord) -> None:
    done = onrecord.run(*command, "--library", "missing")
    assert (done.status, done.out) == (2, "")
    assert "missing" in done.err
    assert not (onrecord.home / "missing").exists()


def test_libraries_are_apart(own_samples: Onrecord) -> None:
    given = '{"url": "https://quay.example/1", "text": "The quay is closed, the harbourmaster said."}\n'
    own_samples.ok("ingest", "-", "--library", "other", stdin=given)
    assert own_samples.ok("stats", "--json", ONRECORD_LIBRARY="other").json["articles"] == 1
    assert own_samples.ok("stats", "--json").json["articles"] == 14
