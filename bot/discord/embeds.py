"""Lays an Answer out as Discord messages: one embed each, split between claims and never inside one.

Pure: no request leaves from here. Every word that comes from an article or from a person is escaped, a
quotation is shown whole, and each stands right above its own source, so a number cannot come loose.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.text import clamp, domain, escape, link, quoted, shown, size
from bot.wording import also_in, remark
from retrieval.types import Answer, Citation, Claim, Outcome

DESCRIPTION_LIMIT = 4096  # Discord's, in one embed; an embed with nothing else stays below 6000 in all
PAGES = 5  # messages for one question: more would flood the channel
WRITING = "Writing the answer …"  # stands in a draft where an answer has its message
_OUTLET = 80  # characters shown of an outlet's name
_REMARK = 200  # and of what an article says of itself
_NOTE = 160  # room kept for the line that points at the attached file
_HEADINGS = {
    Outcome.NO_EVIDENCE: "Not on record",
    Outcome.WRONG_SPEAKER: "Somebody else said it",
    Outcome.AMBIGUOUS_SPEAKER: "More than one person fits",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One message. `attachment` is the text of a file: the claims for which there is no room, whole."""

    embed: discord.Embed
    attachment: str | None = None


def pages(answer: Answer) -> tuple[Page, ...]:
    """The messages in order, at least one and at most PAGES; a file comes with the last."""
    claims = answer.claims or answer.instead
    blocks = [_block(claim) for claim in claims]
    texts, placed = _packed(_intro(answer), blocks)
    filed = [c for i, c in enumerate(claims) if i >= placed or _too_long(blocks[i])]
    if placed < len(blocks):
        texts[-1] += f"\n\nThe other {len(blocks) - placed} of {len(blocks)} claims are in the attached file."
    attachment = "\n\n".join(map(_plain, filed)) if filed else None
    embeds = [_embed(answer, text, i, len(texts)) for i, text in enumerate(texts)]
    return (*map(Page, embeds[:-1]), Page(embeds[-1], attachment))


def draft(question: str, claims: Sequence[Claim]) -> discord.Embed:
    """The first message of an answer that is still being written, with the claims that are there already."""
    partial = Answer(question, Outcome.ANSWERED, WRITING, tuple(claims), passages=(), seconds=0.0)
    return pages(partial)[0].embed.remove_footer()  # how many pages there will be is not known yet


def _embed(answer: Answer, text: str, index: int, count: int) -> discord.Embed:
    embed = discord.Embed(description=text, title=_HEADINGS.get(answer.outcome))
    if count > 1:
        embed.set_footer(text=f"Page {index + 1} of {count}")
    return embed


def _packed(intro: str, blocks: Sequence[str]) -> tuple[list[str], int]:
    """Descriptions filled in order, and how many blocks found a place."""
    texts, most = [intro], DESCRIPTION_LIMIT - _NOTE
    for placed, block in enumerate(blocks):
        fitting = _stub(block) if _too_long(block) else block
        joined = f"{texts[-1]}\n\n{fitting}"
        if size(joined) <= most:
            texts[-1] = joined
        elif len(texts) < PAGES:
            texts.append(fitting)
        else:
            return texts, placed
    return texts, len(blocks)


def _too_long(block: str) -> bool:
    return size(block) > DESCRIPTION_LIMIT - _NOTE


def _stub(block: str) -> str:
    heading = block.partition("\n")[0]
    return f"{heading}\nThis claim is too long to show here; the answer has it in its attached file, whole."


def _intro(answer: Answer) -> str:
    # 300 is what /ask takes; each character may become two, so the two together stay below the limit.
    question, message = escape(clamp(answer.question, 300)), escape(clamp(answer.message, 1500))
    return f"**Question:** {question}\n{message}".rstrip()


def _block(claim: Claim) -> str:
    lines = [_heading(claim)]
    if not _is_quoted(claim):
        lines.append(escape(claim.text.strip()))
    for citation in claim.citations:
        lines += [f"[{citation.n}] {escape(quoted(citation.quote))}", _source(citation)]
        lines += map(escape, _below(citation, _REMARK))
    return "\n".join(lines)


def _heading(claim: Claim) -> str:
    who = f"**{escape(clamp(claim.speaker, 100))}**" if claim.speaker else "**Speaker not established**"
    return " · ".join([who, *_circumstances(claim)])


def _circumstances(claim: Claim) -> list[str]:
    said = [f"said {claim.said_on}"] if claim.said_on else []
    return [*said, "second-hand"] if claim.second_hand else said


def _is_quoted(claim: Claim) -> bool:
    """Whether a quotation already holds the claim's words, so that they need not stand there twice.

    A model's words are never a quotation, even where they happen to stand in one.
    """
    return not claim.worded and any(claim.text.strip() in citation.quote for citation in claim.citations)


def _source(citation: Citation) -> str:
    parts = [escape(clamp(part, most)) for part, most in _described(citation)]
    target = link(citation.link, citation.url)
    if target is not None:
        parts += [escape(domain(target)), f"[open]({target})"]
    return " · ".join(parts)


def _described(citation: Citation) -> list[tuple[str, int]]:
    """Outlet, date and title, each with the length it is shown at."""
    published = citation.published.isoformat() if citation.published else "undated"
    title = [(citation.title, 200)] if citation.title else []
    return [(citation.outlet or "unknown outlet", _OUTLET), (published, 80), *title]


def _below(citation: Citation, most: int | None = None) -> list[str]:
    """Where its copies stand, and at most `most` characters of what its article says of itself."""
    copies = [also_in(citation, _OUTLET)] if citation.also_in else []
    return [*copies, f"⚠ {remark(citation.remark, most)}"] if citation.remark else copies


def _plain(claim: Claim) -> str:
    """A claim for the attached file, where nothing is markup."""
    lines = [" · ".join([shown(claim.speaker or "Speaker not established"), *_circumstances(claim)])]
    if not _is_quoted(claim):
        lines.append(shown(claim.text.strip()))
    for citation in claim.citations:
        source = [shown(part) for part, _ in _described(citation)]
        target = link(citation.link, citation.url)
        lines += [
            f"[{citation.n}] {shown(quoted(citation.quote))}",
            " · ".join([*source, target] if target else source),
            *_below(citation),
        ]
    return "\n".join(lines)
