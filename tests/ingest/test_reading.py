"""Reading: every input is articles or one named rejection, in order, in bounded memory; nothing raises."""

import io
import json
import os
import random
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.reading import Given, read
from retrieval.errors import ConfigurationError
from retrieval.types import Article, Rejection

LIMIT = 1_000_000
TEXT = (
    "The council should double the harbor levy before winter, the mayor said on Tuesday, because the sea wall "
    "cannot wait for another year of talks between the port and the state."
)
URL = "https://quay.example/levy"
NOTHING = Given()
KINDS = [".txt", ".md", ".html", ".htm", ".jsonl", ".json", ".pdf"]


def line(**fields: Any) -> str:
    return json.dumps({"url": URL, "text": TEXT, **fields}) + "\n"


def outcomes(
    *paths: object, given: Given = NOTHING, limit: int = LIMIT, stdin: bytes = b""
) -> list[Article | Rejection]:
    return list(read([str(path) for path in paths], given, max_bytes=limit, stdin=io.BytesIO(stdin)))


def only_rejection(*paths: object, limit: int = LIMIT) -> Rejection:
    (outcome,) = outcomes(*paths, limit=limit)
    assert isinstance(outcome, Rejection)
    return outcome


def written(folder: Path, name: str, content: str | bytes = TEXT) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_file_without_an_address_is_named_by_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, "levy plan.txt")
    assert outcomes(path) == [Article(path.resolve().as_uri(), TEXT)]


def test_what_the_person_says_wins(tmp_path: Path) -> None:
    path = written(tmp_path, "a.md", f"---\ntitle: Old\nurl: {URL}\nauthor: X Y\ndate: 2020-01-01\n---\n{TEXT}")
    given = Given("https://other.example/", " New\ntitle", "Quay", "Ada Quill", date(2024, 3, 5))
    assert outcomes(path, given=given) == [
        Article("https://other.example/", TEXT, "New title", "Quay", "Ada Quill", date(2024, 3, 5))
    ]


def test_what_the_person_leaves_out_comes_from_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", line(title="Levy", outlet="Quay"))
    assert outcomes(path, given=Given(outlet="Post")) == [Article(URL, TEXT, "Levy", "Post")]


def test_a_folder_gives_its_files_in_order_without_hidden_and_unknown_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/.hidden.txt", ".git/c.txt", "c.PDF.zip", "d.TXT", "notes.docx"):
        written(tmp_path, name)
    urls = [found.url for found in outcomes(tmp_path) if isinstance(found, Article)]
    assert urls == [(tmp_path / name).resolve().as_uri() for name in ("b.txt", "d.TXT", "a/z.md")]


def test_a_folder_without_articles_is_rejected(tmp_path: Path) -> None:
    assert ".jsonl" in only_rejection(tmp_path).reason


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("missing.txt", "no such file"),
        ("https://quay.example/levy", "fetched by onrecord ingest only"),
        ("a\x00b.txt", "name"),
        ("x" * 5000 + ".txt", "name"),
        ("", "read"),
    ],
)
def test_a_path_that_cannot_be_read_is_rejected_with_its_reason(
    path: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert word in only_rejection(path).reason if path else outcomes(path)


def test_an_unknown_kind_that_is_named_is_rejected(tmp_path: Path) -> None:
    rejection = only_rejection(written(tmp_path, "levy.docx"))
    assert (rejection.source, ".docx" in rejection.reason) == (str(tmp_path / "levy.docx"), True)


def test_a_pipe_is_rejected_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert only_rejection(tmp_path / "a.txt").reason == "not a regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_rejected(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt")
    path.chmod(0)
    assert "permission" in only_rejection(path).reason


def test_a_name_that_is_not_utf_8_can_be_printed(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(name).write_text("few words", encoding="utf-8")
    only_rejection(name).source.encode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"", b"  \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_rejected_as_empty(kind: str, content: bytes, tmp_path: Path) -> None:
    if kind == ".jsonl" and content == b"\xff\xfe":
        pytest.skip("JSON lines are UTF-8")
    assert only_rejection(written(tmp_path, f"a{kind}", content)).reason == "empty"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != ".jsonl"])
def test_a_file_over_the_limit_is_rejected_with_the_setting(kind: str, tmp_path: Path) -> None:
    reason = only_rejection(written(tmp_path, f"a{kind}", "x" * 3_000_000)).reason
    assert all(word in reason for word in ("3.0 MB", "1.0 MB", "ONRECORD_MAX_FILE_MB"))


def test_each_bad_line_is_rejected_with_its_number_and_the_rest_is_read(tmp_path: Path) -> None:
    content = line() + "\n{broken\n" + line(title=3) + '{"text": "a"}\n' + line(url=URL + "2").rstrip()
    found = outcomes(written(tmp_path, "a.jsonl", content))
    assert [one.source.rpartition(":")[2] if isinstance(one, Rejection) else one.url for one in found] == [
        URL, "3", "4", "5", URL + "2",
    ]  # fmt: skip


def test_text_of_json_lines_is_stored_unchanged(tmp_path: Path) -> None:
    text = "  a\r\nb\u2028\u00a0c\x0b\n "
    for name in ("a.jsonl", "a.json"):
        (article,) = outcomes(written(tmp_path, name, line(text=text)))
        assert isinstance(article, Article)
        assert article.text == text


def test_a_byte_order_mark_and_windows_line_ends_are_passed_over(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + (line() + line()).replace("\n", "\r\n").encode()
    assert outcomes(written(tmp_path, "a.jsonl", content)) == [Article(URL, TEXT)] * 2


def test_utf_16_lines_are_rejected_once(tmp_path: Path) -> None:
    assert "UTF-16" in only_rejection(written(tmp_path, "a.jsonl", (line() * 9).encode("utf-16"))).reason


def test_standard_input_is_json_lines() -> None:
    found = outcomes("-", stdin=(line() + "{\n").encode())
    assert found[0] == Article(URL, TEXT)
    assert isinstance(found[1], Rejection)
    assert found[1].source == "stdin:2"


def test_a_line_over_the_limit_is_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", line(text="x" * 3_000_000) + line())
    too_long, article = outcomes(path)
    assert isinstance(too_long, Rejection)
    assert too_long.source.endswith(":1")
    assert "ONRECORD_MAX_FILE_MB" in too_long.reason
    assert article == Article(URL, TEXT)


def test_json_lines_are_read_as_they_are_asked_for_in_bounded_memory(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", line() * 50_000)
    tracemalloc.start()
    assert sum(isinstance(found, Article) for found in read([str(path)], max_bytes=LIMIT)) == 50_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < path.stat().st_size / 3


def test_a_json_file_holds_an_object_or_a_list_of_them(tmp_path: Path) -> None:
    one, two = json.loads(line()), json.loads(line(url=URL + "2"))
    assert outcomes(written(tmp_path, "a.json", json.dumps(one))) == [Article(URL, TEXT)]
    found = outcomes(written(tmp_path, "b.json", json.dumps([one, 3, two])))
    assert [type(outcome) for outcome in found] == [Article, Rejection, Article]
    assert "article 2" in getattr(found[1], "reason", "")


def test_broken_json_is_rejected_with_its_line(tmp_path: Path) -> None:
    assert only_rejection(written(tmp_path, "a.json", '{\n"url": "x",\n}')).source.endswith("a.json:3")


def test_one_address_for_several_articles_is_wrong_use(tmp_path: Path) -> None:
    one, many = written(tmp_path, "in/a.txt"), written(tmp_path, "a.jsonl", line())
    for paths in ([one, one], [many], [one.parent], ["-"]):
        with pytest.raises(ConfigurationError, match="--url names one article"):
            read([str(path) for path in paths], Given(url=URL), max_bytes=LIMIT)
    two = written(tmp_path, "two.json", f"[{line()},{line()}]")
    (rejection,) = outcomes(two, given=Given(url=URL))
    assert isinstance(rejection, Rejection)


def hostile() -> Iterator[bytes]:
    """Random bytes, printable noise, and what the formats are made of in random order."""
    chance = random.Random(7)
    pieces = [
        *(b"<p>", b"<html>", b"<script type='application/ld+json'>", b"&#0;&#xD800;", b"%PDF-1.7\n", b"1 0 obj<<"),
        *(
            b"---\n",
            b"# ",
            b"title: ",
            b"- ",
            b"| a | b |\n|-|-|\n",
            b"{",
            b'"url":',
            b"[",
            b"]",
            b"}",
            b"\\ud800",
        ),
        *(b"\xff\xfe", b"\x00", b"\xed\xa0\x80", b"By Ada Quill\n", b"Share\n", b"Updated: ", b"\n\n", b"word. "),
    ]
    for _ in range(25):
        yield chance.randbytes(chance.randrange(1, 3000))
        yield bytes(chance.choices(range(32, 127), k=chance.randrange(1, 3000)))
        yield b"".join(chance.choices(pieces, k=chance.randrange(1, 400)))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != ".jsonl"])
def test_no_bytes_raise_and_each_file_is_an_article_or_a_rejection(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for content in hostile():
        found = outcomes(written(tmp_path, f"a{kind}", content))
        assert len(found) == 1
        assert isinstance(found[0], Article | Rejection)
        json.dumps([str(part) for part in (found[0],)]).encode()
        if isinstance(found[0], Article):
            found[0].text.encode()
    assert capfd.readouterr() == ("", "")


def test_no_bytes_raise_in_json_lines() -> None:
    for content in hostile():
        assert all(isinstance(found, Article | Rejection) for found in outcomes("-", stdin=content))
