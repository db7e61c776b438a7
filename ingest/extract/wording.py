"""Makes characters storable: line ends, control characters, white space. It never touches a word or a quotation.

The text of JSON input does not come through here: it is stored as given or not at all.
"""

import re

# Old Mac and Windows line ends, form feeds between pages, and Unicode's own line and paragraph separators.
_LINE_END = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# What no store, terminal or XML parser takes: control characters, lone surrogates, byte order marks within text.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
# A soft hyphen is a hint to a typesetter; it would make a quotation differ from what readers search for.
_SOFT_HYPHEN = "\u00ad"


def body(text: str) -> str:
    """`text` with newlines as its only line ends and without characters that cannot be shown."""
    return _UNPRINTABLE.sub("", _LINE_END.sub("\n", text)).replace(_SOFT_HYPHEN, "")


def line(value: str | None) -> str | None:
    """A title, a name or an outlet on one line; None where nothing is left of it."""
    if value is None:
        return None
    return " ".join(body(value).split()) or None


def paragraphs(parts: list[str]) -> str:
    """The stored form of paragraphs: a blank line between them, none that is empty."""
    return "\n\n".join(stripped for part in parts if (stripped := part.strip()))


def storable(text: str) -> bool:
    """Whether the record can hold `text` as it is: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not re.search(r"[\ud800-\udfff]", text)
