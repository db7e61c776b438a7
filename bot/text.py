"""Makes words of unknown origin safe to show in Discord: nothing in them formats, links or mentions.

Stands for the promise that a reader sees the text letter for letter: Discord drops the backslashes again.
May not shorten a quotation: `clamp` is for titles and names only.
"""

import re
from urllib.parse import SplitResult, quote, urlsplit

# Discord's parser takes a backslash before any ASCII punctuation as "show the next character as it is".
# The colon of :// stops bare addresses from becoming links; `<` covers <@1>, <#1>, </ask:1>, <:emoji:1>, <t:1>.
_MARKUP = re.compile(r"[\\`*_~|<>\[\]()#@]|:(?=//)")
_LINE_START = re.compile(r"^([^\S\n]*)([-+])|^([^\S\n]*[0-9]+)(\.)", re.MULTILINE)

# What no reader sees: Unicode's format characters but the joiners that scripts and emoji need and the signs around
# Arabic numbers, which show; variation selectors that vary nothing; the control characters but tab and line feed;
# and halves of surrogate pairs, which JSON cannot carry. Some make a sentence read in another order than it is
# stored, others spell words unseen.
_UNSHOWN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    "\x00-\x08\x0b-\x1f\x7f-\x9f]"
    # One behind an ideograph picks its form, as names in Japanese need.
    "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

LINK_LIMIT = 1000  # of a description's 4096; a longer fragment is dropped, since a link may not be cut


def size(text: str) -> int:
    """The length as Discord may count it at most: UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


def shown(text: str) -> str:
    """The text without what no reader sees: for files, where nothing is markup."""
    return _SURROGATE.sub("\ufffd", _UNSHOWN.sub("", text))


def quoted(words: str) -> str:
    """The words between quotation marks; left alone where they begin with one of their own."""
    return words if words.startswith(("“", '"', "''", "‘", "«")) else f"“{words}”"


def escape(text: str) -> str:
    """The text as Discord shows it letter for letter."""
    escaped = _MARKUP.sub(r"\\\g<0>", shown(text))
    return _LINE_START.sub(_escape_line_start, escaped)


def clamp(text: str, most: int) -> str:
    """At most `most` code units on one line, all of them to be seen; what is left out shows as an ellipsis."""
    line = " ".join(shown(" ".join(text.split())).split())
    if size(line) <= most:
        return line
    # Cut as Discord counts; of a pair that is cut in two, nothing stays.
    kept = line.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", "ignore")
    return f"{kept.rstrip()}…"


def link(*urls: str) -> str | None:
    """The first of these that Discord can link to, percent-encoded so that it cannot end its own brackets."""
    return next((safe for safe in map(_safe, urls) if safe is not None and size(safe) <= LINK_LIMIT), None)


def domain(url: str) -> str:
    """The bare domain of a link from `link`; look-alike letters show as punycode."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _escape_line_start(match: re.Match[str]) -> str:
    blank, bullet, number, dot = match.groups()
    return f"{blank}\\{bullet}" if bullet else f"{number}\\{dot}"


def _safe(url: str) -> str | None:
    # A backslash or a user name is where parsers disagree about the host, so the domain shown could lie.
    if "\\" in url or any(char.isspace() for char in url) or shown(url) != url:
        return None
    try:
        parts = urlsplit(url)
        host = _ascii_host(parts)
    except ValueError:  # a broken port or IPv6 address; UnicodeError where the host is no domain
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return quote(parts._replace(netloc=host).geturl(), safe="%/:?#@!$&'+,;=")


def _ascii_host(parts: SplitResult) -> str:
    name = (parts.hostname or "").encode("idna").decode("ascii") if not parts.netloc.isascii() else parts.hostname
    if not name or re.fullmatch(r"[A-Za-z0-9._-]+", name) is None:
        return ""  # IPv6 literals too: no newspaper lives at one
    return f"{name}:{parts.port}" if parts.port else name
