"""onrecord ask: the shape of an answer, questions by the file, and wrong use."""

import json
from pathlib import Path
from types import NoneType
from typing import Any

import pytest

from retrieval.record import Record
from tests.processes.command import Onrecord, hear, lines, say

pytestmark = pytest.mark.slow

QUESTION = "What did Turner propose?"
QUESTIONS = [
    QUESTION,
    "What did Biden say about the debt limit?",
    "What did Tim Scott say about water rates?",
    "Who is against banning TikTok?",
    "What did Angela Merkel say about beekeeping?",
    "?",
]
BAD = [b"{broken", b"[]", b'{"question": "no id"}', b'{"id": 7, "question": "  "}', b'{"id": 8, "question": 9}']
BAD += [b'{"id": 9, "question": "\\ud800"}', b"\xff", b"[" * 100_000]

TEXT, MAYBE, NUMBER = str, (str, NoneType), (int, float)
ANSWER: dict[str, Any] = {
    "question": TEXT, "outcome": TEXT, "message": TEXT, "answer": dict, "passages": list, "model": MAYBE,
    "seconds": NUMBER,
}  # fmt: skip
CLAIM: dict[str, Any] = {"text": TEXT, "speaker": MAYBE, "said_on": MAYBE, "second_hand": bool, "citations": list}
CITATION: dict[str, Any] = {
    "n": int, "url": TEXT, "title": MAYBE, "outlet": MAYBE, "author": MAYBE, "published": MAYBE, "quote": TEXT,
    "start": int, "end": int, "link": TEXT, "version": TEXT, "remark": (dict, NoneType), "also_in": list,
}  # fmt: skip
PASSAGE: dict[str, Any] = {"url": TEXT, "text": TEXT, "start": int, "end": int, "score": NUMBER}
OUTCOMES = {"answered", "no_evidence", "wrong_speaker", "ambiguous_speaker"}


def fits(value: dict[str, Any], shape: dict[str, Any]) -> bool:
    return list(value) == list(shape) and all(isinstance(value[name], kind) for name, kind in shape.items())


def check(answer: dict[str, Any], texts: dict[str, str]) -> None:
    """Everything that is promised about an answer as JSON, over a library of more than ten passages."""
    instead = answer.pop("instead", [])
    assert fits(answer, ANSWER)
    assert answer["outcome"] in OUTCOMES
    assert bool(instead) is (answer["outcome"] == "wrong_speaker")
    assert answer["message"]
    assert list(answer["answer"]) == ["abstained", "claims"]
    claims = answer["answer"]["claims"]
    assert answer["answer"]["abstained"] is (answer["outcome"] != "answered")
    assert bool(claims) is (answer["outcome"] == "answered")
    claims = claims or instead
    citations = [citation for claim in claims for citation in claim["citations"]]
    assert all(fits(claim, CLAIM) and claim["citations"] for claim in claims)
    for n, citation in enumerate(citations, start=1):
        assert fits(citation, CITATION)
        assert citation["n"] == n
        assert citation["quote"]
        assert texts[citation["url"]][citation["start"] : citation["end"]] == citation["quote"]
    for passage in answer["passages"]:
        assert fits(passage, PASSAGE)
        assert texts[passage["url"]][passage["start"] : passage["end"]] == passage["text"]
    scores = [passage["score"] for passage in answer["passages"]]
    assert len(scores) >= 10
    assert scores == sorted(scores, reverse=True)


@pytest.fixture(scope="module")
def texts(samples: Onrecord) -> dict[str, str]:
    record = Record.open(f"sqlite:///{samples.home / 'default' / 'library.sqlite3'}")
    found = {article.url: article.text for article in record.articles()}
    record.close()
    return found


@pytest.fixture(scope="module")
def answer(samples: Onrecord) -> dict[str, Any]:
    found: dict[str, Any] = samples.ok("ask", QUESTION, "--json").json
    return found


def test_an_answer_has_its_shape_and_quotes_what_show_shows(
    samples: Onrecord, answer: dict[str, Any], texts: dict[str, str]
) -> None:
    check(answer, texts)
    assert (answer["question"], answer["outcome"], answer["model"]) == (QUESTION, "answered", None)
    citation = answer["answer"]["claims"][0]["citations"][0]
    shown = samples.ok("articles", "show", citation["url"], "--json").json
    assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_each_line_of_a_batch_is_answered_and_each_bad_one_is_named(
    samples: Onrecord, texts: dict[str, str], tmp_path: Path
) -> None:
    asked = [{"id": n, "question": question} for n, question in enumerate(QUESTIONS)]
    asked[1]["id"] = {"any": ["JSON", "\ud800", None]}
    batch = tmp_path / "questions.jsonl"
    good = lines(asked).encode().splitlines()
    batch.write_bytes(b"\n\n".join([good[0], *BAD, *good[1:]]))
    done = samples.run("ask", "--batch", batch)
    assert done.status == 1
    answers = done.rows
    assert [{"id": row["id"], "question": row["question"]} for row in answers] == asked
    for answer in answers:
        assert next(iter(answer)) == "id"
        del answer["id"]
        check(answer, texts)
    assert {row["outcome"] for row in answers} >= {"answered", "no_evidence"}
    named = done.err.splitlines()
    assert len(named) == len(BAD)
    for n, line in enumerate(named):
        assert str(3 + 2 * n) in line.split()


def test_a_batch_on_standard_input_is_answered_line_by_line(samples: Onrecord) -> None:
    with samples.start("ask", "--batch", "-") as process:
        for n, question in enumerate(QUESTIONS[:3]):
            say(process, {"id": n, "question": question})
            assert hear(process)["id"] == n
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_only_articles_of_the_given_days_are_used(samples: Onrecord, listed: list[dict[str, Any]]) -> None:
    since, until = "2023-05-01", "2023-10-31"
    published = {row["url"]: row["published"] for row in listed}
    answer = samples.ok("ask", QUESTION, "--since", since, "--until", until, "--json").json
    assert answer["passages"]
    assert all(since <= published[passage["url"]] <= until for passage in answer["passages"])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        [" \n"],
        [QUESTION, "--batch", "-"],
        ["--batch", "missing.jsonl"],
        [QUESTION, "--since", "yesterday"],
        [QUESTION, "--until", "2024-02-30"],
        [QUESTION, "--as-of", "20241023"],
        [QUESTION, "--since", "2024-05-02", "--until", "2024-05-01"],
        [QUESTION, "--library", "No Name"],
        [QUESTION, "--library", "missing"],
        [QUESTION, "--colour"],
        [b"What did \xff propose?"],
        [QUESTION, "--person", b"\xff"],
    ],
    ids=str,
)
def test_wrong_use_is_status_2_with_a_sentence(arguments: list[object], onrecord: Onrecord) -> None:
    done = onrecord.run("ask", *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.strip()


def test_words_from_an_article_cannot_steer_a_terminal(onrecord: Onrecord) -> None:
    steering, title = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e", "[red]Levy[/red] [/nothing]"
    text = f"“The ferry {steering} levy must double before the winter storms,” Mayor Orla Finch said on Monday."
    url = "https://quay.example/1"
    given = {"url": url, "text": text, "title": title, "outlet": title, "author": title}
    onrecord.ok("ingest", "-", stdin=lines([given]))
    showing = [["ask", f"What did Orla Finch say about the {steering} ferry levy?"], ["articles", "list"]]
    showing.append(["articles", "show", url])
    for command in [*showing, ["articles", "show", url + steering]]:
        done = onrecord.run(*command, FORCE_COLOR="1", COLUMNS="200")
        assert not {"\x07", "\x9b", "\u202e"} & set(done.out + done.err), command
        assert "\x1b[2J" not in done.out + done.err
        assert "\x1b]0" not in done.out + done.err
        assert title in done.out or command not in showing
    assert onrecord.ok("articles", "show", url, "--json").json["text"] == text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_every_standard_output_can_take_an_answer(encoding: str, samples: Onrecord) -> None:
    first, second = lines([{"id": "é “", "question": QUESTION}]), [{"id": "é “", "question": QUESTION}]
    done = samples.ok("ask", "--batch", "-", stdin=first, PYTHONIOENCODING=encoding, LC_ALL="C")
    assert [{"id": row["id"], "question": row["question"]} for row in done.rows] == second
    quotes = [claim["citations"][0]["quote"] for claim in done.rows[0]["answer"]["claims"]]
    assert [quote for quote in quotes if "“red line for the United States.”" in quote]


def test_an_answer_can_be_read_where_the_terminal_has_ascii_only(samples: Onrecord) -> None:
    assert "Mike Turner" in samples.ok("ask", QUESTION, PYTHONIOENCODING="ascii").out


def test_a_quotation_that_is_not_shown_on_a_terminal_stands_on_one_line(
    samples: Onrecord, answer: dict[str, Any]
) -> None:
    citation = answer["answer"]["claims"][0]["citations"][0]
    shown = samples.ok("ask", QUESTION).out
    assert citation["quote"] in shown
    assert citation["link"] in shown


@pytest.mark.parametrize("arguments", [["articles", "list", "--json"], ["ask", QUESTION]], ids=str)
def test_a_reader_who_leaves_early_is_no_fault(arguments: list[str], samples: Onrecord) -> None:
    with samples.start(*arguments) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert (process.stderr.read(), process.wait(60)) == (b"", 0)


def test_a_reader_who_leaves_a_batch_early_is_no_fault(samples: Onrecord, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text(lines({"id": n, "question": QUESTION} for n in range(200)), encoding="utf-8")
    with samples.start("ask", "--batch", batch) as process:
        assert process.stdout is not None
        json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.stderr is not None
        assert (process.stderr.read(), process.wait(60)) == (b"", 0)
