"""Reads the markdown that the bot writes as Discord reads it, and sets it in lines: for the pictures of messages.

Knows no images, spoilers or times. Draws nothing itself: a run is characters of one style, a block is what stands
by itself, a letter is an outline. A character that no font here has, which most emoji are, is left out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

DEEP, TEXT, STRONG, MUTED, LINK = "#1e1f22 #dbdee1 #f2f3f5 #949ba4 #00a8fc".split()


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
_FENCE = re.compile(r"\n?```(?:[a-z0-9_+-]*\n)?(.*?)\n?```\n?", re.DOTALL)
_MARKED = re.compile(r"^((?:#{1,3}|-#| *[-*]| *[0-9]+\.) +\S.*|> .*(?:\n> .*)*)\n?", re.MULTILINE)
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
    """What Discord reads in the text, in order; plain or quoted lines that follow one another are one block."""
    for i, part in enumerate(_FENCE.split(text)):
        if i % 2:
            yield Block([(part, replace(style, mono=True))], size * 0.875, size * 1.3, indent=8, code=True)
        else:
            lines = filter(None, _MARKED.split(part))
            yield from (_block(line.removesuffix("\n"), size, style) for line in lines)


def _block(line: str, size: float, style: Style) -> Block:
    if not _MARKED.match(line):
        return Block(list(_inline(line, style)), size, size * 1.3)
    if line.startswith("> "):  # all its lines at once: bold may begin in one and end in another
        words = "\n".join(one.removeprefix("> ") for one in line.split("\n"))
        return Block(list(_inline(words, style)), size, size * 1.3, indent=16, bar=True)
    deep = len(line) - len(line.lstrip(" "))
    mark, _, rest = line.lstrip(" ").partition(" ")
    if mark == "-#":
        return Block(list(_inline(rest, replace(style, colour=MUTED))), size * 0.8125, size * 1.125)
    if mark[0] == "#":
        size = {1: 24, 2: 20, 3: 16}[len(mark)]
        return Block(list(_inline(rest, replace(style, weight=700, colour=STRONG))), size, size * 1.5)
    return Block(list(_inline(rest, style)), size, size * 1.3, 20 + deep * 8, "•" if mark in "-*" else mark)


@cache
def _font(name: str) -> TTFont:
    """One of the Noto fonts that the tests' in-process Discord brings along."""
    folder = Path(str(files("simcord"))) / "preview/static/fonts"
    return TTFont(next(folder.glob(f"noto-sans-{name}-v*.ttf")), lazy=True)


@cache
def letter(char: str, style: Style) -> tuple[str, float]:
    """The outline at size 1000, and its width; nothing where no font has the character."""
    if char == "█" and style.mono:
        return "M-40 -240H640V860H-40Z", 600  # beyond its own room, so that a bar of them shows no seams
    for name in ("mono" if style.mono else "latin-italic" if style.italic else "latin", "sc"):
        glyph = _font(name).getBestCmap().get(ord(char))
        if glyph is not None:
            glyphs = _font(name).getGlyphSet(location={"wght": style.weight})
            pen = SVGPathPen(glyphs, ntos=lambda number: str(round(number)))
            glyphs[glyph].draw(pen)
            return pen.getCommands(), glyphs[glyph].width
    return "", 0


def width_of(runs: Iterable[Run], size: float) -> float:
    """In px, of one line."""
    return sum(letter(char, style)[1] for text, style in runs for char in text) * size / 1000


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
            for piece in [word] if width_of(word, size) <= width else [[char] for char in word]:
                if lines[-1] and width_of(lines[-1] + piece, size) > width:
                    lines.append([])
                lines[-1] += piece
    return lines
