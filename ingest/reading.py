"""Reads files into articles, one after the other, in bounded memory. A bad input is a value, never an error.

It stores nothing and fetches nothing. What a format means is in `ingest.extract`, a module each.
"""

import codecs
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from ingest.extract import warc
from ingest.extract.draft import Draft, Refusal
from ingest.extract.lines import Line, lines
from ingest.extract.sources import ARCHIVES, WEB, Source, sources, unreadable
from ingest.unread import Failed, Given, Same, Unread, article
from retrieval.errors import ConfigurationError
from retrieval.types import Article, Rejection

__all__ = ["Given", "Source", "read", "sources", "unread"]

Item = Article | Rejection | Unread | Failed | Same
# What an address stands for; given by whoever can fetch.
Fetch = Callable[[Sequence[str], Given], Iterable[Unread | Failed | Same]]

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PAGES = {".txt": "text/plain", ".html": "text/html", ".htm": "text/html", ".pdf": "application/pdf"}
# Frozen, so that one may stand for every call that says nothing.
_NOTHING = Given()


def read(
    paths: Sequence[str],
    given: Given = _NOTHING,
    *,
    max_bytes: int,
    stdin: BinaryIO | None = None,
    fetch: Fetch | None = None,
) -> Iterator[Article | Rejection]:
    """The articles that `paths` stand for, in order, and what could not be taken; read as they are asked for.

    `max_bytes` bounds a file, in JSON lines a line and in an archive a page. Raises ConfigurationError, before
    anything is read, where `given` names the URL of one article and `paths` may hold several.
    """
    return _outcomes(unread(paths, given, max_bytes=max_bytes, stdin=stdin, fetch=fetch))


def _outcomes(items: Iterable[Item]) -> Iterator[Article | Rejection]:
    for item in items:
        if isinstance(item, Unread):
            yield item.read()
        elif isinstance(item, Failed):
            yield item.rejection
        elif not isinstance(item, Same):
            yield item


def unread(
    paths: Sequence[str],
    given: Given = _NOTHING,
    *,
    max_bytes: int,
    stdin: BinaryIO | None = None,
    fetch: Fetch | None = None,
) -> Iterator[Item]:
    """As `read`, but pages that take time to read are left to be read elsewhere. Addresses come last."""
    found = sources(paths)
    if given.url is not None:
        _check_single(paths, found)
    return _items(found, given, max_bytes, stdin, fetch)


def _items(
    found: Sequence[Source | Rejection],
    given: Given,
    max_bytes: int,
    stdin: BinaryIO | None,
    fetch: Fetch | None,
) -> Iterator[Item]:
    web = [source.name for source in found if isinstance(source, Source) and source.kind == WEB]
    for source in found:
        if not (isinstance(source, Source) and source.kind == WEB):
            yield from _read(source, given, max_bytes, stdin)
    if fetch and web:
        yield from fetch(web, given)
    elif web:
        yield from (Rejection(name, "addresses are fetched by onrecord ingest only") for name in web)


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
    elif any(isinstance(source, Source) and source.kind in (".jsonl", *ARCHIVES) for source in found):
        several = "such a file may hold many, each with its own url"
    if several:
        raise ConfigurationError(
            f"--url names one article, but {several}", hint="give one file, or leave --url out"
        )


def _read(
    source: Source | Rejection, given: Given, max_bytes: int, stdin: BinaryIO | None
) -> Iterator[Article | Rejection | Unread]:
    if isinstance(source, Rejection):
        yield source
        return
    try:
        if source.path is None:
            yield from _from_lines(stdin or sys.stdin.buffer, source.name, given, max_bytes)
        elif source.kind == ".jsonl":
            with source.path.open("rb") as stream:
                yield from _from_lines(stream, source.name, given, max_bytes)
        elif source.kind in ARCHIVES:
            with source.path.open("rb") as stream:
                yield from _from_archive(stream, source.name, given, max_bytes)
        else:
            yield from _from_file(source.path, source, given, max_bytes)
    except OSError as error:
        yield Rejection(source.name, unreadable(error))


def _from_file(path: Path, source: Source, given: Given, max_bytes: int) -> Iterator[Article | Rejection | Unread]:
    with path.open("rb") as stream:
        data = stream.read(max_bytes + 1)
    found_at = given.found_at or path.resolve().as_uri()
    if len(data) > max_bytes:
        yield Rejection(source.name, _too_large(max(_bytes(path), len(data)), max_bytes))
    elif not data.strip(b"\x00 \t\r\n\v\f\xef\xbb\xbf\xff\xfe"):
        yield Rejection(source.name, "empty")
    elif source.kind == ".json":
        yield from _from_json(data, source.name, given)
    elif source.kind == ".md":
        from ingest.extract import markdown

        yield _outcome(markdown.extract(data), source.name, given, found_at)
    else:
        yield Unread(source.name, _PAGES[source.kind], data, fallback=found_at, given=given)


def _from_archive(stream: BinaryIO, name: str, given: Given, max_bytes: int) -> Iterator[Rejection | Unread]:
    """The pages of a web archive."""
    for page in warc.pages(stream, max_bytes):
        where = f"{name}: {page.where if isinstance(page, warc.Unfit) else page.url}"
        if isinstance(page, warc.Unfit):
            yield Rejection(where, page.reason)
        else:
            yield Unread(where, page.kind, page.data, page.charset, url=page.url, given=given)


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
    if isinstance(draft, Refusal):
        return Rejection(name, draft.reason)
    return article(draft, draft.url or file_url, given)


def _too_large(length: int, max_bytes: int) -> str:
    return f"the file is {_megabytes(length)}; the limit is {_megabytes(max_bytes)} (ONRECORD_MAX_FILE_MB)"


def _megabytes(length: int) -> str:
    return f"{length / 1_000_000:.1f} MB" if length >= 100_000 else f"{length} bytes"
