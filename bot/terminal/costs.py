"""Says, before articles go to an embedding model of a provider, about how many tokens that is and what it costs.

It looks at the sizes of files and opens none. The embedding on this machine costs nothing, and nothing is said.
"""

from collections.abc import Iterable, Sequence
from math import floor, log10
from typing import TYPE_CHECKING

from bot.terminal.console import notify

if TYPE_CHECKING:
    from ingest.reading import Source
    from retrieval.record import Record
    from retrieval.settings import Settings
    from retrieval.types import Article

# Tokens embedded (bytes of all texts / 4) for a byte of input: passages go with their headings, and statements go
# once more alone. Measured: .439 for a byte of JSON lines (60 articles), .468 for a byte of their text; .407 for a
# byte of the 14 samples' files, of which .51 of saved text, .23 to .46 of web pages and .27 of a PDF.
TOKENS_A_BYTE = 0.44
# Of these most may be markup, which does not go: a saved page of today's web is ten times as long as its article.
_MARKED_UP = (".html", ".htm", ".pdf")


def foretell(settings: "Settings", paths: Sequence[str], record: "Record | None") -> None:
    """What ingesting files and folders will cost. `record` is that of the library, where there is one."""
    if not _paid(settings):
        return
    from ingest.reading import Source, sources

    found = [source for source in sources(paths) if isinstance(source, Source)]
    if any(source.path is None for source in found):
        notify(f"How many tokens of standard input go to {settings.embedding} is not known before it is read.")
    sizes = {source: _size(source, settings.max_file_mb * 1_000_000) for source in found}
    if not sum(sizes.values()):
        return
    marked_up = any(size and source.kind in _MARKED_UP for source, size in sizes.items())
    stored = " What is stored already costs nothing." if record and record.makers() else ""
    notify(f"{'At most about' if marked_up else 'About'} {_cost(settings, sum(sizes.values()))}{stored}")


def foretell_again(settings: "Settings", articles: Iterable["Article"]) -> None:
    """What it will cost to embed stored articles anew; each counts once."""
    if not _paid(settings):
        return
    size = sum({article.url: len(article.text.encode()) for article in articles}.values())
    if size:
        notify(f"About {_cost(settings, size)}")


def _paid(settings: "Settings") -> bool:
    return settings.embedding is not None and settings.embedding_price != 0


def _size(source: "Source", max_bytes: int) -> int:
    """Bytes that will be read of a file; a file that is too large, or cannot be looked at, will be rejected."""
    try:
        size = source.path.stat().st_size if source.path else 0
    except OSError:
        return 0
    return size if size <= max_bytes or source.kind == ".jsonl" else 0


def _cost(settings: "Settings", size: int) -> str:
    """ "12,000 tokens go to openai:text-embedding-3-small, about $0.02.": the rest of a sentence."""
    from retrieval.prices import Price, price

    tokens = max(1, round(size * TOKENS_A_BYTE))
    model = settings.embedding or ""
    given = settings.embedding_price
    its = price(model) if given is None else Price(given)
    dollars = f"about {_dollars(its.cost(tokens))}" if its else "at a price that is not known here"
    hint = "" if its else " ONRECORD_EMBEDDING_PRICE tells it."
    return f"{_rounded(tokens)} tokens go to {model}, {dollars}.{hint}"


def _rounded(tokens: int) -> str:
    """Two figures of a number: an estimate has no more."""
    about = round(tokens, 1 - floor(log10(tokens)))
    return f"{about / 1_000_000:,.1f} million" if about >= 1_000_000 else f"{about:,}"


def _dollars(amount: float) -> str:
    if amount < 0.005:
        return "$0.01 or less"
    return f"${amount:,.2f}" if amount < 100 else f"${amount:,.0f}"
