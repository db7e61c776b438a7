"""Lays answers and articles out for a terminal. Nothing from an article can steer the terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from bot.text import quoted, shown
from retrieval.types import Answer, Citation, Claim

_INDENT = 4


def show(console: Console, answer: Answer) -> None:
    """Print an answer: each claim with its speaker, the quotation, its source and the link that lands on it."""
    console.print(Text(shown(answer.question), style="bold"))
    console.print(Text(shown(answer.message), style="" if answer.claims else "yellow"))
    for claim in answer.claims or answer.instead:
        console.print()
        first, *others = claim.citations
        console.print(_number(first) + _circumstances(claim))
        console.print(_indented(Text(shown(quoted(claim.text)))))
        _print_source(console, first)
        for citation in others:
            console.print(_number(citation) + Text("also in", style="dim"))
            _print_source(console, citation)


def _print_source(console: Console, citation: Citation) -> None:
    console.print(_indented(Text(source(citation), style="dim")))
    # One line, however long: a link that wraps cannot be copied.
    console.print(Text(" " * _INDENT + shown(citation.link), style="dim"), soft_wrap=True, highlight=False)


def _number(citation: Citation) -> Text:
    return Text(f"[{citation.n}]".ljust(_INDENT), style="cyan")


def _circumstances(claim: Claim) -> Text:
    who = Text(shown(claim.speaker), style="bold green") if claim.speaker else Text("Speaker not established")
    said = f", {claim.said_on:%d %b %Y}" if claim.said_on else ""
    return who + Text(said + (", second-hand" if claim.second_hand else ""))


def source(citation: Citation) -> str:
    """Outlet, author, date and title in one line."""
    day = f"{citation.published:%d %b %Y}" if citation.published else "undated"
    parts = [citation.outlet or "unknown outlet", citation.author, day, citation.title]
    return shown(" · ".join(part for part in parts if part))


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, _INDENT), expand=False)


def link(text: str, url: str) -> Text:
    """A text that a terminal can open, where the url is one of the web and nothing but that."""
    opens = url.startswith(("http://", "https://")) and url.isprintable()
    style = Style(link=url) if opens else Style()
    return Text(shown(text), style=style)
