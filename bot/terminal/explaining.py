"""Shows why an answer is what it is: how the question was understood, its candidates, and what became of each."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.text import clamp, shown
from retrieval.evidence import WORDS, Candidate
from retrieval.trace import Trace
from retrieval.understanding import Understood
from retrieval.weights import Weights

# Candidates shown without a verdict of their own.
MOST = 12
_WORDS = 70


def show_trace(console: Console, trace: Trace) -> None:
    """Print a trace below its answer."""
    console.print()
    console.print(_understood(trace.understood))
    console.print()
    console.print(_candidates(trace))
    console.print()
    console.print(Text(_thresholds(trace.weights), style="dim"))


def _understood(understood: Understood) -> Table:
    table = Table("Understood", "", box=None, pad_edge=False, show_header=False)
    asked = [
        f"{one.name} (“{one.words}”: "
        + (", ".join(f"{s.name} in {s.articles} articles" for s in one.speakers) or "nobody known")
        + ")"
        for one in understood.asked
    ]
    rows = {
        "asked": "; ".join(asked) or "nobody's words",
        "intent": understood.intent.value,
        "topic": understood.topic,
        "terms": ", ".join(understood.terms),
        "other names": ", ".join(understood.names),
        "time": _time(understood),
        "outlet": understood.outlet or "",
    }
    for name, value in rows.items():
        if value:
            table.add_row(Text(name, style="bold"), Text(shown(value)))
    return table


def _time(understood: Understood) -> str:
    if not (understood.since or understood.until):
        return ""
    return f"{understood.since or 'any day'} to {understood.until or 'any day'}"


def _candidates(trace: Trace) -> Table:
    table = Table(
        "",
        "score",
        "like",
        "near",
        "article",
        "share",
        "flags",
        "who",
        "words",
        "verdict",
        box=None,
        pad_edge=False,
    )
    for place, candidate in enumerate(trace.candidates):
        verdict = trace.verdicts.get(place, "")
        if verdict or place < MOST:
            table.add_row(*_row(place, candidate, verdict))
    return table


def _row(place: int, candidate: Candidate, verdict: str) -> list[Text]:
    f = candidate.features
    flags = "".join(
        letter for letter, on in zip("qonx", (f.quoted, f.other, f.narrative, f.off), strict=True) if on
    )
    numbers = [
        f"{place + 1}",
        f"{candidate.score:.1f}",
        *(f"{v:.2f}" for v in (f.like, f.near, f.article, f.share)),
    ]
    who = candidate.speaker or ("the article" if candidate.asked is None else candidate.article.author or "")
    words = clamp(" ".join(candidate.text.split()), _WORDS)
    return [*map(Text, numbers), Text(flags), Text(shown(who)), Text(shown(words)), Text(verdict, style="yellow")]


def _thresholds(weights: Weights) -> str:
    return (
        f"Fit is like + {WORDS} share; an answer needs a fit of {weights.sure:.2f} and {weights.rival:.2f} of "
        "others' best. "
        f"Claims beside the first need a chance of {weights.worth:.2f} of being right. "
        "Flags: q quoted, o another's, n the article's own words, x outside the time asked about."
    )
