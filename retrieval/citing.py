"""Citations: a quotation's place, the link that lands on it, and the check against the stored text."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import quote, urlsplit

from retrieval.types import Article, Citation, Claim

# A text fragment holds a quotation of up to so many words whole; of a longer one, its first and last words.
WHOLE, EDGE = 12, 6


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
    )


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
