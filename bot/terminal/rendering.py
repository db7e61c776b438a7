"""Lays answers and articles out for a terminal. Nothing from an article can steer the terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from bot.text import quoted, shown
from bot.wording import also_in, remark
from retrieval.types import Answer, Citation, Claim

_INDENT = 4


def show(console: Console, answer: Answer) -> None:
    """Print an answer: each claim with its speaker, the quotation, its source and the link that lands on it."""
    _print_question(console, answer.question)
    _print_message(console, answer)
    for claim in answer.claims or answer.instead:
        _print_claim(console, claim)


class Unfolding:
    """Prints an answer as it is written: claim by claim, and then what is to be said of all."""

    def __init__(self, console: Console, question: str) -> None:
        self._console = console
        self._question = question
        self._begun = False

    def tell(self, claim: Claim) -> None:
        """The next claim, on whatever thread."""
        if not self._begun:
            self._begun = True
            _print_question(self._console, self._question)
        _print_claim(self._console, claim)

    def end(self, answer: Answer) -> None:
        """The whole answer: of what is printed already, only the message."""
        if not self._begun:
            show(self._console, answer)
            return
        self._console.print()
        _print_message(self._console, answer)


def _print_question(console: Console, question: str) -> None:
    console.print(Text(shown(question), style="bold"))


def _print_message(console: Console, answer: Answer) -> None:
    console.print(Text(shown(answer.message), style="" if answer.claims else "yellow"))


def _print_claim(console: Console, claim: Claim) -> None:
    console.print()
    if claim.worded:
        _print_worded(console, claim)
        return
    first, *others = claim.citations
    console.print(_number(first) + _circumstances(claim))
    console.print(_indented(Text(shown(quoted(claim.text)))))
    _print_source(console, first)
    for citation in others:
        console.print(_number(citation) + Text("also told by", style="dim"))
        _print_source(console, citation)


def _print_worded(console: Console, claim: Claim) -> None:
    """A model's sentence, and under it each quotation that it rests on."""
    console.print(_indented(_circumstances(claim)))
    console.print(_indented(Text(shown(claim.text))))
    for citation in claim.citations:
        console.print(_number(citation) + Text(source(citation), style="dim"))
        _print_below(console, citation)
        console.print(_indented(Text(shown(quoted(citation.quote)), style="italic")))
        _print_link(console, citation)


def _print_source(console: Console, citation: Citation) -> None:
    console.print(_indented(Text(source(citation), style="dim")))
    _print_below(console, citation)
    _print_link(console, citation)


def _print_below(console: Console, citation: Citation) -> None:
    if citation.also_in:
        console.print(_indented(Text(also_in(citation), style="dim")))
    if citation.remark:
        console.print(_indented(Text(remark(citation.remark), style="yellow")))


def _print_link(console: Console, citation: Citation) -> None:
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
