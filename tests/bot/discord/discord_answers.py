"""Answers to render: ordinary ones, hostile ones and long ones; and what a reader of Discord sees of a text."""

import re
from datetime import date
from typing import Any

from retrieval.types import Answer, Citation, Claim, Copy, Outcome

QUOTE = "We will build forty homes on Mill Lane by spring, Turner told the council."

HOSTILE = (
    "@everyone and @here",
    "<@1> <@&2> <#3> </ask:4> <:smile:5> <t:6:R> <https://evil.example>",
    "[the council](http://evil.example/a_b_c)",
    "```py\nimport os\n``` and `code` and a stray ```",
    "**bold** __under__ ~~gone~~ ||spoiler|| *it* _it_ \\*no\\*",
    "# Heading\n## Two\n-# small\n- list\n  * list\n+ list\n1. one\n > quoted\n>>> all of it",
    "see https://evil.example/x_y or HTTP://EVIL.example, steam://run",
    "back\\slash at the end \\",
    "unclosed [ ( ` * _ ~~ || <",
)


def citation(n: int = 1, **changes: Any) -> Citation:
    url = f"https://news.example.org/{n}"
    fields: dict[str, Any] = {
        "url": url,
        "title": f"Council meets, part {n}",
        "outlet": "Evening Post",
        "author": None,
        "published": date(2024, 3, n % 28 + 1),
        "quote": QUOTE,
        "start": 0,
        "end": len(QUOTE),
        "link": f"{url}#:~:text=We%20will,spring",
    }
    return Citation(n=n, **(fields | changes))


def copies(*outlets: str | None) -> tuple[Copy, ...]:
    """Articles of the same text, one in each outlet; None has no name, only an address."""
    return tuple(Copy(f"https://www.bay{n}.example/", None, outlet, None) for n, outlet in enumerate(outlets))


def claim(*citations: Citation, **changes: Any) -> Claim:
    fields: dict[str, Any] = {
        "text": "Forty homes on Mill Lane by spring",
        "speaker": "Jane Turner",
        "said_on": date(2024, 3, 1),
        "second_hand": False,
    }
    return Claim(citations=citations or (citation(),), **(fields | changes))


def answer(*claims: Claim, **changes: Any) -> Answer:
    fields: dict[str, Any] = {
        "question": "What did Turner propose?",
        "outcome": Outcome.ANSWERED if claims else Outcome.NO_EVIDENCE,
        "message": "Turner is on record about it." if claims else "Nothing on record fits; 12 articles are held.",
        "passages": (),
        "seconds": 0.1,
    }
    return Answer(claims=claims, **(fields | changes))


def as_read(text: str) -> str:
    """What a reader sees: Discord drops a backslash before punctuation and shows the character."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


def live(text: str) -> str:
    """What is left for Discord's parser to act on, escaped characters taken out."""
    return re.sub(r"\\[^0-9A-Za-z\s]", "", text)
