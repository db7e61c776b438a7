"""Who said what, as `onrecord statements` and `articles show` tell it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.processes.command import Onrecord, lines

pytestmark = pytest.mark.slow

LEVY = "“We must double the levy,” Mayor Orla Finch said on Tuesday. “The channel silts up.”"
DEPOT = "''The depot leaks,'' said Theo Brandt. Brandt declined to say whether it would be closed."
TOLD = "Deputy Mayor Carl Iverson said that Theo Brandt had told him the depot was safe."
OPINION = "I believe that the harbor should belong to the town."
ROWS: list[dict[str, str]] = [
    {"id": "depot", "text": DEPOT},
    {"url": "https://quay.example/levy", "text": LEVY, "title": "Levy to double", "published": "2024-05-09"},
    {"url": "https://quay.example/told", "text": TOLD},
    {"url": "https://quay.example/opinion", "text": OPINION, "author": "Marguerite Dole"},
    {"id": "silent", "text": "The harbor was closed on Sunday."},
]
TEXTS = {row.get("url") or row["id"]: row["text"] for row in ROWS}
PLACES = {"start", "end", "spans", "source_start", "source_end"}
NAMES = PLACES | {"speaker", "kind", "report", "second_hand", "via", "said_on", "reports"}


def write(path: Path, *rows: dict[str, str] | str) -> Path:
    path.write_text("".join(row if isinstance(row, str) else lines([row]) for row in rows), encoding="utf-8")
    return path


def words(text: str, statement: dict[str, Any]) -> list[str]:
    return [text[start:end] for start, end in statement["spans"]]


def source(text: str, statement: dict[str, Any]) -> str:
    return text[statement["source_start"] : statement["source_end"]]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("statements")
    return Onrecord(folder / "home").ok("statements", write(folder / "articles.jsonl", *ROWS)).rows


def statements(printed: list[Any], id_: str) -> list[dict[str, Any]]:
    return next(row["statements"] for row in printed if row["id"] == id_)


def test_every_article_has_its_line_in_order(printed: list[Any]) -> None:
    assert [row["id"] for row in printed] == list(TEXTS)
    assert all(row.keys() == {"id", "statements"} for row in printed)
    assert statements(printed, "silent") == []


def test_a_statement_has_what_the_contract_names(printed: list[Any]) -> None:
    found = [(row["id"], one) for row in printed for one in row["statements"]]
    assert len(found) >= 5
    for id_, one in found:
        assert one.keys() >= NAMES
        assert (one["start"], one["end"]) == (one["spans"][0][0], one["spans"][-1][1])
        assert one["kind"] in ("direct", "mixed", "indirect")
        assert all(part.strip() for part in words(TEXTS[id_], one))
        assert isinstance(one["speaker"], str | None)


def test_spans_are_of_the_text_as_it_was_given(printed: list[Any]) -> None:
    (levy,) = statements(printed, "https://quay.example/levy")
    assert words(LEVY, levy) == ["“We must double the levy,”", "“The channel silts up.”"]
    assert source(LEVY, levy) == "Mayor Orla Finch"
    assert (levy["speaker"], levy["kind"], levy["said_on"]) == ("Orla Finch", "direct", "2024-05-07")


def test_doubled_marks_are_marks_and_a_refusal_is_no_statement_made(printed: list[Any]) -> None:
    leaks, closing = statements(printed, "depot")
    assert words(DEPOT, leaks)[0].strip("'") == "The depot leaks,"
    assert (leaks["speaker"], leaks["kind"], leaks["report"]) == ("Theo Brandt", "direct", "said")
    assert closing["report"] == "not_said"


def test_what_a_speaker_reports_of_another_stands_within_his_statement(printed: list[Any]) -> None:
    (outer,) = statements(printed, "https://quay.example/told")
    (inner,) = outer["reports"]
    assert (outer["speaker"], outer["second_hand"]) == ("Carl Iverson", False)
    assert (inner["speaker"], inner["second_hand"], inner["via"]) == ("Theo Brandt", True, "Carl Iverson")
    assert words(TOLD, inner) == ["the depot was safe"]


def test_the_author_speaks_for_himself(printed: list[Any]) -> None:
    (opinion,) = statements(printed, "https://quay.example/opinion")
    assert (source(OPINION, opinion), opinion["speaker"]) == ("I", "Marguerite Dole")


def test_a_bad_line_is_named_and_the_others_are_read(onrecord: Onrecord, tmp_path: Path) -> None:
    bad = ["no JSON\n", '{"id": "empty", "text": ""}\n', '{"text": "no id"}\n', "[]\n"]
    path = write(tmp_path / "articles.jsonl", ROWS[0], "\n", *bad, ROWS[1])
    done = onrecord.run("statements", path)
    assert done.status == 1
    assert [row["id"] for row in done.rows] == ["depot", "https://quay.example/levy"]
    named = done.err.splitlines()
    assert [f"{path}:{n}" in line for n, line in zip(range(3, 7), named, strict=True)] == [True] * 4


def test_a_file_that_is_not_there_is_named(onrecord: Onrecord) -> None:
    done = onrecord.run("statements", "missing.jsonl")
    assert (done.status in (1, 2), done.out) == (True, "")
    assert "missing.jsonl" in done.err


def test_nothing_is_stored(onrecord: Onrecord, tmp_path: Path) -> None:
    done = onrecord.ok("statements", write(tmp_path / "articles.jsonl", ROWS[0]))
    assert done.err == ""
    assert [path for path in onrecord.home.rglob("*") if path.is_file()] == []


def test_broken_texts_cost_neither_a_crash_nor_a_line(onrecord: Onrecord, tmp_path: Path) -> None:
    texts = [
        "“The gate is open, said Iverson. “And it stays open.",
        "\" '' “ \" said said said “”",
        "THE MAYOR SAID THE LEVY MUST DOUBLE AND NOBODY ANSWERED",
        "„Der Hafen bleibt offen“, sagte die Ministerin. 港は開いている。",
        "he said she said " * 600,
        "\n\n\t \u200b.\r\n",
    ]
    path = write(tmp_path / "articles.jsonl", *({"id": str(n), "text": text} for n, text in enumerate(texts)))
    rows = onrecord.ok("statements", path).rows
    assert [row["id"] for row in rows] == [str(n) for n in range(len(texts))]
    for text, row in zip(texts, rows, strict=True):
        assert all(0 <= start < end <= len(text) for one in row["statements"] for start, end in one["spans"])


def test_a_stored_article_shows_the_same_statements(
    onrecord: Onrecord, tmp_path: Path, printed: list[Any]
) -> None:
    onrecord.ok("ingest", write(tmp_path / "articles.jsonl", *ROWS))
    for row in printed:
        shown = onrecord.ok("articles", "show", row["id"], "--json").json
        assert shown["statements"] == row["statements"]
        assert shown["text"] == TEXTS[row["id"]]


def test_each_statement_is_coloured_and_followed_by_its_speaker(onrecord: Onrecord, tmp_path: Path) -> None:
    onrecord.ok("ingest", write(tmp_path / "articles.jsonl", *ROWS))
    plain = onrecord.ok("articles", "show", "https://quay.example/levy").out
    assert (
        "“We must double the levy,” Mayor Orla Finch said on Tuesday. “The channel silts up.” [Orla Finch]"
        in plain
    )
    assert "[Theo Brandt; not said]" in onrecord.ok("articles", "show", "depot").out
    assert "[Carl Iverson]" in onrecord.ok("articles", "show", "https://quay.example/told").out
    coloured = onrecord.ok("articles", "show", "https://quay.example/levy", FORCE_COLOR="1", COLUMNS="200").out
    before, _, after = coloured.partition("“The channel silts up.”")
    assert before.endswith("m")
    assert after.startswith("\x1b[0m")


def test_no_article_can_steer_the_terminal_through_its_statements(onrecord: Onrecord, tmp_path: Path) -> None:
    steering = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e"
    text = (
        f"“We must double {steering} the [red]levy[/red],” Mayor Orla Finch{steering} said. "
        f"Theo [bold]Brandt{steering} said that {steering}“it [/nothing] leaks.”"
    )
    onrecord.ok("ingest", write(tmp_path / "articles.jsonl", {"id": "steer", "text": text}))
    shown = onrecord.ok("articles", "show", "steer", FORCE_COLOR="1", COLUMNS="400").out
    assert not {"\x07", "\x9b", "\u202e"} & set(shown)
    assert "\x1b[2J" not in shown
    assert "\x1b]0" not in shown
    assert "[red]levy[/red]" in shown
    assert "[/nothing]" in shown
    raw = onrecord.ok("articles", "show", "steer", "--json")
    assert json.loads(raw.out)["text"] == text
    assert not {"\x07", "\x1b"} & set(raw.out)


def test_own_offices_are_read_and_bring_statements_up_to_date(onrecord: Onrecord, tmp_path: Path) -> None:
    article = tmp_path / "a.jsonl"
    text = "The harbor was closed. Brandvold said that it would open."
    article.write_text(json.dumps({"url": "https://x.example/a", "text": text, "published": "2024-05-02"}) + "\n")

    onrecord.ok("ingest", article)
    own = "name,role,place,party,since,until\nIlse Brandvold,harbor master,,,2024-01-01,\n"
    (onrecord.home / "offices.csv").write_text(own)
    doctor = onrecord.run("doctor")
    assert doctor.status == 1
    assert "reindex --statements" in doctor.out
    onrecord.ok("reindex", "--statements")
    assert "own offices" in onrecord.ok("doctor").out


def test_a_broken_table_of_own_offices_is_named_with_its_line(onrecord: Onrecord, tmp_path: Path) -> None:
    onrecord.home.mkdir(parents=True, exist_ok=True)
    (onrecord.home / "offices.csv").write_text("Ilse Brandvold,chancellor\n")
    article = tmp_path / "a.jsonl"
    article.write_text(json.dumps({"url": "https://x.example/a", "text": "It rained."}) + "\n")
    done = onrecord.run("ingest", article)
    assert done.status == 2
    assert "line 1" in done.err
