"""Times our ingest of an archive of web pages and of JSON lines of the same articles against the stock recipe.

    python -m tests.bench.archives --articles FILE.jsonl [--limit 150] [--rounds 2]

The archive is made of the articles: each is a page of about 40 kB, its text in paragraphs, with what surrounds an
article on a news site. Ours reads a file as `onrecord ingest` does, on all cores, and stores what it finds. The
stock recipe (see `tests.bench.stock`) has no extraction of its own: it is given the articles' texts, read already,
and its time is set beside both. Machines are noisy: what counts are the ratios, from rounds that alternate.
"""

import argparse
import html
import io
import json
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from multiprocessing import active_children
from pathlib import Path

from rich.console import Console
from rich.table import Table
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from ingest.chunking import maker
from ingest.pipeline import ingest
from ingest.reading import read, unread
from ingest.statements.reader import Reader
from ingest.workers import Workers
from retrieval.embedding import embedder_name
from retrieval.library import Library, own_offices
from retrieval.minilm import MiniLM
from retrieval.settings import Settings
from retrieval.types import Article
from tests.bench.stock import console, stock, timed

PAGE = 40_000  # characters of a page, about
MAX_BYTES = 64_000_000
LINKS = """Council Harbor Schools Transport Budget Courts Weather Business Letters Obituaries Theatre Football
Rowing Markets Housing Energy Farming Health Science Travel Food Books Puzzles Archive""".split()
KIB = 1024 if sys.platform == "darwin" else 1  # what ru_maxrss counts in, per 1,024 bytes


def page(article: Article) -> bytes:
    """An article as a news site would serve it."""
    title = html.escape(article.title or "Untitled")
    paragraphs = "".join(f"<p>{html.escape(p)}</p>\n" for p in article.text.split("\n") if p.strip())
    by = f'<p class="byline">By {html.escape(article.author)}</p>' if article.author else ""
    body = f"<article><header><h1>{title}</h1>{by}</header>\n{paragraphs}</article>"
    head = f'<meta charset="utf-8"><title>{title}</title>\n{_metadata(article)}\n{_style()}'
    start = f"<body><nav>{_links(0, 40)}</nav>\n<main>{body}\n<aside><h2>More stories</h2>"
    end = f"</aside></main>\n<footer>{_links(7, 30)}<p>All rights reserved.</p></footer></body></html>\n"
    around = f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n{start}'
    return (around + _teasers(PAGE - len(around) - len(end)) + end).encode()


def _metadata(article: Article) -> str:
    known = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.published and article.published.isoformat(),
        "author": article.author and {"@type": "Person", "name": article.author},
        "publisher": article.outlet and {"@type": "Organization", "name": article.outlet},
        "mainEntityOfPage": article.url,
    }
    data = json.dumps({name: value for name, value in known.items() if value}).replace("<", "\\u003c")
    canonical = html.escape(article.url, quote=True)
    return f'<link rel="canonical" href="{canonical}">\n<script type="application/ld+json">{data}</script>'


def _style() -> str:
    rules = (
        f".block-{n} {{ margin: {n % 9}px; padding: {n % 7}px; color: #{n * 4099:06x}; }}" for n in range(120)
    )
    return f"<style>{' '.join(rules)}</style><script>{'window.queue=window.queue||[];' * 60}</script>"


def _links(first: int, count: int) -> str:
    names = (LINKS[(first + n) % len(LINKS)] for n in range(count))
    items = (f'<li class="item"><a href="/section/{name.lower()}/">{name}</a></li>' for name in names)
    return f"<ul>{''.join(items)}</ul>"


def _teasers(room: int) -> str:
    """Links to other stories, as many as there is room for."""
    found: list[str] = []
    while room > 0:
        n = len(found)
        one, two = LINKS[n % len(LINKS)], LINKS[(n * 5 + 3) % len(LINKS)]
        found.append(
            f'<div class="teaser block-{n % 120}"><a href="/{one.lower()}/story-{n}.html">'
            f'<img src="/img/{n}.jpg" alt="" width="320" height="180" loading="lazy">'
            f"<h3>{one}: what to know about {two.lower()} this week</h3></a></div>\n"
        )
        room -= len(found[-1])
    return "".join(found)


def _articles(path: Path) -> Iterator[Article]:
    return (item for item in read([str(path)], max_bytes=MAX_BYTES) if isinstance(item, Article))


def write_archive(articles: Sequence[Article], path: Path) -> None:
    """A WARC of the pages, each record packed by itself, as crawlers write them."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for article in articles:
            fields = [("Content-Type", "text/html; charset=utf-8")]
            headers = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
            payload = io.BytesIO(page(article))
            record = writer.create_warc_record(article.url, "response", payload=payload, http_headers=headers)
            writer.write_record(record)


def write_lines(articles: Sequence[Article], path: Path) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for article in articles:
            row = {name: getattr(article, name) for name in Article.__slots__}
            stream.write(json.dumps(row, default=str) + "\n")


def time_all(
    articles: Sequence[Article], archive: Path, plain: Path, rounds: int
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Seconds of each round, and the most memory so far after the first of each, by what was done.

    The stock recipe is last, for what a process took at its most it never forgets.
    """
    model, reader = MiniLM(), Reader.open()
    reader.read(articles[0])  # opened, and warm
    seconds: dict[str, list[float]] = {"JSON lines": [], "archive": [], "stock": []}
    memory: dict[str, str] = {}
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            works: dict[str, Callable[[], object]] = {
                "JSON lines": lambda: stored(plain, home / "lines", reader),  # noqa: B023
                "archive": lambda: stored(archive, home / "archive", reader),  # noqa: B023
                "stock": lambda: stock(list(articles), home / "stock", model),  # noqa: B023
            }
            for name, work in works.items():
                console.print(f"Round {number + 1} of {rounds}: {name}")
                seconds[name].append(timed(work))
                for child in active_children():  # told to end: it neither counts nor runs on beside the next
                    child.join(60)
                memory.setdefault(name, peak())
    return seconds, memory


def stored(path: Path, home: Path, reader: Reader) -> None:
    """Ingest a file into a new library, as the command does. An ingest that refuses everything would be fast."""
    settings = Settings(ONRECORD_HOME=home)  # type: ignore[call-arg]  # pydantic's alias
    items = unread([str(path)], max_bytes=MAX_BYTES)
    with Library.open(settings, "bench", maker(embedder_name(settings)), notify=console.print) as library:
        workers = Workers(reader, settings.processes, own_offices(settings))
        report = ingest(library, items, lambda _: None, workers)
    console.print(f"  {report.articles} articles stored, {len(report.rejected)} refused")
    for refused in report.rejected[:5]:
        console.print(f"  {refused.source}: {refused.reason}", style="yellow", markup=False)


def peak() -> str:
    """The most memory that this process had, and the largest of its children that have ended, in MB."""
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return f"{own / KIB * 1.024e-3:,.0f} + {children / KIB * 1.024e-3:,.0f}"


def show(count: int, seconds: dict[str, list[float]], memory: dict[str, str]) -> None:
    columns = ("articles from", "ours, a second", "stock, a second", "ours / stock", "peak MB, own + child")
    table = Table(*columns, box=None, pad_edge=False)
    rates = {name: count / statistics.median(times) for name, times in seconds.items()}
    for name in ("JSON lines", "archive"):
        ratio = statistics.median(s / o for o, s in zip(seconds[name], seconds["stock"], strict=True))
        given = f"{rates['stock']:.1f}{' *' if name == 'archive' else ''}"
        table.add_row(name, f"{rates[name]:.1f}", given, f"{ratio:.2f}", memory[name])
    share = statistics.median(a / o for a, o in zip(seconds["archive"], seconds["JSON lines"], strict=True))
    out = Console(width=110)
    out.print(table)
    out.print(f"An archive takes {share:.2f} times as long as JSON lines.")
    out.print("* The stock recipe has no extraction of its own: it was given the same articles' texts.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.archives", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--articles", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--limit", type=int, default=150, help="the first N articles (150)")
    parser.add_argument("--rounds", type=int, default=2, help="how often each is timed (2)")
    options = parser.parse_args()
    articles = list(islice(_articles(options.articles), options.limit))
    with tempfile.TemporaryDirectory() as folder:
        archive, plain = Path(folder) / "pages.warc.gz", Path(folder) / "articles.jsonl"
        write_archive(articles, archive)
        write_lines(articles, plain)
        console.print(f"{len(articles)} articles; the archive is {archive.stat().st_size / 1e6:.1f} MB, packed")
        show(len(articles), *time_all(articles, archive, plain, options.rounds))


if __name__ == "__main__":
    main()
