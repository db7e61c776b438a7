"""Draws Discord messages as their readers see them, from the bodies that the bot sends: the README's pictures.

python -m tests.samples.discord_picture                                  (the samples' own)
python -m tests.samples.discord_picture PAYLOAD.json OUT.svg [--phone]

The samples' own come from the real bot, which answers over the sample articles in an in-process Discord. Pictures
hold the letters' outlines, so they look the same wherever they are shown, and need no font there. They are in
Discord's dark theme, and menus are drawn open.
"""

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from string import ascii_letters
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from tests.samples.discord_markdown import (
    BOLD,
    DEEP,
    LINK,
    PLAIN,
    SMALL,
    Block,
    Run,
    Style,
    blocks,
    letter,
    width_of,
    wrap,
)

if TYPE_CHECKING:
    from bot.discord.client import OnRecordBot

HERE = Path(__file__).parent
DESKTOP, PHONE, LEFT, RIGHT = 600, 360, 64, 16  # px: two widths, and what of them is left of words and right
GROUND, PANEL, BLURPLE, GREY = "#313338 #2b2d31 #5865f2 #4e5058".split()
_BUTTONS = {1: BLURPLE, 2: GREY, 3: "#248046", 4: "#da373c", 5: GREY}
_EPHEMERAL = 64  # of a message's flags
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Payload = Mapping[str, Any]


@dataclass(slots=True)
class Sheet:
    """A picture that grows downwards: `y` is where the next thing goes. Lengths are px."""

    width: float
    y: float = 16
    parts: list[str] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)  # outlines, and their ids
    words: list[str] = field(default_factory=list)

    def box(self, x: float, y: float, width: float, height: float, fill: str, at: int | None = None) -> None:
        """With round corners; `at` puts it behind the parts that come from there on."""
        rect = f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" fill="{fill}"/>'
        self.parts.insert(len(self.parts) if at is None else at, rect)

    def line(self, x: float, y: float, tall: float, size: float, runs: Sequence[Run]) -> None:
        """One line, in the middle of what is `tall` from y on."""
        self.words.append("".join(text for text, _ in runs))
        base = y + tall / 2 + size * 0.36
        for style, group in groupby(runs, key=lambda run: run[1]):
            wide, uses = 0.0, []
            for outline, advance in (letter(char, style) for text, _ in group for char in text):
                if outline:
                    name = self.letters.setdefault(outline, _id(len(self.letters)))
                    uses.append(f'<use href="#{name}" x="{wide * 1000 / size:.0f}"/>')
                wide += advance * size / 1000
            if style.back:
                self.box(x - 2, base - size * 1.05, wide + 4, size * 1.4, style.back)
            for under in [0.12] * style.underline + [-0.3] * style.strike:
                self.box(x, base + size * under, wide, max(1, size / 16), style.colour)
            to = f"translate({x:.2f} {base:.2f}) scale({size / 1000:g} -{size / 1000:g})"
            self.parts.append(f'<g fill="{style.colour}" transform="{to}">{"".join(uses)}</g>')
            x += wide

    def text(self, x: float, width: float, content: Iterable[Block]) -> float:
        """Blocks one below the other; how wide they are."""
        widest = 0.0
        for block in content:
            top, behind = self.y, len(self.parts)
            if block.marker:
                self.line(x + block.indent - 16, top, block.tall, block.size, [(block.marker, PLAIN)])
            for line in wrap(block.runs, block.size, width - block.indent):
                self.line(x + block.indent, self.y, block.tall, block.size, line)
                widest = max(widest, min(width, block.indent + width_of(line, block.size)))
                self.y += block.tall
            widest = width if block.code else widest
            if block.bar or block.code:
                self.box(x, top, 4 if block.bar else width, self.y - top, GREY if block.bar else DEEP, behind)
        return widest

    def svg(self) -> str:
        size = f'width="{self.width:g}" height="{self.y + 16:.0f}"'
        words = escape(_NO_XML.sub("", "\n".join(self.words)))
        letters = (f'<path id="{name}" d="{outline}"/>' for outline, name in self.letters.items())
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><desc>{words}</desc>\n<defs>'
        ground = f'</defs><rect width="100%" height="100%" rx="8" fill="{GROUND}"/>'
        return "\n".join([head, *letters, ground, *self.parts, "</svg>\n"])


def _id(number: int) -> str:
    """A short name for each: most of a picture's bytes are names of letters."""
    more, last = divmod(number, len(ascii_letters))
    return (_id(more - 1) if more else "") + ascii_letters[last]


def picture(payload: Payload, *, width: int = DESKTOP, said: str | None = None, used: str | None = None) -> str:
    """The message as SVG of that width; above it a reader's own message, or what the reader used of the bot's."""
    sheet, room = Sheet(width), width - LEFT - RIGHT
    if said:
        _author(sheet, "A reader", GREY, "R", 18)
        sheet.text(LEFT, room, blocks(said, 16))
        sheet.y += 16
    if used:
        sheet.box(LEFT - 33, sheet.y + 8, 2, 12, GREY)
        sheet.box(LEFT - 33, sheet.y + 8, 27, 2, GREY)
        sheet.text(LEFT, room, [Block([("A reader used ", SMALL), (used, Style(colour=LINK))], 14, 20)])
        sheet.y += 4
    _author(sheet, "onrecord", BLURPLE, "“", 36)
    if payload.get("content"):
        sheet.text(LEFT, room, blocks(payload["content"], 16))
    for embed in payload.get("embeds", ()):
        _embed(sheet, embed, min(520, room))
    for attachment in payload.get("attachments", ()):
        sheet.box(LEFT, sheet.y + 6, min(520, room), 44, PANEL)
        sheet.line(LEFT + 16, sheet.y + 6, 44, 16, [(attachment["filename"], Style(colour=LINK))])
        sheet.y += 50
    for row in payload.get("components", ()):
        _row(sheet, row["components"], room)
    if payload.get("flags", 0) & _EPHEMERAL:
        note = [("Only you can see this · ", SMALL), ("Dismiss message", Style(colour=LINK))]
        sheet.text(LEFT, room, [Block(note, 12, 28)])
    return sheet.svg()


def _author(sheet: Sheet, name: str, colour: str, sign: str, size: float) -> None:
    mark, title = [(sign, BOLD)], [(name, BOLD)]
    sheet.parts.append(f'<circle cx="{LEFT - 32}" cy="{sheet.y + 20:g}" r="20" fill="{colour}"/>')
    sheet.line(LEFT - 32 - width_of(mark, size) / 2, sheet.y + size / 3 - 6, 40, size, mark)
    sheet.line(LEFT, sheet.y, 22, 16, title)
    if sign == "“":
        x = LEFT + width_of(title, 16) + 6
        sheet.box(x, sheet.y + 4, 29, 15, BLURPLE)
        sheet.line(x + 4, sheet.y + 4, 15, 10, [("APP", BOLD)])
    sheet.y += 24


def _embed(sheet: Sheet, embed: Payload, room: float) -> None:
    """As wide as its words; its parts one below the other."""
    footer = [Block([(embed["footer"]["text"], SMALL)], 12, 16)] if embed.get("footer") else []
    parts = [blocks(embed.get("title") or "", 16, BOLD), blocks(embed.get("description") or "", 14), footer]
    top, behind, widest = sheet.y + 4, len(sheet.parts), 0.0
    sheet.y += 10
    for content in map(list, parts):
        sheet.y += 8 if content else 0
        widest = max(widest, sheet.text(LEFT + 16, room - 32, content))
    sheet.y += 14
    sheet.box(LEFT, top, widest + 32, sheet.y - top, PANEL, behind)
    sheet.box(LEFT, top, 4, sheet.y - top, f"#{embed['color']:06x}" if embed.get("color") else DEEP, behind + 1)


def _row(sheet: Sheet, components: Sequence[Payload], room: float) -> None:
    x, sheet.y = float(LEFT), sheet.y + 8
    for component in components:
        if component["type"] != 2:
            _menu(sheet, component, min(400, room))
            continue
        label = [(component.get("label") or "", Style(500, colour="#ffffff"))]
        wide = max(60, width_of(label, 14) + 32)
        if x > LEFT and x + wide > LEFT + room:
            x, sheet.y = float(LEFT), sheet.y + 40
        sheet.box(x, sheet.y, wide, 32, _BUTTONS[component["style"]])
        sheet.line(x + (wide - width_of(label, 14)) / 2, sheet.y, 32, 14, label)
        x += wide + 8
    sheet.y += 32


def _menu(sheet: Sheet, menu: Payload, wide: float) -> None:
    sheet.box(LEFT, sheet.y, wide, 40, DEEP)
    sheet.text(LEFT + 12, wide - 24, [Block([(menu.get("placeholder") or "Make a selection", SMALL)], 16, 40)])
    top, behind = sheet.y + 4, len(sheet.parts)
    sheet.y += 12
    for option in menu.get("options", ()):
        described = [Block([(words, SMALL)], 14, 18) for words in [option.get("description")] if words]
        sheet.text(LEFT + 12, wide - 24, [Block([(option["label"], Style(500))], 16, 24), *described])
        sheet.y += 6
    if menu.get("options"):
        sheet.box(LEFT, top, wide, sheet.y - top, PANEL, behind)
    sheet.y -= 32  # what a row adds


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot, what stands above it (as `picture` takes it), and the widths that it is drawn in."""

    body: Payload
    said: str | None = None
    used: str | None = None
    widths: Sequence[int] = (PHONE,)


def shown() -> Mapping[str, Shown]:
    """What the bot sends for the samples today, by the names of the pictures. Takes some seconds."""
    from bot.discord.desk import Desks
    from bot.terminal.options import open_library
    from ingest.pipeline import ingest
    from ingest.reading import read
    from retrieval.settings import Settings
    from tests.bot.discord.conftest import bot_of

    with TemporaryDirectory() as home, open_library(Settings(ONRECORD_HOME=Path(home)), "demo", make=True) as it:

        def bring(folder: str) -> None:
            ingest(it, read([str(HERE / folder)], max_bytes=10**8), lambda _: None)

        bring("articles")
        using = contextmanager(lambda _: iter([it]))
        with Desks(using) as desks, bot_of(desks, Path(home)) as bot:
            return asyncio.run(_talk(bot, lambda: bring("namesake")))


async def _talk(bot: "OnRecordBot", bring_namesake: Callable[[], None]) -> dict[str, Shown]:
    import simcord

    question, nothing = "What did Turner propose?", "What did Mike Turner say about Medicare?"
    quotation = "“The eyes of the world are upon us, and history will judge us by our actions here and now.”"
    claim = f"Mike Johnson said {quotation}"
    async with simcord.run(bot, settle_timeout=20.0) as env:
        guild = env.create_guild()
        channel, reader = guild.create_text_channel("general"), guild.add_member(env.create_user("reader"))

        async def sent(what: Awaitable[simcord.InteractionResult]) -> tuple[Payload, simcord.InteractionResult]:
            """What the asker sees in the end."""
            before = len(env.http_requests)
            result = await what
            begun, *_, last = [r for r in env.http_requests[before:] if r.path.startswith(("/int", "/webhooks"))]
            await env.advance_time(20)  # or the next would come too fast
            flags = (begun.json or {}).get("data", {}).get("flags", 0)
            return {**(last.json or {}), "flags": flags}, result

        answer, asked = await sent(reader.slash(channel, "ask", question=question))
        passages, _ = await sent(reader.click(asked.response, label="Passages"))
        compare, _ = await sent(reader.slash(channel, "compare", person="Mike Turner", other="John Kirby"))
        coverage, _ = await sent(reader.slash(channel, "coverage"))
        absent, _ = await sent(reader.slash(channel, "ask", question=nothing))
        message = await reader.send(channel, claim)
        checked, _ = await sent(reader.context_menu(channel, "Is this on record?", message))
        bring_namesake()
        namesakes, _ = await sent(reader.slash(channel, "ask", question=question))
    return {
        "answer": Shown(answer, used="/ask", widths=(DESKTOP, PHONE)),
        "passages": Shown(passages, widths=(DESKTOP,)),
        "compare": Shown(compare, used="/compare", widths=(DESKTOP,)),
        "coverage": Shown(coverage, used="/coverage"),
        "nothing": Shown(absent, used="/ask"),
        "claim": Shown(checked, said=claim, used="Is this on record?"),
        "namesakes": Shown(namesakes, used="/ask"),
    }


def pictures(messages: Mapping[str, Shown]) -> Mapping[str, str]:
    """By their files' names."""
    return {
        f"discord-{name}{'-phone' if width == PHONE else ''}.svg": picture(
            one.body, width=width, said=one.said, used=one.used
        )
        for name, one in messages.items()
        for width in one.widths
    }


if __name__ == "__main__":
    if sys.argv[1:]:
        body = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        drawn = {sys.argv[2]: picture(body, width=PHONE if "--phone" in sys.argv else DESKTOP)}
    else:
        drawn = {str(HERE / name): svg for name, svg in pictures(shown()).items()}
    for path, svg in drawn.items():
        Path(path).write_text(svg, encoding="utf-8")
