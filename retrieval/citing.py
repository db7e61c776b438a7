"""Citations: a quotation's place, the link that lands on it, and the check against the stored text."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote, urlsplit

from retrieval.notices import NoticeKind, notices
from retrieval.record import version_of
from retrieval.types import Article, Citation, Claim, Copy, Remark

# A text fragment holds a quotation of up to so many words whole; of a longer one, its first and last words.
WHOLE, EDGE = 12, 6
# What is told of an article is kept of so many: to look for notices takes half a millisecond, and a question
# cites ten articles.
KEPT = 1000


def cite(article: Article, start: int, end: int) -> Citation:
    """A citation of article.text[start:end]; it gets its number in `numbered`."""
    words = article.text[start:end]
    return Citation(
        n=0,
        url=article.url,
        title=article.title,
        outlet=article.outlet,
        author=article.author,
        published=article.published,
        quote=words,
        start=start,
        end=end,
        link=fragment_link(article.url, words),
        version=_version(article),
        remark=_remark(article),
    )


@lru_cache(KEPT)
def _remark(article: Article) -> Remark | None:
    """The gravest that an article says of itself."""
    found = sorted(notices(article.text, article.title), key=lambda n: n.kind is not NoticeKind.RETRACTION)
    if not found:
        return None
    first = found[0]
    return Remark(first.kind.value, article.text[first.start : first.end] or article.title or "")


@lru_cache(KEPT)
def _version(article: Article) -> str:
    return version_of(article)


def with_copies(claims: Iterable[Claim], copies: Mapping[str, Sequence[Article]]) -> list[Claim]:
    """The claims with the copies, by the urls of the articles cited, that have their quotations too.

    What marks and spaces a copy has does not matter, for its own words are not shown.
    """

    def completed(citation: Citation) -> Citation:
        words = _bare(citation.quote)
        others = [one for one in copies.get(citation.url, ()) if words.strip() and words in _bare(one.text)]
        return replace(citation, also_in=tuple(Copy(o.url, o.title, o.outlet, o.published) for o in others))

    return [replace(claim, citations=tuple(map(completed, claim.citations))) for claim in claims]


def _bare(text: str) -> str:
    words = " ".join(re.findall(r"[^\W_]+", text.lower()))
    return f" {words} "


def fragment_link(url: str, words: str) -> str:
    """The url with a text fragment, on which a browser scrolls to the words and marks them.

    Source: the WICG's URL Fragment Text Directives: `-`, `,` and `&` have a meaning of their own there, and
    no part may cross from one block of the page into the next.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        return url
    lines = [line.split() for line in words.splitlines() if line.strip()]
    if not lines:
        return url
    if len(lines) == 1 and len(lines[0]) <= WHOLE:
        directive = _escaped(lines[0])
    else:
        directive = f"{_escaped(lines[0][:EDGE])},{_escaped(lines[-1][-EDGE:])}"
    url = url.partition(":~:")[0]  # an address copied from a search engine may have a fragment already
    return f"{url}{'' if '#' in url else '#'}:~:text={directive}"


def _escaped(words: list[str]) -> str:
    return quote(" ".join(words), safe="").replace("-", "%2D")


def numbered(claims: Iterable[Claim], after: int = 0) -> tuple[Claim, ...]:
    """The claims with their citations numbered through, on from those before."""
    found: list[Claim] = []
    n = after
    for claim in claims:
        citations = []
        for citation in claim.citations:
            n += 1
            citations.append(replace(citation, n=n))
        found.append(replace(claim, citations=tuple(citations)))
    return tuple(found)


def verified(claims: Iterable[Claim], stored: Callable[[str], Article | None]) -> list[Claim]:
    """The claims whose every quotation stands, letter for letter, in the article as it is stored now."""

    def stands(citation: Citation) -> bool:
        article = stored(citation.url)
        return article is not None and article.text[citation.start : citation.end] == citation.quote

    return [claim for claim in claims if claim.citations and all(map(stands, claim.citations))]
