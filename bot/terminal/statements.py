"""onrecord statements: who said what in articles that are not stored. And how statements look."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.terminal.console import begin, errors, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.text import Text

    from retrieval.types import Article, Statement

# The colour of a statement's words, by how they are reported.
_COLOURS = {"direct": "green", "mixed": "cyan", "indirect": "blue"}


def register(app: typer.Typer) -> None:
    app.command("statements")(statements)


def statements(source: Annotated[str, typer.Argument(metavar="FILE.jsonl", show_default=False)]) -> None:
    """Print who said what in each article, as JSON lines. Nothing is stored.

    A line of the file is {"url" or "id", "text"}, with "title", "author" and "published" where they are known; a
    line of the output is {"id", "statements"}, in the same order.
    """
    settings = begin()
    from rich.progress import track

    from ingest.reading import read
    from ingest.statements.reader import Reader
    from retrieval.library import own_offices
    from retrieval.types import Rejection

    reader = Reader.open(settings.threads, own_offices(settings))
    items = read([source], max_bytes=settings.max_file_mb * 1_000_000)
    rejected = 0
    for item in track(items, "reading statements", console=errors, transient=True, disable=not errors.is_terminal):
        if isinstance(item, Rejection):
            rejected += 1
            errors.print(f"{item.source}: {item.reason}", style="yellow", markup=False, highlight=False)
        else:
            print_json({"id": item.url, "statements": as_json(reader.read(item).statements)})
    raise typer.Exit(1 if rejected else 0)


def as_json(found: "Sequence[Statement]") -> list[dict[str, Any]]:
    """Statements in their stable JSON form. What a speaker reports of another is in his statement's "reports"."""
    inner = {s: outer for s in found if s.second_hand if (outer := _outer(s, found))}
    return [
        _plain(s) | {"reports": [_plain(other) for other, outer in inner.items() if outer is s]}
        for s in found
        if s not in inner
    ]


def _outer(statement: "Statement", found: "Iterable[Statement]") -> "Statement | None":
    """The statement whose words hold all of this one."""
    first_hand = (other for other in found if other is not statement and not other.second_hand)
    return next(
        (
            other
            for other in first_hand
            if any(start <= statement.start and statement.end <= end for start, end in other.spans)
        ),
        None,
    )


def _plain(s: "Statement") -> dict[str, Any]:
    return {
        "start": s.start,
        "end": s.end,
        "spans": s.spans,
        "source_start": s.source and s.source[0],
        "source_end": s.source and s.source[1],
        "cue_start": s.cue and s.cue[0],
        "cue_end": s.cue and s.cue[1],
        "speaker": s.speaker,
        "kind": s.kind.value,
        "resolution": s.resolution.value,
        "report": s.report.value,
        "second_hand": s.second_hand,
        "via": s.via,
        "said_on": s.said_on and s.said_on.isoformat(),
    }


def marked(article: "Article", found: "Sequence[Statement]") -> "Text":
    """The article's text with its statements in colour, each followed by who said it."""
    from rich.text import Text

    from bot.text import shown

    first_hand = [s for s in found if not s.second_hand or _outer(s, found) is None]
    pieces = sorted((start, end, s) for s in first_hand for start, end in s.spans)
    text, at = Text(), 0
    for n, (start, end, statement) in enumerate(pieces):
        if start < at:
            continue  # the same words of another signer
        text.append(shown(article.text[at:start]))
        text.append(shown(article.text[start:end]), style=_COLOURS[statement.kind.value])
        at = end
        if not any(other is statement for _, _, other in pieces[n + 1 :]):
            text.append(f" [{_who(statement, first_hand)}]", style="bold magenta")
    text.append(shown(article.text[at:]))
    return text


def _who(statement: "Statement", found: "Sequence[Statement]") -> str:
    from bot.text import shown

    signers = [s.speaker or "?" for s in found if s.spans == statement.spans and s.source == statement.source]
    notes = []
    if statement.second_hand:
        notes.append(f"second-hand via {statement.via}" if statement.via else "second-hand")
    if statement.report.value != "said":
        notes.append(statement.report.value.replace("_", " "))
    return shown("; ".join([", ".join(dict.fromkeys(signers)), *notes]))


def legend() -> "Text":
    """What the colours of `marked` mean."""
    from rich.text import Text

    return Text(" ").join(Text(kind, style=colour) for kind, colour in _COLOURS.items())
