"""Writes claims and their sources as plain text: for the files that come with a message.

Nothing in it is markup, so nothing is escaped; what no reader sees is left out. Days are as 2024-05-31.
"""

import re
from collections.abc import Iterator

from bot.text import link, quoted, shown
from bot.wording import also_in, outlets, remark
from retrieval.types import Answer, Citation, Claim, Copy

NOBODY = "Speaker not established"
UNKNOWN = "unknown outlet"
_INDENT = "    "
_LINE_END = re.compile("[\n\u2028\u2029]")


def sources(answer: Answer) -> str:
    """All that an answer rests on, in full: each claim, and each of its citations with where it stands.

    What comes from outside never begins a line: it stands behind a label, or indented.
    """
    parts = [f"Question: {_line(answer.question)}\nAnswer: {_line(answer.message)}"]
    for number, claim in enumerate(answer.claims or answer.instead, 1):
        parts.append("\n".join(_said(number, claim)))
        parts += ["\n".join(_cited(citation)) for citation in claim.citations]
    return "\n\n".join(parts) + "\n"


def claim_text(claim: Claim) -> str:
    """A claim as a message would show it."""
    lines = [" · ".join([who(claim), *circumstances(claim)])]
    if claim.worded:
        lines.append(shown(claim.text.strip()))
    for citation in claim.citations:
        lines += [f"[{citation.n}] {shown(quoted(citation.quote))}", *_placed(citation)]
    return "\n".join(lines)


def passage_text(citation: Citation, before: str, after: str) -> str:
    """A quotation between what stands around it in its article."""
    words = [shown(before).strip(), f"[{citation.n}] {shown(quoted(citation.quote))}", shown(after).strip()]
    return "\n".join([*filter(None, words), *_placed(citation)])


def who(claim: Claim) -> str:
    """The speaker's name on one line; says so where there is none."""
    return _line(claim.speaker or "") or NOBODY


def circumstances(claim: Claim, said_on: str | None = None) -> list[str]:
    """When it was said, whether at second hand, and in how many outlets. `said_on` is the day as it is written."""
    said = said_on or (claim.said_on.isoformat() if claim.said_on else None)
    count = outlets(claim)
    told = ["second-hand"] if claim.second_hand else []
    return [*([f"said {said}"] if said else []), *told, *([f"{count} outlets"] if count > 1 else [])]


def _said(number: int, claim: Claim) -> Iterator[str]:
    yield " · ".join([f"Claim {number}: {who(claim)}", *circumstances(claim)])
    if claim.worded:
        yield _INDENT + _indented(claim.text.strip())


def _cited(citation: Citation) -> Iterator[str]:
    yield f"[{citation.n}] {_indented(quoted(citation.quote))}"
    target, place = link(citation.link, citation.url), link(citation.url)
    facts = {
        "Outlet": _line(citation.outlet or "") or UNKNOWN,
        "Author": _line(citation.author or ""),
        "Published": citation.published.isoformat() if citation.published else "undated",
        "Title": _line(citation.title or ""),
        "Address": place,
        "Link to the words": target if target != place else None,
        "Version": _line(citation.version),
    }
    yield from (f"{_INDENT}{label}: {fact}" for label, fact in facts.items() if fact)
    yield from (f"{_INDENT}Also in: {_copy(copy)}" for copy in citation.also_in)
    if citation.remark:
        yield _INDENT + remark(citation.remark)


def _copy(copy: Copy) -> str:
    day = copy.published.isoformat() if copy.published else "undated"
    parts = [_line(copy.outlet or "") or UNKNOWN, day, _line(copy.title or ""), link(copy.url)]
    return " · ".join(part for part in parts if part)


def _placed(citation: Citation) -> list[str]:
    """Where a quotation stands, its copies, and what its article says of itself."""
    published = citation.published.isoformat() if citation.published else "undated"
    parts = [_line(citation.outlet or "") or UNKNOWN, published, _line(citation.title or "")]
    lines = [" · ".join(filter(None, [*parts, link(citation.link, citation.url)]))]
    lines += [also_in(citation)] if citation.also_in else []
    return [*lines, f"⚠ {remark(citation.remark)}"] if citation.remark else lines


def _line(text: str) -> str:
    return " ".join(shown(" ".join(text.split())).split())


def _indented(text: str) -> str:
    return _LINE_END.sub(rf"\g<0>{_INDENT}", shown(text))
