"""The pictures of Discord messages: what a reader would see, nothing else, and true to what the bot sends."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.samples.discord_markdown import DEEP, LINK, PLAIN, Style, blocks, wrap
from tests.samples.discord_picture import DESKTOP, PHONE, RIGHT, picture, pictures, shown

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests/samples"
SVG = "{http://www.w3.org/2000/svg}"
LONG = "The council heard that the levy-funded crossings would be paid for by the county. " * 8
BUTTON = {"type": 2, "style": 2, "custom_id": "x"}


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - we wrote it


def read_off(svg: str) -> list[str]:
    """The lines that a picture says it shows."""
    return (parsed(svg).findtext(f"{SVG}desc") or "").split("\n")


def right_edges(svg: str) -> Iterator[float]:
    """Where the last letter of each piece of a line begins, and where each box ends."""
    root = parsed(svg)
    for group in root.iter(f"{SVG}g"):
        match = re.fullmatch(r"translate\((\S+) \S+\) scale\((\S+) \S+\)", group.get("transform", ""))
        assert match
        yield from (float(match[1]) + float(use.get("x", 0)) * float(match[2]) for use in group)
    yield from (
        float(box.get("x", 0)) + float(box.get("width", 0)) for box in root.iter(f"{SVG}rect") if box.get("x")
    )


def seen(text: str) -> list[tuple[str, Style]]:
    """The text of one block, in pieces of one style."""
    (block,) = blocks(text, 14)
    return [run for run in block.runs if run[0]]


@pytest.mark.parametrize(
    ("written", "read_as", "style"),
    [
        (r"\*\*not bold\*\*", "**not bold**", PLAIN),
        (r"https\://x.example", "https://x.example", PLAIN),
        (r"\[1\] word", "[1] word", PLAIN),
        ("snake_case_name", "snake_case_name", PLAIN),
        ("2 * 3 * 4", "2 * 3 * 4", PLAIN),
        (r"1\. no list", "1. no list", PLAIN),
        ("**bold**", "bold", Style(weight=700)),
        ("*it*", "it", Style(italic=True)),
        ("_it_", "it", Style(italic=True)),
        ("__under__", "under", Style(underline=True)),
        ("~~gone~~", "gone", Style(strike=True)),
        ("***both***", "both", Style(weight=700, italic=True)),
        ("`**as it is**`", "**as it is**", Style(mono=True, back=DEEP)),
        ("[open](https://x.example/#:~:text=a_b_c)", "open", Style(colour=LINK)),
        ("[open](javascript:x)", "[open](javascript:x)", PLAIN),
        ("https://x.example/a_b_c", "https://x.example/a_b_c", Style(colour=LINK)),
    ],
)
def test_markdown_shows_as_discord_shows_it(written: str, read_as: str, style: Style) -> None:
    runs = seen(written)
    assert "".join(text for text, _ in runs) == read_as
    assert {drawn for _, drawn in runs} == {style}


def test_a_line_is_marked_only_at_its_start_and_code_is_left_as_it_is() -> None:
    marked = "> quoted\n-# small\n- item\n  - deeper\n2. second"
    text = f"# Title\nplain # here\nmore\n{marked}\n```py\n# **code**\n```\n\\- no item"
    read_as = [("".join(text for text, _ in block.runs), block) for block in blocks(text, 14)]
    assert [words for words, _ in read_as] == [
        *("Title", "plain # here\nmore", "quoted", "small", "item", "deeper", "second", "# **code**", "- no item")
    ]
    title, plain, quoted, small, item, deeper, second, code, _ = [block for _, block in read_as]
    assert title.size > plain.size > small.size
    assert (quoted.bar, code.code, plain.bar or plain.code) == (True, True, False)
    assert (item.marker, second.marker) == ("•", "2.")
    assert deeper.indent > item.indent > plain.indent


def test_quoted_lines_are_one_quotation_through_which_bold_goes_on() -> None:
    quoted, source = blocks("> before **bold\n> \n> on** after\n-# source", 14)
    assert [(text, style.weight) for text, style in quoted.runs if text] == [
        ("before ", 400),
        ("bold\n\non", 700),
        (" after", 400),
    ]
    assert quoted.bar
    assert not source.bar


def test_wrapped_lines_lose_no_character_and_break_within_no_word() -> None:
    lines = ["".join(char for char, _ in line) for line in wrap([(LONG, PLAIN)], 14, 200)]
    assert "".join(lines) == LONG
    assert len(lines) > 5
    assert all(line.endswith((" ", "-")) for line in lines)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("words", [LONG, "w" * 400])
def test_nothing_is_drawn_beyond_the_margin(width: int, words: str) -> None:
    row = {
        "type": 1,
        "components": [{**BUTTON, "label": label} for label in ("Passages", "Sources", "This is wrong")],
    }
    body = {"content": words, "embeds": [{"description": words, "title": words}], "components": [row]}
    drawn = picture(body, width=width, said=words, used=words)
    assert max(right_edges(drawn)) <= width - RIGHT


def test_a_message_shows_all_that_its_body_holds() -> None:
    menu = {
        "type": 3,
        "placeholder": "Whom?",
        "options": [{"label": "A. Turner", "value": "1", "description": "mayor"}],
    }
    body: dict[str, Any] = {
        "content": "said **so**",
        "embeds": [{"title": "Title", "description": "words", "footer": {"text": "Page 1"}, "color": 0x123456}],
        "components": [
            {"type": 1, "components": [{**BUTTON, "label": "More", "style": 4}]},
            {"type": 1, "components": [menu]},
        ],
        "attachments": [{"id": 0, "filename": "sources.txt"}],
    }
    drawn = picture(body, said="<@onrecord> Who said so?", used="/ask")
    lines = read_off(drawn)
    wanted = [
        "@onrecord Who said so?",
        "A reader used /ask",
        "said so",
        "Title",
        "words",
        "Page 1",
        "sources.txt",
        "More",
        "Whom?",
    ]
    assert [line for line in lines if line in wanted] == wanted
    assert lines[-2:] == ["A. Turner", "mayor"]
    assert "#123456" in drawn
    private = picture(body | {"flags": 64})
    assert "Only you can see this" in read_off(private)[-1]
    assert not [line for line in lines if "Only you" in line]


def test_a_character_that_no_font_has_leaves_no_box() -> None:
    with_it, without = picture({"content": "a\U0001f4c4b"}), picture({"content": "ab"})
    assert with_it.partition("</desc>")[2] == without.partition("</desc>")[2]


def test_what_is_shown_cannot_end_the_picture() -> None:
    hostile = "</desc></svg><script>x</script> & \"' \x00 \x1b \ud800 \uffff"
    root = parsed(picture({"content": hostile, "embeds": [{"description": hostile}]}))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *"svg desc defs path rect g use circle".split()
    }


def test_a_saved_body_is_drawn_from_the_command_line(tmp_path: Path) -> None:
    body, drawn = tmp_path / "body.json", tmp_path / "drawn.svg"
    body.write_text('{"content": "words"}', encoding="utf-8")
    command = [sys.executable, "-m", "tests.samples.discord_picture", str(body), str(drawn), "--phone"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    assert drawn.read_text(encoding="utf-8") == picture({"content": "words"}, width=PHONE)


def test_pictures_of_many_different_letters_give_each_its_own_shape() -> None:
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 120)))
    root = parsed(picture({"content": letters}))
    drawn = [path.get("id") for path in root.iter(f"{SVG}path")]
    used = {use.get("href", "").removeprefix("#") for use in root.iter(f"{SVG}use")}
    assert len(drawn) == len(set(drawn)) > len(letters)
    assert used == set(drawn)


@pytest.mark.slow
def test_the_pictures_show_what_the_bot_sends_for_the_samples() -> None:
    drawn = pictures(shown())
    assert {path.name for path in SAMPLES.glob("discord-*.svg")} == set(drawn)
    for name, svg in drawn.items():
        assert (SAMPLES / name).read_text(encoding="utf-8") == svg, "python -m tests.samples.discord_picture"
        assert len(svg.encode()) < 100_000
