"""The pipeline: what it reports, what it foretells, and that an article is stored whole or not at all."""

import hashlib
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from langchain_core.embeddings import Embeddings

from ingest import pipeline
from ingest.pipeline import BATCH, FIRST, Progress, Report, preview
from ingest.statements.offices import offices
from ingest.statements.reader import Reader, reader_name
from retrieval.embedding import Embedder
from retrieval.errors import ModelError
from retrieval.index import Index
from retrieval.library import Library
from retrieval.record import Put, Record
from retrieval.types import Article, Rejection

MAKER = "a cheap one"
Item = Article | Rejection


class Cheap(Embeddings):
    """Vectors from the hash of a text; keeps what it was asked for, and fails from a certain text on."""

    def __init__(self, failing: int | None = None) -> None:
        self.calls: list[list[str]] = []
        self._left = failing

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if self._left is not None:
            self._left -= len(texts)
            if self._left < 0:
                raise OSError("the model has gone")
        self.calls.append(texts)
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [byte + 1.0 for byte in hashlib.sha256(text.encode()).digest()[:8]]


@contextmanager
def opened(folder: Path, model: Cheap | None = None, maker: str = MAKER) -> Iterator[Library]:
    record = Record.open(f"sqlite:///{folder / 'library.sqlite3'}")
    index = Index.open(record, folder / "chroma", url=None, notify=lambda _: None)
    with Library(record, index, Embedder(maker, model or Cheap()), maker) as library:
        yield library


def ingest(library: Library, items: Iterable[Item], progress: Progress) -> Report:
    """Read by the rules alone: what the tagger finds is no matter here, and takes nine tenths of the time."""
    return pipeline.ingest(library, items, progress, Reader(None, offices(), reader_name()))


def article(n: int, sentences: int = 2, **fields: Any) -> Article:
    text = " ".join(
        f"Sentence {s} of article {n} is about the levy and about nothing else." for s in range(sentences)
    )
    return Article(**{"url": f"https://quay.example/{n}", "text": text, "title": f"Levy {n}", **fields})


def quietly(_: Report) -> None:
    """Progress that nobody watches."""


def stored(library: Library) -> dict[str, str]:
    return {one.url: one.text for one in library.record.articles()}


def assert_sound(library: Library) -> None:
    assert library.record.faults() == []
    assert library.index.kind == "chroma"
    assert library.index.faults() == []


def numbers(report: Report) -> tuple[int, int, int]:
    return report.counts[Put.ADDED], report.counts[Put.UPDATED], report.counts[Put.UNCHANGED]


def test_of_two_articles_with_one_address_the_later_stays(tmp_path: Path) -> None:
    first, second = article(1), article(1, text="The levy was dropped on Friday, and nobody will miss it.")
    with opened(tmp_path) as library:
        assert numbers(ingest(library, [first, article(2), second], quietly)) == (2, 1, 0)
        assert stored(library) == {first.url: second.text, article(2).url: article(2).text}
        assert numbers(ingest(library, [second, second], quietly)) == (0, 0, 2)
        assert_sound(library)


def test_an_article_without_any_passage_is_stored(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        assert numbers(ingest(library, [article(1, text=" \n ")], quietly)) == (1, 0, 0)
        assert stored(library) == {article(1).url: " \n "}
        assert_sound(library)


def test_articles_are_embedded_in_batches_and_progress_is_told_after_each(tmp_path: Path) -> None:
    model, told = Cheap(), []
    given: list[Item] = [article(n, sentences=100) for n in range(100)]
    with opened(tmp_path, model) as library:
        report = ingest(library, given, lambda so_far: told.append((so_far.articles, so_far.passages)))
        assert report.passages == library.record.counts()["passages"]
        assert_sound(library)
    sizes = [after - before for (_, before), (_, after) in pairwise([(0, 0), *dict.fromkeys(told)])]
    assert len(sizes) > 1
    least = [min(FIRST * 2**n, BATCH) for n in range(len(sizes) - 1)]
    assert all(at_least <= size < at_least + 100 for at_least, size in zip(least, sizes[:-1], strict=True))
    assert least[-1] == BATCH
    assert sum(sizes) == report.passages
    assert sum(len(call) for call in model.calls) == report.passages
    assert told[-1][0] == 100


def test_what_is_embedded_names_title_outlet_and_day(tmp_path: Path) -> None:
    model = Cheap()
    with opened(tmp_path, model) as library:
        ingest(library, [article(1, outlet="Quay Post")], quietly)
    ((text,),) = model.calls
    assert text.startswith("Levy 1\nQuay Post\n")
    assert text.endswith(article(1).text)


def test_what_is_stored_just_so_is_not_embedded_again(tmp_path: Path) -> None:
    given = [article(n) for n in range(5)]
    with opened(tmp_path) as library:
        ingest(library, given, quietly)
    model = Cheap()
    with opened(tmp_path, model) as library:
        report = ingest(library, [*given, article(3, title="Another")], quietly)
    assert numbers(report) == (0, 1, 5)
    assert [len(call) for call in model.calls] == [1]


@pytest.mark.parametrize("field", ["title", "outlet", "author", "published", "text"])
def test_an_article_is_updated_where_anything_of_it_changed(field: str, tmp_path: Path) -> None:
    change: Any = date(2024, 5, 1) if field == "published" else "Changed, all of it."
    changed = replace(article(1), **{field: change})
    with opened(tmp_path) as library:
        ingest(library, [article(1)], quietly)
        assert numbers(ingest(library, [changed], quietly)) == (0, 1, 0)
        assert library.record.article(changed.url) == changed
        assert_sound(library)


def test_rejections_are_reported_in_order_and_store_nothing(tmp_path: Path) -> None:
    bad = [Rejection("a.txt", "empty"), Rejection("b.txt", "no article text was found in it")]
    with opened(tmp_path) as library:
        report = ingest(library, [bad[0], article(1), bad[1]], quietly)
        assert (report.rejected, len(stored(library))) == (bad, 1)
    assert report.as_json()["rejected"] == [{"source": one.source, "reason": one.reason} for one in bad]


@pytest.mark.parametrize("failing", [0, 100, 300, 500])
def test_a_model_that_fails_midway_leaves_whole_articles_and_a_rerun_completes_them(
    failing: int, tmp_path: Path
) -> None:
    given: list[Item] = [article(n, sentences=100) for n in range(90)]
    with opened(tmp_path, Cheap(failing)) as library:
        with pytest.raises(ModelError):
            ingest(library, given, quietly)
        there = stored(library)
        assert len(there) < len(given)
        assert there.items() <= {one.url: one.text for one in given if isinstance(one, Article)}.items()
        assert_sound(library)
    with opened(tmp_path) as library:
        assert numbers(ingest(library, given, quietly)) == (len(given) - len(there), 0, len(there))
        assert len(stored(library)) == len(given)
        assert_sound(library)


def _random_items(chosen: random.Random) -> list[Item]:
    def item() -> Item:
        if chosen.random() < 0.2:
            return Rejection(f"{chosen.random()}.txt", "empty")
        return article(chosen.randrange(5), title=chosen.choice(["Levy", "Tram"]), sentences=chosen.choice([1, 2]))

    return [item() for _ in range(chosen.randrange(12))]


@pytest.mark.parametrize("seed", range(6))
def test_a_preview_foretells_what_storing_reports(seed: int, tmp_path: Path) -> None:
    chosen = random.Random(seed)
    first, second, third = (_random_items(chosen) for _ in range(3))
    with opened(tmp_path) as library:
        for record, items in ((None, first), (library.record, second), (library.record, third)):
            foretold = preview(record, MAKER, reader_name(), items, quietly)
            report = ingest(library, items, quietly)
            assert (foretold.counts, foretold.rejected) == (+report.counts, report.rejected)
        assert_sound(library)


def test_a_preview_stores_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        ingest(library, [article(1)], quietly)
        preview(library.record, MAKER, reader_name(), [article(1, title="Another"), article(2)], quietly)
        assert [one.title for one in library.record.articles()] == ["Levy 1"]


def test_articles_that_another_model_made_are_made_anew(tmp_path: Path) -> None:
    given = [article(n) for n in range(4)]
    with opened(tmp_path) as library:
        ingest(library, given, quietly)
    with opened(tmp_path, maker="another") as library:
        assert numbers(ingest(library, library.record.articles(not_made_by="another"), quietly)) == (0, 4, 0)
        assert library.record.makers() == ["another"]
        assert_sound(library)
