"""Draws a Discord message as its reader sees it, from the JSON body that the bot sends: the README's pictures.

python -m tests.samples.discord_picture                                  (the samples' own, after make demo)
python -m tests.samples.discord_picture PAYLOAD.json OUT.svg [--phone]

Pictures hold the letters' outlines, so they look the same wherever they are shown, and need no font there. It
knows what the bot uses of Discord's dark theme and of its markdown: no images, spoilers or times. Menus are drawn
open. A character that no font here has, which most emoji are, is left out.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from bot.discord.embeds import pages
from bot.discord.views import answer_view
from bot.terminal.options import open_library
from retrieval.settings import load
from retrieval.types import Answer, Question

QUESTION = "What did Turner propose?"
DESKTOP, PHONE, LEFT, RIGHT = 600, 360, 64, 16  # px: two widths, and what of them is left of words and right
GROUND, PANEL, DEEP, TEXT, STRONG, MUTED, LINK, BLURPLE, GREY = (
    "#313338 #2b2d31 #1e1f22 #dbdee1 #f2f3f5 #949ba4 #00a8fc #5865f2 #4e5058".split()
)
_BUTTONS = {1: BLURPLE, 2: GREY, 3: "#248046", 4: "#da373c", 5: GREY}
_EPHEMERAL = 64  # of a message's flags

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Style:
    weight: int = 400
    italic: bool = False
    mono: bool = False
    underline: bool = False
    strike: bool = False
    colour: str = TEXT
    back: str | None = None


Run = tuple[str, Style]
PLAIN, BOLD, SMALL = Style(), Style(600, colour=STRONG), Style(colour=MUTED)
MENTION = Style(500, colour="#c9cdfb", back="#3c4270")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, quotation or piece of code; lengths are px, `tall` is a line's height."""

    runs: Sequence[Run]
    size: float
    tall: float
    indent: float = 0
    marker: str = ""
    bar: bool = False
    code: bool = False


@cache
def _font(name: str) -> TTFont:
    """One of the Noto fonts that the tests' in-process Discord brings along."""
    folder = Path(str(files("simcord"))) / "preview/static/fonts"
    return TTFont(next(folder.glob(f"noto-sans-{name}-v*.ttf")), lazy=True)


@cache
def _letter(char: str, style: Style) -> tuple[str, float, str]:
    """An id, the width and the outline at size 1000; nothing where no font has the character."""
    for name in ("mono" if style.mono else "latin-italic" if style.italic else "latin", "sc"):
        glyph = _font(name).getBestCmap().get(ord(char))
        if glyph is not None:
            glyphs = _font(name).getGlyphSet(location={"wght": style.weight})
            pen = SVGPathPen(glyphs, ntos=lambda number: str(round(number)))
            glyphs[glyph].draw(pen)
            return f"{name[0]}{name[-1]}{style.weight}-{ord(char):x}", glyphs[glyph].width, pen.getCommands()
    return "", 0, ""


def _width(runs: Iterable[Run], size: float) -> float:
    return sum(_letter(char, style)[1] for text, style in runs for char in text) * size / 1000


_INLINE = re.compile(
    r"""\\(?P<escaped>[^0-9A-Za-z\s])
    | (?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
    | \*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)
    | __(?P<underline>(?:\\.|[^\\])+?)__(?!_)
    | ~~(?P<strike>(?:\\.|[^\\])+?)~~
    | \*(?=\S)(?P<italic>(?:\\.|\*\*|[^*\\])+?)(?<!\s)\*(?!\*)
    | \b_(?P<slanted>(?:\\.|__|[^_\\])+?)_\b
    | \[(?P<masked>(?:\\.|[^\]\\])+)\]\(<?https?://[^\s)>]+>?\)
    | <(?P<mention>[@\#/][^<>\n]*)>
    | <?(?P<bare>https?://[^\s<>]*[^\s<>.,:;"')\]])>?""",
    re.VERBOSE | re.DOTALL,
)
_CHANGES: dict[str, dict[str, Any]] = {
    "bold": {"weight": 700},
    "masked": {"colour": LINK},
    "slanted": {"italic": True},
}
_CHANGES |= {kind: {kind: True} for kind in ("underline", "strike", "italic")}
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FENCE = re.compile(r"\n?```(?:[a-z0-9_+-]*\n)?(.*?)\n?```\n?", re.DOTALL)
_MARKED = re.compile(r"^((?:#{1,3}|-#|>| *[-*]| *[0-9]+\.) +\S.*)\n?", re.MULTILINE)
_WORD = re.compile(r"\n|[^\S\n]+|\S+?(?=\s|$|(?<=[^\W\d][-–—])[^\W\d])")


def _inline(text: str, style: Style) -> Iterator[Run]:
    at = 0
    for match in _INLINE.finditer(text):
        yield text[at : match.start()], style
        at, kind = match.end(), match.lastgroup or ""
        words = match[kind]
        if kind in _CHANGES:
            yield from _inline(words, replace(style, **_CHANGES[kind]))
        elif kind == "code":
            yield words.strip(), replace(style, mono=True, back=DEEP)
        elif kind == "mention":  # </ask:1> is a command; whom an id means, the body does not say
            yield words.partition(":")[0], MENTION
        else:
            yield words, replace(style, colour=LINK) if kind == "bare" else style
    yield text[at:], style


def blocks(text: str, size: float, style: Style = PLAIN) -> Iterator[Block]:
    """What Discord reads in the text, in order; plain lines that follow one another are one block."""
    for i, part in enumerate(_FENCE.split(text)):
        if i % 2:
            yield Block([(part, replace(style, mono=True))], size * 0.875, size * 1.3, indent=8, code=True)
        else:
            lines = filter(None, _MARKED.split(part))
            yield from (_block(line.removesuffix("\n"), size, style) for line in lines)


def _block(line: str, size: float, style: Style) -> Block:
    if not _MARKED.match(line):
        return Block(list(_inline(line, style)), size, size * 1.3)
    deep = len(line) - len(line.lstrip(" "))
    mark, _, rest = line.lstrip(" ").partition(" ")
    if mark == "-#":
        return Block(list(_inline(rest, replace(style, colour=MUTED))), size * 0.8125, size * 1.125)
    if mark[0] == "#":
        size = {1: 24, 2: 20, 3: 16}[len(mark)]
        return Block(list(_inline(rest, replace(style, weight=700, colour=STRONG))), size, size * 1.5)
    if mark == ">":
        return Block(list(_inline(rest, style)), size, size * 1.3, indent=16, bar=True)
    return Block(list(_inline(rest, style)), size, size * 1.3, 20 + deep * 8, "•" if mark in "-*" else mark)


def wrap(runs: Iterable[Run], size: float, width: float) -> list[list[Run]]:
    """Lines of characters; broken at spaces and after hyphens, and anywhere in a word wider than a line."""
    chars = [(char, style) for text, style in runs for char in text]
    lines: list[list[Run]] = [[]]
    for match in _WORD.finditer("".join(char for char, _ in chars)):
        word = chars[match.start() : match.end()]
        if match[0] == "\n":
            lines.append([])
        elif match[0].isspace():
            lines[-1] += word  # at a line's end it hangs over, as in a browser
        else:
            for piece in [word] if _width(word, size) <= width else [[char] for char in word]:
                if lines[-1] and _width(lines[-1] + piece, size) > width:
                    lines.append([])
                lines[-1] += piece
    return lines


@dataclass(slots=True)
class Sheet:
    """A picture that grows downwards: `y` is where the next thing goes. Lengths are px."""

    width: float
    y: float = 16
    parts: list[str] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)
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
            for name, advance, outline in (_letter(char, style) for text, _ in group for char in text):
                if outline:
                    self.letters[name] = outline
                    uses.append(f'<use href="#{name}" x="{wide * 1000 / size:g}"/>')
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
                widest = max(widest, min(width, block.indent + _width(line, block.size)))
                self.y += block.tall
            if block.bar or block.code:
                self.box(x, top, 4 if block.bar else width, self.y - top, GREY if block.bar else DEEP, behind)
        return widest

    def svg(self) -> str:
        size = f'width="{self.width:g}" height="{self.y + 16:.0f}"'
        words = escape(_NO_XML.sub("", "\n".join(self.words)))
        letters = (f'<path id="{name}" d="{outline}"/>' for name, outline in self.letters.items())
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><desc>{words}</desc>\n<defs>'
        ground = f'</defs><rect width="100%" height="100%" rx="8" fill="{GROUND}"/>'
        return "\n".join([head, *letters, ground, *self.parts, "</svg>\n"])


def picture(payload: Payload, *, width: int = DESKTOP, question: str | None = None) -> str:
    """The message as SVG of that width; above it the question, as a reader puts it to the bot."""
    sheet, room = Sheet(width), width - LEFT - RIGHT
    if question:
        _author(sheet, "A reader", GREY, "R", 18)
        sheet.text(LEFT, room, [Block([("@onrecord", MENTION), (f" {question}", PLAIN)], 16, 22)])
        sheet.y += 16
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
    sheet.line(LEFT - 32 - _width(mark, size) / 2, sheet.y + size / 3 - 6, 40, size, mark)
    sheet.line(LEFT, sheet.y, 22, 16, title)
    if sign == "“":
        x = LEFT + _width(title, 16) + 6
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
        wide = max(60, _width(label, 14) + 32)
        if x > LEFT and x + wide > LEFT + room:
            x, sheet.y = float(LEFT), sheet.y + 40
        sheet.box(x, sheet.y, wide, 32, _BUTTONS[component["style"]])
        sheet.line(x + (wide - _width(label, 14)) / 2, sheet.y, 32, 14, label)
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


def payloads(answer: Answer) -> Mapping[str, Payload]:
    """What the bot sends for the samples, by the names of the pictures."""
    view = answer_view("A" * 16, answer, more=True, follow_up=True)
    body = {"embeds": [pages(answer)[0].embed.to_dict()], "components": view.to_components() if view else []}
    return {"discord-answer": body}


def pictures(bodies: Mapping[str, Payload]) -> Mapping[str, str]:
    """By their files' names; each as on a desktop and as on a phone."""
    desktop = {f"{name}.svg": picture(body) for name, body in bodies.items()}
    return desktop | {f"{name}-phone.svg": picture(body, width=PHONE) for name, body in bodies.items()}


if __name__ == "__main__":
    if sys.argv[1:]:
        body = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        drawn = {sys.argv[2]: picture(body, width=PHONE if "--phone" in sys.argv else DESKTOP)}
    else:
        with open_library(load(), "demo") as library:
            samples = pictures(payloads(library.ask(Question(QUESTION))))
        drawn = {str(Path(__file__).with_name(name)): svg for name, svg in samples.items()}
    for path, svg in drawn.items():
        Path(path).write_text(svg, encoding="utf-8")
