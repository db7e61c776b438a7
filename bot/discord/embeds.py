"""Lays an Answer out as Discord messages: one embed each, split between claims and never inside one.

Pure: no request leaves from here. Every word that comes from an article or from a person is escaped, a
quotation is shown whole, and each stands right above its own source, so a number cannot come loose.

Embeds, not Components V2: those hold 4,000 characters a message where an embed and its title hold 4,352, they
save a phone no more than the bar and the padding, and a client that is too old for them shows nothing at all.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.discord.dates import ISO, day
from bot.discord.papers import UNKNOWN, circumstances, claim_text, passage_text, who
from bot.text import clamp, domain, escape, link, quoted, shown, size
from bot.wording import also_in, remark
from retrieval.types import Answer, Choice, Citation, Claim, Outcome

if TYPE_CHECKING:
    from bot.discord.desk import Shown

DESCRIPTION_LIMIT = 4096  # Discord's, in one embed; an embed with nothing else stays below 6000 in all
PAGES = 5  # messages for one question: more would flood the channel
WRITING = "Writing the answer …"  # stands in a draft where an answer has its message
_NAME = 100  # characters shown of a person's name
_OUTLET = 80  # of an outlet's
_REMARK = 200  # and of what an article says of itself
_NOTE = 160  # room kept for the line that points at the attached file
_ROOM = DESCRIPTION_LIMIT - _NOTE
_AROUND = (300, 100, 0)  # characters shown on each side of a quotation: the first that fits
_First = Mapping[tuple[str, str], int]  # by address and version of an article, the first number that cites it
_TO_A_SPACE, _FROM_A_SPACE = re.compile(r".*(?=\s)", re.DOTALL), re.compile(r"(?<=\s).*", re.DOTALL)
_HEADINGS = {
    Outcome.NO_EVIDENCE: "Not on record",
    Outcome.WRONG_SPEAKER: "On record from somebody else",  # the same words, or only what is nearest
    Outcome.AMBIGUOUS_SPEAKER: "More than one person fits",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One message. `attachment` is the text of a file: the claims for which there is no room, whole."""

    embed: discord.Embed
    attachment: str | None = None


@dataclass(frozen=True, slots=True)
class _Block:
    """What is never split. `group` heads all blocks in a row that have the same; `filed` is its text in a file."""

    heading: str
    body: str
    filed: Callable[[], str]
    group: str = ""

    def fitting(self, of: str) -> str:
        """Its text, or where that fits no message, a line that points at the file."""
        text = "\n".join(filter(None, [self.heading, self.body]))
        if not self.too_long():
            return text
        away = f"This {of} is too long to show here; the answer has it in its attached file, whole."
        return "\n".join(filter(None, [self.heading, away]))

    def too_long(self) -> bool:
        return size(self.group) + size(self.heading) + size(self.body) + 2 > _ROOM


def pages(
    answer: Answer, *, language: str = ISO, question: bool = True, grouped: bool = False
) -> tuple[Page, ...]:
    """The messages in order, at least one and at most PAGES; a file comes with the last.

    `question`: whether they begin with what was asked. `grouped`: whether claims stand under their speakers'
    names, as those of a comparison do.
    """
    claims = answer.claims or answer.instead
    first = _first(citation for claim in claims for citation in claim.citations)
    blocks = [_block(claim, language, first, grouped) for claim in claims]
    return _laid_out(_intro(answer, question), blocks, "claim", _HEADINGS.get(answer.outcome))


def further(claims: Sequence[Claim], message: str, language: str = ISO) -> tuple[Page, ...]:
    """The messages for what is on record beyond an answer, below a sentence on it; else as `pages`."""
    first = _first(citation for claim in claims for citation in claim.citations)
    blocks = [_block(claim, language, first) for claim in claims]
    return _laid_out(escape(clamp(message, 1500)), blocks, "claim", "More on record")


def passages(cited: "Sequence[Shown]", language: str = ISO) -> tuple[Page, ...]:
    """The messages that show each quotation, in bold, in what stands around it; else as `pages`."""
    first = _first(one.citation for one in cited)
    blocks = [_passage(one, language, first) for one in cited]
    intro = "" if blocks else "None of the articles cited is held any more."
    return _laid_out(intro, blocks, "passage", "Passages")


def draft(question: str | None, claims: Sequence[Claim], *, language: str = ISO) -> discord.Embed:
    """The first message of an answer that is still being written, with the claims that are there already.

    Begins with the question, unless that is None.
    """
    begun = Answer(question or "", Outcome.ANSWERED, WRITING, tuple(claims), passages=(), seconds=0.0)
    first, *_ = pages(begun, language=language, question=question is not None)
    return first.embed.remove_footer()  # how many pages there will be is not known yet


def _laid_out(intro: str, blocks: Sequence[_Block], of: str, title: str | None) -> tuple[Page, ...]:
    texts, placed = _packed(intro, blocks, of)
    filed = [block for i, block in enumerate(blocks) if i >= placed or block.too_long()]
    if placed < len(blocks):
        texts[-1] += f"\n\nThe other {len(blocks) - placed} of {len(blocks)} {of}s are in the attached file."
    attachment = "\n\n".join(block.filed() for block in filed) if filed else None
    embeds = [discord.Embed(description=text or "Nothing to show.", title=title) for text in texts]
    if len(embeds) > 1:
        for number, embed in enumerate(embeds, 1):
            embed.set_footer(text=f"Page {number} of {len(embeds)}")
    return (*map(Page, embeds[:-1]), Page(embeds[-1], attachment))


def _packed(intro: str, blocks: Sequence[_Block], of: str) -> tuple[list[str], int]:
    """Descriptions filled in order, and how many blocks found a place."""
    texts, group = [intro], ""
    for placed, block in enumerate(blocks):
        fitting = block.fitting(of)
        headed = f"{block.group}\n{fitting}" if block.group else fitting
        joined = "\n\n".join(filter(None, [texts[-1], fitting if block.group == group else headed]))
        if size(joined) <= _ROOM:
            texts[-1] = joined
        elif len(texts) < PAGES:
            texts.append(headed)
        else:
            return texts, placed
        group = block.group
    return texts, len(blocks)


def _intro(answer: Answer, question: bool) -> str:
    # 300 is what /ask takes; each character may become two, so the two together stay below the limit.
    asked = [f"**Asked:** {escape(clamp(answer.question, 300))}"] if question else []
    if answer.choices:  # whom the message names in a row
        return _with_choices("\n".join(asked), answer.choices)
    return "\n".join([*asked, escape(clamp(answer.message, 1500))]).strip()


def _with_choices(text: str, choices: Sequence[Choice]) -> str:
    """A line for each, as far as there is room: a menu below offers them too."""
    for placed, choice in enumerate(choices):
        name = escape(clamp(choice.name, _NAME)) or "unnamed"
        office = escape(clamp(choice.office or "", _NAME))
        line = f"• **{name}**{' · ' if office else ''}{office}"
        if size(text) + size(line) + 1 > _ROOM:
            return f"{text}\n• and {len(choices) - placed} more"
        text = f"{text}\n{line}" if text else line
    return text


def _block(claim: Claim, language: str, first: _First, grouped: bool = False) -> _Block:
    name = escape(clamp(who(claim), _NAME))
    said = shown(day(claim.said_on, language)) if claim.said_on else None
    facts = circumstances(claim, said)
    lines = [escape(claim.text.strip())] if claim.worded else []
    for citation in claim.citations:
        lines.append(_set_off(f"[{citation.n}] {escape(quoted(citation.quote))}"))
        lines += map(_small, [_source(citation, language, first), *map(escape, _below(citation))])
    heading = " · ".join(facts if grouped else [f"**{name}**", *facts])
    return _Block(heading, "\n".join(lines), partial(claim_text, claim), f"### {name}" if grouped else "")


def _passage(one: "Shown", language: str, first: _First) -> _Block:
    heading = f"[{one.citation.n}] {_source(one.citation, language, first)}"
    below = [_small(escape(line)) for line in _below(one.citation)]
    most = _AROUND[0]
    filed = partial(passage_text, one.citation, _end(one.before, most), _beginning(one.after, most))
    for around in _AROUND:
        block = _Block(heading, "\n".join([_quoting(one, around), *below]), filed)
        if not block.too_long():
            break
    return block


def _quoting(one: "Shown", around: int) -> str:
    """The quotation in bold between at most `around` characters on each side, set off as a quote."""
    quote = one.citation.quote
    bold = f"**{escape(quote)}**" if quote.strip() else escape(quote)
    text = f"{escape(_end(one.before, around))}{bold}{escape(_beginning(one.after, around))}"
    return _set_off(text)


def _set_off(text: str) -> str:
    """As a quotation, line by line."""
    return "\n".join(f"> {line}" for line in text.split("\n"))


def _small(line: str) -> str:
    return f"-# {line}"


def _beginning(text: str, most: int) -> str:
    """At most `most` characters of the beginning, up to where a word ends; where none does, cut anyway."""
    if len(text) <= most:
        return text.rstrip()
    words = _TO_A_SPACE.match(text[: most + 1])
    return f"{(words[0] if words else text[:most]).rstrip()} …"


def _end(text: str, most: int) -> str:
    """The same of the end."""
    if len(text) <= most:
        return text.lstrip()
    words = _FROM_A_SPACE.search(text[len(text) - most - 1 :])
    return f"… {(words[0] if words else text[len(text) - most :]).lstrip()}"


def _first(citations: Iterable[Citation]) -> _First:
    numbers: dict[tuple[str, str], int] = {}
    for citation in citations:
        numbers.setdefault((citation.url, citation.version), citation.n)
    return numbers


def _source(citation: Citation, language: str, first: _First) -> str:
    """Where it stands. A title stands with the first number of its article: on a phone it takes three lines."""
    outlet, number = clamp(citation.outlet or "", _OUTLET) or UNKNOWN, first[citation.url, citation.version]
    published = shown(day(citation.published, language)) if citation.published else "undated"
    title = escape(clamp(citation.title or "", 200)) if number == citation.n else f"same article as [{number}]"
    parts = [escape(outlet), published, *([title] if title else [])]
    if target := link(citation.link, citation.url):
        parts += [escape(domain(target)), f"[open]({target})"]
    return " · ".join(parts)


def _below(citation: Citation) -> list[str]:
    """Where its copies stand, and what its article says of itself, cut where a word ends."""
    copies = [also_in(citation, _OUTLET)] if citation.also_in else []
    if citation.remark is None:
        return copies
    words = remark(citation.remark)
    return [*copies, f"⚠ {_beginning(words, _REMARK)}"]
