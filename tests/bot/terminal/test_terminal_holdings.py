"""onrecord articles and stats: what is stored shows, and what is forgotten is gone."""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from retrieval.record import Record
from tests.processes.command import Onrecord

pytestmark = pytest.mark.slow


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
