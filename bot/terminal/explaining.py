"""Shows why an answer is what it is: how the question was understood, its candidates, and what became of each."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.text import clamp, shown
from retrieval.evidence import WORDS, Candidate
from retrieval.trace import Trace
from retrieval.understanding import Understood
from retrieval.weights import Weights
from retrieval.writing.metered import Request
from retrieval.writing.written import Written

# Candidates shown without a verdict of their own.
MOST = 12
_WORDS = 70
# Characters shown of a claim that a model returned: it may be anything.
_RETURNED = 600


def show_trace(console: Console, trace: Trace) -> None:
    """Print a trace below its answer."""
    console.print()
    console.print(_understood(trace.understood))
    console.print()
    console.print(_candidates(trace))
    console.print()
    console.print(Text(_thresholds(trace.weights), style="dim"))
    if trace.written:
        console.print()
        console.print(_written(trace.written))


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


def _written(written: Written) -> Table:
    """What a model made of the answer, and what became of each of its claims."""
    table = Table("Written", "", box=None, pad_edge=False, show_header=False)
    rows = [("model", written.model), ("prompts", ", ".join(written.prompts))]
    rows += [("put anew", written.rewritten)] if written.rewritten else []
    rows += [
        (judged.fate.value, f"{judged.text}{f': {judged.why}' * bool(judged.why)}") for judged in written.judged
    ]
    rows += [("failure", written.failure.sentence)] if written.failure else []
    rows += [("finding", "the evidence does not answer")] if not written.answers else []
    rows += [("request", _request(request)) for request in written.requests]
    for name, value in rows:
        table.add_row(Text(name, style="bold"), Text(shown(clamp(value, _RETURNED))))
    return table


def _request(request: Request) -> str:
    cost = "price not known" if request.cost is None else f"${request.cost:.5f}"
    counted = "" if request.usage.counted else " (estimated)"
    return f"{request.prompt}: {request.usage.input:,} tokens in, {request.usage.output:,} out{counted}, {cost}"


def _thresholds(weights: Weights) -> str:
    return (
        f"Fit is like + {WORDS} share; an answer needs a fit of {weights.sure:.2f} and {weights.rival:.2f} of "
        "others' best. "
        f"Claims beside the first need a chance of {weights.worth:.2f} of being right. "
        "Flags: q quoted, o another's, n the article's own words, x outside the time asked about."
    )
