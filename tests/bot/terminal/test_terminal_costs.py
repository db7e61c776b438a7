"""What an ingest with a provider's embedding will cost is said before the work begins, and is about right."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.command import Done, Onrecord, lines
from tests.retrieval.openai_double import OpenAI, serving

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[2] / "samples" / "articles"
TOLD = re.compile(
    r"^(?P<most>At most about|About) (?P<tokens>[\d,.]+)(?P<million> million)? tokens go to (?P<model>\S+), "
    r"(?:about (?P<dollars>\$[\d,.]+)(?: or less)?|at a price that is not known here)\.",
    re.MULTILINE,
)


@pytest.fixture
def server() -> Iterator[OpenAI]:
    with serving() as double:
        yield double


@pytest.fixture
def paid(server: OpenAI) -> dict[str, str]:
    """A paid embedding, at 1,000 dollars for a million tokens."""
    return {
        "ONRECORD_EMBEDDING": "openai:small",
        "ONRECORD_EMBEDDING_PRICE": "1000",
        "OPENAI_API_KEY": "sk-hunter2",
        "OPENAI_BASE_URL": server.url,
    }


def told(done: Done) -> tuple[float, float]:
    """Tokens and dollars."""
    found = TOLD.search(done.err)
    assert found, done.err
    tokens = float(found["tokens"].replace(",", "")) * (1_000_000 if found["million"] else 1)
    return tokens, float(found["dollars"].replace(",", "").lstrip("$"))


def written(path: Path, numbers: range) -> Path:
    said = "“The ferry levy must double,” Harbourmaster Ilse Brandvold said. The council will vote in May. "
    rows = [
        {"url": f"https://quay.example/{n}", "title": "Levy", "text": said * 30 + f"Item {n}."} for n in numbers
    ]
    path.write_text(lines(rows), encoding="utf-8")
    return path


def test_what_is_told_is_about_what_is_sent(onrecord: Onrecord, server: OpenAI, paid: dict[str, str]) -> None:
    done = onrecord.ok("ingest", SAMPLES, "--json", **paid)
    tokens, dollars = told(done)
    assert dollars == pytest.approx(tokens / 1000, rel=0.05)
    sent = sum(len(text.encode()) for some in server.inputs for text in some) / 4
    assert sent == pytest.approx(tokens, rel=0.25)
    assert TOLD.search(done.err)["most"] == "At most about", "web pages are mostly markup"  # type: ignore[index]
    assert "tokens" not in done.out


def test_a_dry_run_tells_it_too_and_sends_nothing(
    onrecord: Onrecord, server: OpenAI, paid: dict[str, str], tmp_path: Path
) -> None:
    given = written(tmp_path / "given.jsonl", range(40))
    dry = onrecord.ok("ingest", given, "--dry-run", **paid)
    assert TOLD.search(dry.err)["most"] == "About"  # type: ignore[index]
    assert "stored already" not in dry.err
    assert server.sent == []
    assert told(onrecord.ok("ingest", given, **paid)) == told(dry)
    again = onrecord.ok("ingest", given, "--dry-run", **paid)
    assert "What is stored already costs nothing." in again.err


def test_of_standard_input_nothing_is_known(onrecord: Onrecord, paid: dict[str, str], tmp_path: Path) -> None:
    row = {"url": "https://quay.example/99", "text": "“The levy must double,” Ilse Brandvold said on Monday."}
    done = onrecord.ok("ingest", "-", "--dry-run", stdin=lines([row]), **paid)
    assert not TOLD.search(done.err)
    assert "standard input" in done.err
    both = onrecord.ok("ingest", written(tmp_path / "a.jsonl", range(2)), "-", stdin=lines([row]), **paid)
    assert TOLD.search(both.err)
    assert "standard input" in both.err


def test_what_is_not_read_costs_nothing(onrecord: Onrecord, paid: dict[str, str], tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_text("The levy must double. " * 100_000)
    done = onrecord.run("ingest", large, tmp_path / "missing.txt", "--dry-run", ONRECORD_MAX_FILE_MB="1", **paid)
    assert done.status == 1
    assert not TOLD.search(done.err)


@pytest.mark.parametrize(
    ("model", "price", "expected"),
    [
        ("openai:text-embedding-3-large", "", "$0.13"),
        ("openai:text-embedding-3-large", "2", "$2.00"),
        ("openai:text-embedding-3-small", "", "$0.02"),
        ("openai:small", "", None),
    ],
)
def test_the_price_is_the_published_one_or_the_settings(
    model: str, price: str, expected: str | None, onrecord: Onrecord, paid: dict[str, str], tmp_path: Path
) -> None:
    given = tmp_path / "million.jsonl"
    row = {"url": "https://quay.example/1", "text": "The levy must double. " * 103_300}
    given.write_text(lines([row]))
    own = paid | {"ONRECORD_EMBEDDING": model, "ONRECORD_EMBEDDING_PRICE": price}
    done = onrecord.ok("ingest", given, "--dry-run", **own)
    found = TOLD.search(done.err)
    assert found
    assert (found["tokens"], found["million"], found["model"]) == ("1.0", " million", model)
    assert found["dollars"] == expected
    assert ("ONRECORD_EMBEDDING_PRICE" in done.err) == (expected is None)


def test_reindexing_tells_what_it_embeds_anew(onrecord: Onrecord, paid: dict[str, str], tmp_path: Path) -> None:
    given = written(tmp_path / "given.jsonl", range(40))
    asked, _ = told(onrecord.ok("ingest", given, **paid))
    anew, _ = told(onrecord.ok("reindex", **paid | {"ONRECORD_EMBEDDING": "openai:large"}))
    assert anew == pytest.approx(asked, rel=0.1)
    assert not TOLD.search(onrecord.ok("reindex", **paid | {"ONRECORD_EMBEDDING": "openai:large"}).err)


def test_what_costs_nothing_is_not_told(onrecord: Onrecord, paid: dict[str, str], tmp_path: Path) -> None:
    given = written(tmp_path / "given.jsonl", range(2))
    for free in ({"ONRECORD_EMBEDDING_PRICE": "1000"}, paid | {"ONRECORD_EMBEDDING_PRICE": "0"}):
        for source in (given, "-"):
            done = onrecord.ok("ingest", source, "--dry-run", stdin=given.read_bytes(), **free)
            assert "tokens" not in done.err
    assert "tokens" not in onrecord.ok("ingest", given).err
