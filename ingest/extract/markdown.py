"""Markdown with front matter: the words of the article as plain paragraphs, what the front matter says beside.

Raw HTML inside the Markdown is dropped, never interpreted.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.extract import charset, front_matter, wording
from ingest.extract.draft import Draft, Refusal, enough

if TYPE_CHECKING:
    from markdown_it.token import Token


def extract(data: bytes) -> Draft | Refusal:
    """The article in a `.md` file."""
    text = charset.decode(data)
    if isinstance(text, Refusal):
        return text
    parted = front_matter.split(wording.body(text))
    if isinstance(parted, Refusal):
        return parted
    said, source = parted
    blocks = list(_blocks(source))
    title, blocks = _titled(said.title, blocks)
    return enough(replace(said, title=title, text=wording.paragraphs([words for _, words in blocks])))


def _titled(title: str | None, blocks: list[tuple[str, str]]) -> tuple[str | None, list[tuple[str, str]]]:
    """The title, by default the first heading of the first level, and the blocks without that heading."""
    at = next((at for at, (tag, _) in enumerate(blocks) if tag == "h1"), None)
    if at is None:
        return title, blocks
    heading = wording.line(blocks[at][1])
    if title is not None and title != heading:
        return title, blocks
    return heading, blocks[:at] + blocks[at + 1 :]


def _blocks(source: str) -> Iterator[tuple[str, str]]:
    """Each block of `source` as the name of its element and its words."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tag = "p"
    for token in parser.parse(source):
        if token.type.endswith("_open"):
            tag = token.tag
        elif token.type == "inline":
            yield tag, _words(token.children or [])
        elif token.type in {"fence", "code_block"}:
            yield "code", token.content


def _words(tokens: "list[Token]") -> str:
    """The words of one block: links keep theirs, pictures and marks of emphasis are left out."""
    words = []
    for token in tokens:
        if token.type in {"text", "code_inline", "text_special"}:
            words.append(token.content)
        elif token.type == "softbreak":
            words.append(" ")
        elif token.type == "hardbreak":
            words.append("\n")
    return re.sub(r"  +", " ", "".join(words))
