"""The sentence or two that stand above an answer: how much is on record, or what is held where nothing is."""

from collections.abc import Sequence
from datetime import date

from retrieval.answering import Settled
from retrieval.evidence import Candidate
from retrieval.record import Record
from retrieval.speakers import FactKind
from retrieval.types import Choice, Claim, Outcome
from retrieval.understanding import Asked, Intent, Understood
from retrieval.writing import Written

# So many of the nearest topics that somebody is on record about are offered.
TOPICS = 3
# Terms of the topic that are looked up to say that no article with the asked name holds them.
TERMS = 5


def message(
    understood: Understood,
    settled: Settled,
    ranked: Sequence[Candidate],
    record: Record,
    written: Written | None = None,
) -> str:
    """What is said above the claims, or in their place."""
    if settled.outcome is Outcome.ANSWERED:
        return " ".join(filter(None, [_answered(understood, settled), _wording(settled, written)]))
    if settled.outcome is Outcome.AMBIGUOUS_SPEAKER:
        return _ambiguous(choices(settled, record))
    articles, first, last = record.coverage()
    if not articles:
        return "Nothing is on record: the library is empty. Add articles with onrecord ingest."
    held = (
        f"The library holds {_number(articles, 'article')}{_period(first, last)}{_mentions(understood, record)}."
    )
    if settled.outcome is Outcome.WRONG_SPEAKER:
        return f"{_wrong(understood, settled.instead[0])} {held}"
    return " ".join(filter(None, [_nothing(understood), held, _nearest(understood, ranked)]))


def _answered(understood: Understood, settled: Settled) -> str:
    n = len(settled.claims)
    said = settled.claims[0].said_on
    if understood.intent is Intent.WHEN and said:
        return f"On {_day(said)}, as far as is on record."
    parts = ["One statement is on record" if n == 1 else f"{n} statements are on record"]
    parts += [", in the order of their dates"] * (understood.intent is Intent.CHANGE and n > 1)
    silent = f" Nothing that fits is on record from {_names(settled.silent)}." if settled.silent else ""
    return "".join(parts) + "." + silent


def _wording(settled: Settled, written: Written | None) -> str:
    """Whose words the claims are in, where a model was asked."""
    if written is None:
        return ""
    if written.failure is None:
        worded = any(claim.worded for claim in settled.claims)
        return f"Put into words by {written.model}; the quotations are the record's." if worded else ""
    shown = "this is what it had written" if written.claims else "these are the statements as they stand"
    return f"{written.failure.sentence}; {shown}."


def choices(settled: Settled, record: Record) -> tuple[Choice, ...]:
    """Those whom an ambiguous name may mean, each with the first office that articles give him."""
    facts = record.speaker_facts([one.id for one in settled.choices]) if settled.choices else {}
    found = []
    for one in settled.choices:
        offices = [fact.value for fact in facts.get(one.id, ()) if fact.kind is FactKind.OFFICE]
        found.append(Choice(one.id, one.name, offices[0] if offices else None))
    return tuple(found)


def _ambiguous(some: Sequence[Choice]) -> str:
    named = [f"{one.name} ({one.office})" if one.office else one.name for one in some]
    return f"More than one person fits: {_either(named)}. Ask again with the full name, or the office."


def _wrong(understood: Understood, claim: Claim) -> str:
    citation = claim.citations[0]
    day = _day(citation.published) if citation.published else ""
    where = ", ".join(filter(None, [citation.outlet or "", day]))
    return (
        f"Nothing that fits is on record from {_names(understood.asked)}. "
        f"{claim.speaker} is on record with what is nearest to it [{citation.n}]"
        + (f", {where}." if where else ".")
    )


def _nothing(understood: Understood) -> str:
    whose = f" from {_names(understood.asked)}" if understood.asked else ""
    return f"Nothing on record{whose} that answers this."


def _mentions(understood: Understood, record: Record) -> str:
    """How many articles mention each asked, and what of the topic none of them holds."""
    told = []
    for name in [one.name for one in understood.asked] or list(understood.names[:TERMS]):
        count = record.articles_with(name)
        if not count:
            told.append(f"none mentions {name}")
            continue
        absent = [term for term in understood.terms[:TERMS] if not record.articles_with(name, term)]
        without = f", none of them {_either([f'“{term}”' for term in absent])}" if absent else ""
        told.append(f"{_number(count, '')}{'mentions' if count == 1 else 'mention'} {name}{without}")
    return "".join(f"; {part}" for part in told)


def _nearest(understood: Understood, ranked: Sequence[Candidate]) -> str:
    """The articles in which those asked say what is nearest to the topic."""
    his = sorted((c for c in ranked if c.asked is not None and c.statement), key=lambda c: -c.features.like)
    titles = list(dict.fromkeys(f"“{c.article.title}”" for c in his if c.article.title))[:TOPICS]
    return f"On record from {_names(understood.asked)}, nearest to it: {', '.join(titles)}." if titles else ""


def _names(asked: Sequence[Asked]) -> str:
    return _either([one.name for one in asked])


def _either(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _number(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' * (n != 1 and bool(noun))}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _period(first: date | None, last: date | None) -> str:
    if not first or not last:
        return ""
    if (first.year, first.month) == (last.year, last.month):
        return f", {first:%b %Y}"
    return f", {first:%b %Y} to {last:%b %Y}"
