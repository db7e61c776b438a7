"""Draws `demo.svg`, the README's picture, from the real answer to the demo's question.

python -m tests.samples.picture     (after make demo)
"""

import re
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.terminal.console import notify
from bot.terminal.options import open_library
from bot.terminal.rendering import show
from retrieval.settings import load
from retrieval.types import Answer, Question

PICTURE = Path(__file__).with_name("demo.svg")
QUESTION = "What did Turner propose?"


def draw(answer: Answer) -> str:
    """The terminal after `onrecord ask`, as SVG, without fonts from elsewhere."""
    console = Console(record=True, width=104, file=StringIO(), force_terminal=True)
    console.print(Text("$ onrecord ask ") + Text(f'"{answer.question}"', style="yellow"))
    show(console, answer)
    svg = console.export_svg(title="onrecord", unique_id="demo")
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL) + "\n"


if __name__ == "__main__":
    with open_library(load(), sys.argv[1] if len(sys.argv) > 1 else "demo") as library:
        PICTURE.write_text(draw(library.ask(Question(QUESTION))), encoding="utf-8")
    notify(f"{PICTURE.name} drawn")
