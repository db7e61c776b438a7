"""Answers to render: ordinary ones, hostile ones and long ones; and what a reader of Discord sees of a text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Any

import discord

from bot.text import size
from retrieval.types import Answer, Choice, Citation, Claim, Copy, Outcome

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

# What breaks limits, orders and encodings: not shown letter for letter, but shown.
EXTREMES = (
    "",
    " \n\t ",
    "\u202eevil\u202c \u2067right\u2069 \u200fto left \u05e9\u05dc\u05d5\u05dd",
    "\u200b\u2060\ufeff",
    "*" * 4000,
    "N" * 300,
    "\U0001f3e0" * 3000,
    "half \ud83c of a pair \udfe0",
    "\U0001f469\u200d\U0001f3eb teaches",
    "1. one\r\n- two\u2028> three\x00\x1b[31m",
    "line\n" * 900,
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
    """What is left for Discord's parser to act on, escaped characters and the marks of our lines taken out."""
    return re.sub(r"\\[^0-9A-Za-z\s]", "", unmarked(text))


def unmarked(text: str) -> str:
    """Without the mark of a quotation or of small print that a line of ours begins with; a second one stays."""
    return re.sub(r"^(?:> |-# )", "", text, flags=re.MULTILINE)


def markup(text: str) -> list[str]:
    """What Discord's parser acts on in a text, in order, but for the marks of our lines."""
    return re.findall(r"[`*_~|<>\[\]()#@]|://|^[^\S\n]*(?:[-+]|[0-9]+\.)(?=\s)", live(text), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class InPlace:
    """A quotation in its place, as `bot.discord.desk.Shown` is."""

    citation: Citation
    before: str
    after: str


def choices(count: int, **changes: Any) -> tuple[Choice, ...]:
    """People whom one name may mean, with the ids 0, 1, 2, …"""
    return tuple(Choice(n, **({"name": f"Jane Turner {n}", "office": "mayor"} | changes)) for n in range(count))


def texts(embeds: Iterable[discord.Embed]) -> str:
    """All that is written in embeds, one after the other."""
    return "\n\n".join(
        part for embed in embeds for part in (embed.title, embed.description, embed.footer.text) if part
    )


def refused(rules: ModuleType | None, *embeds: discord.Embed, view: discord.ui.View | None = None) -> list[str]:
    """Why Discord would not take messages of these embeds, one each: by its limits, and by its rules."""
    found = []
    for embed in embeds:
        limits = ((embed.title, 256), (embed.description, 4096), (embed.footer.text, 2048))
        found += [f"{size(text)} of {most}" for text, most in limits if text and size(text) > most]
        if sum(size(text) for text, _ in limits if text) > 6000 or not embed.description:
            found.append("an embed that is too long, or empty")
        body: dict[str, Any] = {"embeds": [embed.to_dict()], "allowed_mentions": {"parse": []}}
        if view is not None:
            body["components"] = view.to_components()
        found += rules.check("POST", "/channels/1/messages", body) if rules else []
        str(body).encode()
    return found
