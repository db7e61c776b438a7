"""Takes out of a page what no reader of it sees: it is none of the article, whoever it is meant for.

Only what the page says in its own markup is known, not what a style sheet or a script makes of it. What a reader
can open (`details`, `hidden="until-found"`) is seen.
"""

import re
from dataclasses import dataclass
from typing import Any

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_IMPORTANT = re.compile(r"\s*!\s*important$")
_ZERO = re.compile(r"[+-]?(?=[\d.]*\d)[0.]+(?:[a-z]+|%)?")
# Sizes that are taken of the size around: nothing stays nothing.
_RELATIVE = re.compile(r"[\d.]+(?:em|%|ex|ch)|inherit|unset|smaller|larger")
# Pushed out of the window. Without aria-hidden, that is text for those who have the page read aloud.
_OUTSIDE = re.compile(r"-\d{3,}(?:\.\d+)?[a-z]+")
_SIDES = ("left", "right", "top", "text-indent")
_GROUND = ("background", "background-color", "background-image")
_COLOUR = re.compile(r"#[0-9a-f]+|(?:rgb|hsl)a?\([^)]*\)|[a-z]+")
_SEEN_THROUGH = frozenset("inherit initial unset revert transparent currentcolor none auto".split())
_NAMED = {"white": "#ffffff", "black": "#000000"}


@dataclass(frozen=True, slots=True)
class _Veil:
    """What hides the text of an element until one inside says otherwise; `blend`: its colour and its ground's."""

    invisible: bool = False
    sizeless: bool = False
    blend: str | None = None

    def __bool__(self) -> bool:
        return self.invisible or self.sizeless or self.blend is not None

    def under(self, style: dict[str, str]) -> "_Veil":
        """What hides the text of an element inside, by the inline style of that one."""
        seen, size = style.get("visibility"), style.get("font-size")
        return _Veil(
            self.invisible if seen in (None, "inherit", "unset") else seen in ("hidden", "collapse"),
            self.sizeless if size is None else _zero(size) or (self.sizeless and bool(_RELATIVE.fullmatch(size))),
            _blend(self.blend, style),
        )


_BARE = _Veil()


def remove(tree: Any) -> None:
    """Take unseen elements out of a tree of lxml.html, and keep what stands behind them."""
    # Pages hide these until a script has set them out, so that nothing flickers.
    whole = {tag for tag in ("html", "head", "body", "main", "article") if len(tree.xpath(f"//{tag}")) == 1}
    veils: dict[Any, _Veil] = {}
    gone = []
    for element in tree.iter("*"):
        around = veils.get(element.getparent(), _BARE)
        style = _style(element.get("style") or "") if element.tag not in whole else {}
        if element.tag not in whole and _gone(element, style):
            gone.append(element)
        veils[element] = veil = around.under(style) if style else around
        if veil:
            element.text = None
        if around:
            element.tail = None
    _take_out(gone)


def _take_out(gone: list[Any]) -> None:
    """Remove elements, in the order of the page, and join the texts before and behind them, once for each run.

    Joined one by one, 60,000 in a paragraph took 15 s; left empty, trafilatura took minutes for them.
    """
    texts: dict[tuple[Any, Any], list[str | None]] = {}
    for element in gone:
        before, parent = element.getprevious(), element.getparent()
        if parent is not None:
            texts.setdefault((before, parent), []).append(element.tail)
            element.tail = None
            parent.remove(element)
    for (before, parent), behind in texts.items():
        joined = "".join(filter(None, behind))
        if before is None:
            parent.text = (parent.text or "") + joined
        else:
            before.tail = (before.tail or "") + joined


def _gone(element: Any, style: dict[str, str]) -> bool:
    """Whether neither an element is seen nor anything in it, whatever that says of itself."""
    shown = style.get("display")
    hidden = element.get("hidden", "until-found").lower() != "until-found"
    if element.tag == "template" or shown == "none" or (shown is None and hidden):
        return True
    outside = any(_OUTSIDE.fullmatch(style.get(side, "")) for side in _SIDES)
    return _zero(style.get("opacity", "")) or (outside and element.get("aria-hidden") == "true")


def _style(inline: str) -> dict[str, str]:
    """The declarations of an inline style, in small letters; of two of one name the last."""
    parts = (part.partition(":") for part in _COMMENT.sub("", inline).lower().split(";"))
    return {name.strip(): _IMPORTANT.sub("", value.strip()) for name, _, value in parts if value}


def _zero(size: str) -> bool:
    return _ZERO.fullmatch(size) is not None


def _blend(around: str | None, style: dict[str, str]) -> str | None:
    """The colour of letters that have the colour of what is behind them. Behind them may be a picture, too."""
    ground = " ".join(style.get(name, "") for name in _GROUND)
    if "url(" in ground or "gradient(" in ground:
        return None
    behind: set[str | None] = {colour for found in _COLOUR.findall(ground) if (colour := _colour(found))}
    ink = _colour(style.get("color", "")) or around
    return ink if ink in (behind or {around}) else None


def _colour(value: str) -> str | None:
    """A colour in one spelling; None where what is behind may show through, or where it is none."""
    if value in _NAMED or (value.isalpha() and value not in _SEEN_THROUGH):
        return _NAMED.get(value, value)
    if value.startswith("#"):
        full = value if len(value) > 5 else "#" + "".join(digit * 2 for digit in value[1:])
        return full[:7] if len(full) == 7 or (len(full) == 9 and full.endswith("ff")) else None
    kind, _, numbers = value.partition("(")
    parts = re.findall(r"[\d.]+%?", numbers)
    if len(parts) not in (3, 4) or (len(parts) == 4 and parts[3] not in ("1", "100%")):
        return None
    whole = kind.startswith("rgb") and all(part.isdigit() and int(part) < 256 for part in parts[:3])
    return "#" + "".join(f"{int(part):02x}" for part in parts[:3]) if whole else f"{kind[:3]} {parts[:3]}"
