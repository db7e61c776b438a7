"""Reads files into articles, one after the other, in bounded memory. A bad input is a value, never an error.

It stores nothing and fetches nothing. What a format means is in `ingest.extract`, a module each.
"""

import codecs
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from ingest.extract import wording
from ingest.extract.dates import in_address
from ingest.extract.draft import Draft, Refusal
from ingest.extract.lines import Line, lines
from ingest.extract.sources import Source, sources, unreadable
from retrieval.errors import ConfigurationError
from retrieval.types import Article, Rejection

__all__ = ["Given", "Source", "read", "sources"]

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Given:
    """What the person said about a file that cannot say it itself; wins over what the file says."""

    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None


# Frozen, so that one may stand for every call that says nothing.
_NOTHING = Given()


def read(
    paths: Sequence[str], given: Given = _NOTHING, *, max_bytes: int, stdin: BinaryIO | None = None
) -> Iterator[Article | Rejection]:
    """The articles that `paths` stand for, in order, and what could not be taken; read as they are asked for.

    `max_bytes` bounds a file, and in JSON lines a line. Raises ConfigurationError, before anything is read, where
    `given` names the URL of one article and `paths` may hold several.
    """
    found = sources(paths)
    if given.url is not None:
        _check_single(paths, found)
    return (outcome for source in found for outcome in _read(source, given, max_bytes, stdin))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _check_single(paths: Sequence[str], found: Sequence[Source | Rejection]) -> None:
    several = None
    if len(paths) > 1 or len(found) > 1:
        several = "several files are given"
    elif any(Path(path).is_dir() for path in paths if "\x00" not in path):
        several = "a folder is given"
    elif any(isinstance(source, Source) and source.kind == ".jsonl" for source in found):
        several = "JSON lines may hold many, each with its own url"
    if several:
        raise ConfigurationError(
            f"--url names one article, but {several}", hint="give one file, or leave --url out"
        )


def _read(
    source: Source | Rejection, given: Given, max_bytes: int, stdin: BinaryIO | None
) -> Iterator[Article | Rejection]:
    if isinstance(source, Rejection):
        yield source
        return
    try:
        if source.path is None:
            yield from _from_lines(stdin or sys.stdin.buffer, source.name, given, max_bytes)
        elif source.kind == ".jsonl":
            with source.path.open("rb") as stream:
                yield from _from_lines(stream, source.name, given, max_bytes)
        else:
            yield from _from_file(source.path, source, given, max_bytes)
    except OSError as error:
        yield Rejection(source.name, unreadable(error))


def _from_file(path: Path, source: Source, given: Given, max_bytes: int) -> Iterator[Article | Rejection]:
    with path.open("rb") as stream:
        data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        yield Rejection(source.name, _too_large(max(_bytes(path), len(data)), max_bytes))
    elif not data.strip(b"\x00 \t\r\n\v\f\xef\xbb\xbf\xff\xfe"):
        yield Rejection(source.name, "empty")
    elif source.kind == ".json":
        yield from _from_json(data, source.name, given)
    else:
        yield _outcome(_extractor(source.kind)(data), source.name, given, path.resolve().as_uri())


def _extractor(kind: str) -> Callable[[bytes], Draft | Refusal]:
    from ingest.extract import markdown, pdf, plain, webpage

    return {
        ".txt": plain.extract,
        ".md": markdown.extract,
        ".html": webpage.extract,
        ".htm": webpage.extract,
        ".pdf": pdf.extract,
    }[kind]


def _from_json(data: bytes, name: str, given: Given) -> Iterator[Article | Rejection]:
    """The object in a `.json` file, or each object of its list."""
    from ingest.extract import records

    value = records.loaded(data)
    if isinstance(value, records.Broken):
        yield Rejection(f"{name}:{value.line}", value.reason)
    elif not isinstance(value, list):
        yield _record(value, name, given)
    elif not value:
        yield Rejection(name, "empty")
    elif given.url is not None and len(value) > 1:
        yield Rejection(name, f"--url names one article, but this file holds {len(value)}")
    else:
        for number, item in enumerate(value, start=1):
            outcome = _record(item, name, given)
            where = "" if len(value) == 1 else f"article {number} of the list: "
            yield Rejection(name, where + outcome.reason) if isinstance(outcome, Rejection) else outcome


def _from_lines(stream: BinaryIO, name: str, given: Given, max_bytes: int) -> Iterator[Article | Rejection]:
    """One article a line; blank lines are passed over."""
    empty = True
    for line in lines(stream, max_bytes):
        if line.number == 1 and line.content is not None and line.content.startswith(_UTF16):
            yield Rejection(name, "JSON lines must be UTF-8, and this is UTF-16")
            return
        if line.content is None or line.content.removeprefix(codecs.BOM_UTF8).strip():
            empty = False
            yield _from_line(line, f"{name}:{line.number}", given, max_bytes)
    if empty:
        yield Rejection(name, "empty")


def _from_line(line: Line, name: str, given: Given, max_bytes: int) -> Article | Rejection:
    from ingest.extract import records

    if line.content is None:
        return Rejection(
            name, f"the line is longer than the limit of {_megabytes(max_bytes)} (ONRECORD_MAX_FILE_MB)"
        )
    value = records.loaded(line.content.removeprefix(codecs.BOM_UTF8))
    return Rejection(name, value.reason) if isinstance(value, records.Broken) else _record(value, name, given)


def _record(value: Any, name: str, given: Given) -> Article | Rejection:
    from ingest.extract import records

    if given.url is not None and isinstance(value, dict):
        value = {**value, "url": given.url}
    return _outcome(records.extract(value), name, given, "")


def _outcome(draft: Draft | Refusal, name: str, given: Given, file_url: str) -> Article | Rejection:
    """The article that a draft makes together with what the person said."""
    if isinstance(draft, Refusal):
        return Rejection(name, draft.reason)
    url = given.url or draft.url or file_url
    return Article(
        url=url,
        text=draft.text,
        title=wording.line(given.title) or draft.title,
        outlet=wording.line(given.outlet) or draft.outlet,
        author=wording.line(given.author) or draft.author,
        published=given.published or draft.published or in_address(url),
    )


def _too_large(length: int, max_bytes: int) -> str:
    return f"the file is {_megabytes(length)}; the limit is {_megabytes(max_bytes)} (ONRECORD_MAX_FILE_MB)"


def _megabytes(length: int) -> str:
    return f"{length / 1_000_000:.1f} MB" if length >= 100_000 else f"{length} bytes"
