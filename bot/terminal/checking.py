"""onrecord doctor: is this installation sound, and what mends it?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from bot.terminal.console import begin, output
from bot.terminal.options import LibraryName

if TYPE_CHECKING:
    from retrieval.record import Record
    from retrieval.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `mend` says what to do about a fault; None: it is sound."""

    what: str
    found: str
    mend: str | None = None


def doctor(library: LibraryName = None) -> None:
    """Check configuration, model, stores and versions; name the mend for each fault. Exit status 1 for faults."""
    settings = begin()
    from rich.table import Table
    from rich.text import Text

    from bot.text import shown

    table = Table("", "", "", box=None, pad_edge=False, show_header=False)
    faults = 0
    for finding in _findings(settings, library):
        mark = "[red]fault[/]" if finding.mend else "[green]sound[/]"
        said = f"{finding.found}\n{finding.mend}" if finding.mend else finding.found
        table.add_row(mark, finding.what, Text(shown(said)))
        faults += bool(finding.mend)
    output().print(table)
    raise typer.Exit(1 if faults else 0)


def _findings(settings: "Settings", library: str | None) -> Iterator[Finding]:
    from retrieval.errors import OnrecordError

    yield _versions()
    for what, check in (
        ("embedding", _embedding),
        ("chat model", _chat),
        ("home", _home),
        ("Discord", _discord),
    ):
        try:
            yield Finding(what, check(settings))
        except OnrecordError as error:
            yield Finding(what, str(error), error.hint or "See .env.example.")
    yield from _library(settings, library)


def _versions() -> Finding:
    import platform
    import sqlite3
    from importlib.metadata import version

    parts = [f"{name} {version(name)}" for name in ("onrecord", "chromadb", "langchain", "discord.py")]
    found = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {', '.join(parts)}"
    options = {row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        return Finding("versions", found, "This Python's SQLite has no FTS5; use one that has.")
    return Finding("versions", found)


def _embedding(settings: "Settings") -> str:
    from retrieval.embedding import open_embedder

    embedder = open_embedder(settings)
    if settings.embedding:
        return f"{embedder.name}, through LangChain (not called)"
    return f"{embedder.name}, {embedder.question('test').size} dimensions, weights verified"


def _chat(settings: "Settings") -> str:
    from retrieval.writing.chat import Chat
    from retrieval.writing.metered import chat_price

    chat = Chat.open(settings)
    if chat is None:
        return "none, so that answers are extractive"
    chat.close()
    price = chat_price(settings)
    costs = (
        f"${price.input:g} and ${price.output:g} for a million tokens in and out" if price else "price not known"
    )
    return f"{chat.name}, through LangChain (not called); {costs}"


def _home(settings: "Settings") -> str:
    import tempfile

    from retrieval.errors import ConfigurationError

    home = settings.home.expanduser()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return str(home)
    except OSError as error:
        raise ConfigurationError(
            f"{home} cannot be written: {error.strerror}.", hint="Set ONRECORD_HOME to a folder that can."
        ) from None


def _discord(settings: "Settings") -> str:
    return (
        "a token is set (not tried)"
        if settings.discord_token
        else "no token; only onrecord bot needs DISCORD_TOKEN"
    )


def _library(settings: "Settings", name: str | None) -> Iterator[Finding]:
    from ingest.chunking import maker
    from retrieval.embedding import embedder_name
    from retrieval.errors import OnrecordError
    from retrieval.library import check_maker, exists, open_record

    if not exists(settings, name):
        mend = f"onrecord ingest --library {name}" if name else None
        yield Finding("library", f"there is no library “{name or settings.library}” yet", mend)
        return
    try:
        record = open_record(settings, name)
        faults = record.faults()
        counts = record.counts()
        held = ", ".join(f"{counts[name]:,} {name}" for name in ("articles", "passages", "statements", "speakers"))
        yield Finding("record", "; ".join(faults) or held, _RESTORE if faults else None)
        yield _statements(settings, record)
        check_maker(record, maker(embedder_name(settings)))
        yield _index(settings, name, record)
        record.close()
    except OnrecordError as error:
        yield Finding("library", str(error), error.hint or _RESTORE)


def _statements(settings: "Settings", record: "Record") -> Finding:
    from ingest.statements.reader import reader_name
    from retrieval.library import own_offices

    name = reader_name(own_offices(settings))
    others = sum(n for reader, n in record.readers().items() if reader != name)
    if not others:
        return Finding("statements", f"read by {name}")
    return Finding(
        "statements", f"{others:,} articles were read by another version", "onrecord reindex --statements"
    )


_RESTORE = "Restore library.sqlite3 from a backup, or ingest the articles into a new library."


def _index(settings: "Settings", name: str | None, record: "Record") -> Finding:
    """Opening mends what can be mended; what was said about it is part of the finding."""
    from retrieval.library import open_index

    said: list[str] = []
    index = open_index(settings, name, record, notify=said.append)
    faults = index.faults()
    kind = {"chroma": "Chroma, in step with the record", "exact": "not opened here: the record's vectors serve"}
    unusable = settings.chroma_url is not None and index.kind == "exact"
    found = " ".join([*said, "; ".join(faults) or kind[index.kind]])
    mend = "Start the Chroma server, or unset ONRECORD_CHROMA_URL." if unusable else "onrecord reindex"
    index.close()
    return Finding("index", found, mend if faults or unusable or index.failed else None)
