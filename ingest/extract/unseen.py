"""Takes out of a page what no reader of it sees: it is none of the article, whoever it is meant for.

Only what the page says in its own markup is known, not what a style sheet or a script makes of it.
"""

import re
from typing import Any

_UNSEEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0*(?:\.0+)?(?=\s*(?:;|!|$))"
    r"|font-size\s*:\s*0*(?:\.0+)?(?:px|pt|em|rem|%)?(?=\s*(?:;|!|$)))",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
_BEHIND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
# Pages hide these until a script has set them out, so that nothing flickers.
_WHOLE = frozenset(("html", "body", "main", "article"))
_WHITE = frozenset(("white", "#fff", "#ffffff", "rgb(255,255,255)"))


def remove(tree: Any) -> None:
    """Take unseen elements out of an lxml tree, and keep what stands behind them."""
    for element in tree.xpath("//template | //*[@hidden] | //*[@style]"):
        if element.tag not in _WHOLE and element.getparent() is not None and _is_unseen(element):
            element.drop_tree()


def _is_unseen(element: Any) -> bool:
    if element.tag == "template" or element.get("hidden", "until-found").lower() != "until-found":
        return True
    style = element.get("style", "")
    return bool(_UNSEEN.search(style)) or _is_of_one_colour(style)


def _is_of_one_colour(style: str) -> bool:
    """White on white, as it is written in one style."""
    colour, behind = _COLOUR.search(style), _BEHIND.search(style)
    return bool(colour and behind) and _named(colour[1]) == _named(behind[1])  # type: ignore[index]  # both are there


def _named(colour: str) -> str:
    plain = re.sub(r"\s", "", colour).lower()
    return "white" if plain in _WHITE else plain
