"""Lays out what a library holds, what a server has chosen, what can be asked, and what is disputed.

Pure: no request leaves from here, and every word from an article or a person is escaped. Each is one embed.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

import discord

from bot.discord.dates import ISO, LANGUAGES, day
from bot.discord.embeds import DESCRIPTION_LIMIT
from bot.discord.papers import NOBODY, UNKNOWN
from bot.text import clamp, domain, escape, link, quoted, shown, size
from retrieval.kept import Dispute, State

if TYPE_CHECKING:
    from bot.discord.intake import Taken
    from bot.discord.servers import Preferences
    from retrieval.record.holdings import Holdings, OutletHeld
    from retrieval.record.values import StoredSpeaker

WIDTH = 30  # columns of a code block that a phone shows without folding
_MONTHS = 24  # lines of months; longer times are told by years
_YEARS = 24
_NAME = 80
_SPEAKERS = 10
_CHANNELS = 40
_ROOM = DESCRIPTION_LIMIT - 250  # beside a list: for lines above it, and one that counts what is left out
_STATES = {State.OPEN: "waits for a review", State.UPHELD: "upheld", State.DISMISSED: "dismissed"}
_COMMANDS = """
**Ask**
`/ask` who said what, and when; or mention me with the question
`/positions` what one person is on record with
`/compare` the same of two people
*Is this on record?* in the menu of a message, under Apps

**See what is held**
`/coverage` how much, of which time
`/sources` which outlets
`/library` which library this server asks
""".strip()
_FOR_MANAGERS = """
**For those who manage this server**
`/ingest` adds articles
`/corrections` what readers call wrong
`/settings` channels, dates, who sees answers
""".strip()
_TRUST = (
    "Each quotation is what the article says, letter for letter. Words told at second hand are labelled so. "
    "If something is not right, press *This is wrong* under the answer."
)


def coverage(
    holdings: "Holdings",
    about: str | None = None,
    mentioning: int | None = None,
    language: str = ISO,
    *,
    may_ingest: bool = False,
) -> discord.Embed:
    """How much is held, of which time, and who speaks; `mentioning` articles hold the words `about`."""
    if not holdings.articles:
        return discord.Embed(title="What is on record", description=_empty(may_ingest))
    parts = [_held(holdings, language)]
    if about is not None and mentioning is not None:
        parts.append(f"{_number(mentioning, 'article')} with “{escape(clamp(about, 200))}” in it.")
    if months := _bars(holdings):
        parts.append(f"```\n{months}\n```")
    if names := [f"{_name(one.name, 'unnamed')} ({one.articles:,})" for one in _foremost(holdings)]:
        parts.append(f"**Who speaks in most articles:** {', '.join(names)}")
    return discord.Embed(title="What is on record", description="\n".join(parts))


def outlets(held: "Sequence[OutletHeld]", language: str = ISO) -> discord.Embed:
    """The outlets in their order, unknown ones last, as many as there is room for; the others are counted."""
    known_first = sorted(held, key=lambda one: not _name(one.name, ""))
    lines = [" · ".join([f"**{_name(one.name, UNKNOWN)}**", *_counted(one, language)]) for one in known_first]
    text = _filled(lines, "outlet") or "No article is held, so there is no outlet."
    return discord.Embed(title="Outlets", description=text)


def helped(examples: Sequence[str], manager: bool) -> discord.Embed:
    """What can be asked here, with at most five questions that this library answers."""
    parts = [_COMMANDS, *([_FOR_MANAGERS] if manager else [])]
    if asked := [f"• {escape(clamp(example, 150))}" for example in examples[:5] if clamp(example, 150)]:
        parts.append("\n".join(["**Try**", *asked]))
    return discord.Embed(title="Who said what, and when", description="\n\n".join([*parts, _TRUST]))


def library(own: bool, holdings: "Holdings", may_ingest: bool, language: str = ISO) -> discord.Embed:
    """Whether a server asks a library of its own, what that holds, and how more comes in."""
    held = _held(holdings, language) if holdings.articles else _empty(may_ingest)
    adding = (
        ["Those who manage this server add articles with `/ingest`."] if may_ingest and holdings.articles else []
    )
    asked = "**a library of its own**" if own else "**the shared library**"
    return discord.Embed(title="Library", description="\n".join([f"This server asks {asked}.", held, *adding]))


def taken(brought: "Taken") -> discord.Embed:
    """What became of articles that were brought, with as many of the rejections as there is room for."""
    counts = {"added": brought.added, "updated": brought.updated, "known already": brought.unchanged}
    told = [f"**{_number(count, 'article')}** {what}" for what, count in counts.items() if count]
    lines = [f"• {_name(source, 'unnamed')}: {escape(clamp(reason, 300))}" for source, reason in brought.rejected]
    rejected = [f"**{len(lines):,} not taken:**\n{_filled(lines, 'rejection')}"] if lines else []
    text = "\n".join([*told, *rejected]) or "Nothing was found in it."
    return discord.Embed(title="Ingested" if told else "Not ingested", description=text)


def preferences(chosen: "Preferences") -> discord.Embed:
    """What a server has chosen. Channels are named as Discord names them, which pings nobody."""
    named = [f"<#{int(one)}>" for one in sorted(chosen.channels)[:_CHANNELS]]
    more = [f"and {len(chosen.channels) - _CHANNELS} more"] if len(chosen.channels) > _CHANNELS else []
    dates = chosen.dates if chosen.dates in LANGUAGES else ISO
    lines = [
        f"**Library:** {'one of its own' if chosen.library == 'own' else 'the shared one'}",
        f"**Answers in:** {', '.join([*named, *more]) or 'all channels'}",
        f"**Who sees answers:** {'only who asked' if chosen.private else 'all in the channel'}",
        f"**Dates:** {LANGUAGES[dates]}, as {shown(day(date(2024, 5, 31), dates))}",
        f"**Corrections go to:** {'nowhere' if chosen.corrections is None else f'<#{int(chosen.corrections)}>'}",
    ]
    return discord.Embed(title="Settings", description="\n".join(lines))


def dispute(disputed: Dispute, language: str = ISO) -> discord.Embed:
    """What a reader calls wrong, for those who review it. The quotation is shown whole or not at all."""
    target = link(disputed.url)
    where = [escape(domain(target)), f"[open]({target})"] if target else ["not on the web"]
    speaker = _name(disputed.speaker, NOBODY)
    about = [
        " · ".join([f"**{speaker}**", *where]),
        f"**What is wrong:** {escape(clamp(disputed.reason, 500)) or 'no reason given'}",
        f"Asked for on {shown(day(disputed.at.date(), language))}; {_STATES[disputed.state]}.",
    ]
    title = f"Correction {disputed.id}"
    for words in (_words(disputed.quote), "The words are too many to show here; they stand in the article."):
        text = "\n".join([words, *about])
        if size(text) <= DESCRIPTION_LIMIT:
            break
    return discord.Embed(title=title, description=text)


def _words(quote: str | None) -> str:
    return "The article is not held any more." if quote is None else escape(quoted(quote))


def _empty(may_ingest: bool) -> str:
    if may_ingest:
        return "Nothing is held yet. Those who manage this server add articles with `/ingest`."
    return "Nothing is held yet. Whoever runs me adds articles with `onrecord ingest`."


def _held(holdings: "Holdings", language: str) -> str:
    of_others = "a copy of another" if holdings.copies == 1 else "copies of others"
    copies = f", {holdings.copies:,} of them {of_others}" if holdings.copies else ""
    days = _days(holdings.first, holdings.last, language)
    return (
        f"**{_number(holdings.articles, 'article')}**{copies}{f', {days}' if days else ''}\n"
        f"**{_number(holdings.statements, 'statement')}** with a known speaker"
    )


def _foremost(holdings: "Holdings") -> "Sequence[StoredSpeaker]":
    """Those who speak in most articles; where anybody speaks in several, nobody who does in one."""
    most = holdings.speakers[:_SPEAKERS]
    return [one for one in most if one.articles > 1] or most


def _counted(one: "OutletHeld", language: str) -> list[str]:
    days = _days(one.first, one.last, language)
    return [_number(one.articles, "article"), *([days] if days else [])]


def _days(first: date | None, last: date | None, language: str) -> str:
    written = dict.fromkeys(shown(day(one, language)) for one in (first, last) if one)
    return " to ".join(written)


def _bars(holdings: "Holdings") -> str:
    """A line for each month, or year, with a bar as long as its share of the fullest; at most WIDTH columns.

    More than two in a row without articles have one line together.
    """
    counts = _by_month(holdings.months)
    if len(counts) > _MONTHS:
        counts = _by_year(holdings.months)
    undated = holdings.articles - sum(counts.values())
    if undated > 0 and counts:
        counts["undated"] = undated
    labels, numbers = max(map(len, counts), default=0), [f"{count:,}" for count in counts.values()]
    most, room = max(counts.values(), default=0), WIDTH - labels - 2 - max(map(len, numbers), default=0)
    lines: list[str] = []
    for empty, some in groupby(zip(counts.items(), numbers, strict=True), key=lambda one: not one[0][1]):
        run = list(some)
        if empty and len(run) > 2:
            run = [(("…".center(labels), 0), "0")]
        for (label, count), number in run:
            bar = "█" * -(-count * room // most) if most else ""
            lines.append(f"{label:<{labels}} {bar} {number}")
    return "\n".join(lines)


def _by_month(months: Sequence[tuple[date, int]]) -> dict[str, int]:
    """Every month from the first to the last, those without articles too; stops where they are too many."""
    if not months:
        return {}
    found = {(first.year, first.month): count for first, count in months}
    year, month = min(found)
    counts: dict[str, int] = {}
    while (year, month) <= max(found) and len(counts) <= _MONTHS:
        counts[f"{year:04}-{month:02}"] = found.get((year, month), 0)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return counts


def _by_year(months: Sequence[tuple[date, int]]) -> dict[str, int]:
    """The last years, and all those before them in one."""
    last = max(first.year for first, _ in months)
    begin = max(last - _YEARS + 1, min(first.year for first, _ in months))
    counts = {"earlier": sum(count for first, count in months if first.year < begin)}
    counts |= {f"{year:04}": 0 for year in range(begin, last + 1)}
    for first, count in months:
        if first.year >= begin:
            counts[f"{first.year:04}"] += count
    return {label: count for label, count in counts.items() if count or label != "earlier"}


def _filled(lines: Sequence[str], of: str) -> str:
    text = ""
    for placed, line in enumerate(lines):
        if size(text) + size(line) + 1 > _ROOM:
            return f"{text}\nand {_number(len(lines) - placed, f'other {of}')}"
        text = f"{text}\n{line}" if text else line
    return text


def _name(name: str | None, otherwise: str) -> str:
    return escape(clamp(name or "", _NAME)) or otherwise


def _number(count: int, of: str) -> str:
    return f"{count:,} {of}" if count == 1 else f"{count:,} {of}s"
