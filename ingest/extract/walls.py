"""Pages that stand where an article should: paywalls, consent, sign-in, checks for robots, what is gone.

It judges what was extracted from a page, and what is known of the response. It fetches and extracts nothing. When
in doubt a page is an article: what such pages ask for counts only where they ask for it, not in quotation marks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from importlib.resources import files
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit

# Every kind of page that is no article, and the reason that is given for it.
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "paywall": "only the beginning of an article that is for subscribers",
        "consent": "a page that asks for consent to cookies, not an article",
        "sign-in": "a sign-in page, not an article",
        "robot-check": "a check for robots, not an article",
        "missing": "a page that says that there is no such page, or a list of articles in its place",
        "script": "a page that shows its text only with JavaScript",
        "region": "a page that is not shown in this region",
        "error": "an error page, not an article",
    }
)

# Of words: an article that has more is one, whatever else its page says; a stub has fewer.
_ARTICLE, _STUB, _NEXT_TO_NOTHING = 400, 200, 25
_LOOKED_AT = 400_000

_FLAGS = re.IGNORECASE


@cache
def _phrases() -> tuple[dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    """What sentences and titles of such pages say, by the kind of page."""
    told: dict[str, list[str]] = {}
    heading = ""
    for line in files(__package__).joinpath("walls_phrases.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif line and not line.startswith("#"):
            told.setdefault(heading, []).append(line)
    titles = {kind: "|".join(told.pop(f"{kind} title")) for kind in REASONS if f"{kind} title" in told}
    headed = {kind: rf"\W*(?:{words})[\s.…!]*(?:[|–—:·-].{{0,80}})?$" for kind, words in titles.items()}
    return (
        {kind: re.compile("|".join(patterns), _FLAGS) for kind, patterns in told.items()},
        {kind: re.compile(pattern, _FLAGS) for kind, pattern in headed.items()},
    )


# Markup that only the check itself has: what its makers put on every page of their customers is not here.
_ROBOT_MARKS = re.compile(
    r"_cf_chl_opt|cf-chl-|challenge-error-text|captcha-delivery\.com/|px-captcha|errors\.edgesuite\.net"
    r"|_Incapsula_Resource|sucuri_cloudproxy|awsWafCookieDomainList|/_sec/cp_challenge|kpsdk-",
)
_LEADS_TO: Final = {
    "missing": re.compile(r"/(?:404|not-?found|page-not-found|error|errors?/404)(?:\.\w+)?/?$", _FLAGS),
    "sign-in": re.compile(r"/(?:log-?in|sign-?in|anmelden|connexion|auth|sso)(?:[/.]|$)", _FLAGS),
    "consent": re.compile(r"/(?:consent|cookie-?(?:consent|wall)|collectconsent|privacy-?gate)(?:[/.]|$)", _FLAGS),
    "paywall": re.compile(r"/(?:subscribe|subscription|paywall|abo)(?:[/.]|$)", _FLAGS),
    "robot-check": re.compile(r"/(?:captcha|challenge|sorry|blocked|px/captcha)(?:[/.]|$)", _FLAGS),
}
_STATUS: Final = {
    401: "sign-in",
    402: "paywall",
    404: "missing",
    410: "missing",
    451: "region",
    429: "robot-check",
}
_QUOTED = re.compile(r"[“„«][^“”„«»]{1,300}[”“»]|\"[^\"]{1,300}\"")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+")
_ENDED = re.compile(r"[.!?…][\"”’»)\]]*$")
_GATED = re.compile(r"\"isAccessibleForFree\"\s{0,20}:\s{0,20}\"?(?:https?://schema\.org/)?false", _FLAGS)
_WORD_COUNT = re.compile(r"\"wordCount\"\s{0,20}:\s{0,20}\"?(\d{1,6})")
_UNREAD = re.compile(r"<(script|style|template|svg|title|select|noscript|iframe)\b", _FLAGS)
_BREAK = re.compile(
    r"</?(?:p|div|h[1-6]|li|ul|section|article|br|button|td|tr|form|label|header|footer|main)\b[^<>]{0,2000}>",
    _FLAGS,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of the response that brought a page; all of it may be unknown, as for a saved file."""

    status: int | None = None
    requested: str | None = None
    final: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    page: str = ""


@dataclass(frozen=True, slots=True)
class _Text:
    """Of a text, in words: all, what asks for nothing, and what says a thing that pages of some kind say."""

    total: int
    own: int
    said: Mapping[str, int]


def wall(title: str | None, parts: Sequence[str], signs: Signs) -> str | None:
    """Why a page with the paragraphs `parts` is no article: one of `REASONS`; None where it may be one.

    Takes time with the length of the text; of the page it looks at 400,000 characters.
    """
    kind = _kind(title or "", parts, signs)
    return None if kind is None else REASONS[kind]


def _kind(title: str, parts: Sequence[str], signs: Signs) -> str | None:
    text = _weighed(parts)
    if told := _told(signs, text):
        return told
    if text.own >= _ARTICLE:
        return None
    shown = _visible(signs.page) if text.own < _STUB else []
    page = _weighed(shown)
    if text.own < 120 and _ROBOT_MARKS.search(signs.page[:_LOOKED_AT]):
        return "robot-check"
    if text.own < 60 and (headed := _headed(title) or _headed(_page_title(signs.page))):
        return headed
    if most := _most(text):
        return most
    if text.own < _NEXT_TO_NOTHING and (hidden := _behind(page, signs.page)):
        return hidden
    return "paywall" if _stub(parts, shown, text, signs.page) else None


def _told(signs: Signs, text: _Text) -> str | None:
    """What the response says beside the page."""
    if any(
        name.lower() == "cf-mitigated" and "challenge" in value.lower() for name, value in signs.headers.items()
    ):
        return "robot-check"
    status = signs.status or 200
    if status in (403, 503) and _ROBOT_MARKS.search(signs.page[:_LOOKED_AT]):
        return "robot-check"
    if status >= 400:
        return _STATUS.get(status, "error")
    return _redirected(signs, text)


def _redirected(signs: Signs, text: _Text) -> str | None:
    if not (signs.requested and signs.final):
        return None
    asked, got = _path(signs.requested), _path(signs.final)
    if asked == got or asked is None or got is None:
        return None
    if text.own < 250:
        for kind, leads in _LEADS_TO.items():
            if leads.search(got) and not leads.search(asked):
                return kind
    deep = len(asked.strip("/").split("/")) > 1 or asked.count("-") > 2
    links = signs.page[:_LOOKED_AT].lower().count("<a ")
    if deep and got.strip("/") == "" and not urlsplit(signs.final).query:
        return "missing" if text.own < _ARTICLE or links > text.own / 10 else None
    above = asked.strip("/").startswith(got.strip("/") + "/")
    return "missing" if deep and above and links >= 15 and links > text.own / 10 else None


def _path(url: str) -> str | None:
    try:
        return unquote(urlsplit(url).path) or "/"
    except ValueError:
        return None


def _weighed(parts: Iterable[str]) -> _Text:
    total = own = 0
    said: dict[str, int] = {}
    for part in parts:
        for sentence in _SENTENCES.split(part):
            words = len(sentence.split())
            total += words
            kinds = _says(sentence)
            for kind in kinds:
                said[kind] = said.get(kind, 0) + words
            if not kinds and _ENDED.search(sentence[-10:]):
                own += words
    return _Text(total, own, said)


def _says(sentence: str) -> list[str]:
    """The kinds of pages that say such a sentence to their visitors. No such page says it at length."""
    bare = _QUOTED.sub("", sentence[:600]).strip(" •·*–—-→›»>|✓×\u00a0\t")
    return [kind for kind, said in _phrases()[0].items() if said.search(bare)]


def _headed(title: str) -> str | None:
    return next((kind for kind, known in _phrases()[1].items() if known.match(title[:300].strip())), None)


def _page_title(markup: str) -> str:
    found = re.search(r"<title\b[^<>]{0,200}>([^<]{1,300})", markup[:_LOOKED_AT], _FLAGS)
    return unescape(found[1]) if found else ""


def _most(text: _Text) -> str | None:
    """The kind that most of an extracted text speaks for."""
    said = {kind: words for kind, words in text.said.items() if kind != "paywall"}
    kind = max(said, key=lambda kind: said[kind], default=None)
    if kind is None:
        return None
    spoken = text.total - text.own
    return (
        kind if said[kind] > 0.5 * text.total or (text.own < 60 and spoken > text.own and said[kind] > 8) else None
    )


def _behind(page: _Text, markup: str) -> str | None:
    """What the page shows, and what stands in its markup, where no article was extracted."""
    said = {kind: words for kind, words in page.said.items() if page.own < 250 or words > page.own}
    if 'type="password"' in markup[:_LOOKED_AT] and said.get("sign-in", 0) and page.own < 60:
        return "sign-in"
    if said:
        return max(said, key=lambda kind: said[kind])
    unscripted = [found for found in _noscripts(markup) if _phrases()[0]["script"].search(found)]
    return "script" if unscripted and page.own < 60 else None


def _stub(parts: Sequence[str], shown: Sequence[str], text: _Text, markup: str) -> bool:
    """Whether these are the first paragraphs of an article, and then a request to pay for the others."""
    gated = bool(_GATED.search(markup[:_LOOKED_AT]))
    if text.own >= (250 if gated else _STUB):
        return False
    last = _weighed(parts[len(parts) // 2 :] if len(parts) < 8 else parts[-4:])
    if last.said.get("paywall", 0) > 3:
        return True
    if not gated:
        cut = bool(parts) and parts[-1].rstrip().endswith(("…", "..."))
        return cut and _asks_to_pay(shown)
    count = _WORD_COUNT.search(markup[:_LOOKED_AT])
    whole = int(count[1]) if count else 0
    return text.own < 60 or whole > 2 * text.own or (_asks_to_pay(shown) and whole == 0)


def _asks_to_pay(shown: Iterable[str]) -> bool:
    return sum("paywall" in _says(sentence) for part in shown for sentence in _SENTENCES.split(part)) > 0


def _visible(markup: str) -> list[str]:
    """The lines of a page as a reader sees them, roughly."""
    kept = "".join(_outside(markup[:_LOOKED_AT]))
    lines = _TAG.sub(" ", _BREAK.sub("\n", kept)).split("\n")
    return [words for line in lines if (words := " ".join(unescape(line).split()))]


def _outside(markup: str) -> Iterator[str]:
    """The pieces of markup outside scripts, styles and the like. What is never closed ends the page."""
    at, lower = 0, markup.lower()
    while found := _UNREAD.search(markup, at):
        yield markup[at : found.start()]
        at = lower.find(f"</{found[1].lower()}", found.end())
        if at < 0:
            return
        at += len(found[1]) + 2
    yield markup[at:]


def _noscripts(markup: str) -> Iterator[str]:
    lower, at = markup[:_LOOKED_AT].lower(), 0
    while (at := lower.find("<noscript", at)) >= 0:
        end = lower.find("</noscript", at)
        if end < 0:
            return
        yield " ".join(_TAG.sub(" ", markup[at : min(end, at + 3000)]).split())
        at = end
