"""Where an article says that it was corrected, clarified or retracted. Rules over its own paragraphs.

News about corrections is none: a notice stands at the edge of the text, in brackets or under a label, and speaks
of the article that it stands in. A plain "Updated at 5 p.m." is none either. Nothing here judges what was wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 600

# The edges of a text: bylines stand before a notice, and lines about the author after it.
_FIRST, _LAST, _WITHIN = 3, 6, 1500


class NoticeKind(StrEnum):
    """What a notice says was done to the article."""

    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    RETRACTION = "retraction"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice: the characters `start` to `end` of the text. An empty span at 0: only the title says it."""

    kind: NoticeKind
    start: int
    end: int


_NOUN = (
    r"(?:web |online |print |news |live ?|opinion |data |fact[ -])?(?:article|story|stories|report|column|post"
    r"|piece|op-ed|essay|editorial|review|analysis|item|dispatch|interview|obituary|newsletter|blog(?: post)?"
    r"|transcript|graphic|chart|map|table|(?:photo )?caption|headline|subheadline|summary|photo|video|page|feature"
    r"|profile|explainer|check|checker|list|timeline|factbox|brief|letter|text)"
)
_EARLIER = (
    r"(?:an? [\w ]{3,20} (?:with|in|on|accompanying) )?(?:in )?(?:(?:an?|the|our) )?(?:\w+ )?"
    r"(?:earlier|previous|prior|original|originally published|initial|first)(?:,? \w+)? "
    r"(?:versions?|edition|draft|headline|caption|photo caption)"
)
_THIS = (
    rf"(?:this|these|the above|the headline (?:on|of|to) this|an? \w+ in this|our) (?:[\w.’']+,? ){{0,4}}?{_NOUN}"
    r"(?: above)?"
)
_BE = r"(?:has been|have been|was|were|is|is being)(?: since| later| subsequently)?"
_ERROR = re.compile(
    r"\b(?:mis(?:stat|identif|spel|quot|attribut|character|report|label|represent|translat|nam|calculat)\w+"
    r"|incorrect\w*|inaccura\w+|erroneous\w*|mistake\w*|(?:in|an?|the|\w+ing|factual) errors?|wrong\w*|overstat\w+"
    r"|understat\w+|should (?:have|read)|omitted|transposed|conflated|garbled|reversed|corrects?|corrected|misled"
    r"|misleading|failed to \w+|did not (?:make clear|include|disclose|mention|note|properly)|not \w+,? as)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[\s*•·_#(\[—–-]*+(?:an? )?(?:editor(?:['’]?s|s['’])? (?:note,? )?)?"
    r"(?P<label>corrections?(?: (?:and|&|/|or) clarifications?)?|clarifications?(?: (?:and|&) corrections?)?"
    r"|retractions?|erratum|errata|retracted|withdrawn|story (?:removed|withdrawn|retracted|killed)"
    r"|(?<=note )(?:of )?correction)"
    r"(?: (?:notice|note|appended|added|issued|published|made|to this \w+))?"
    r"(?P<day>,? ?(?:\(?[\w .,/:-]{3,40}?\)?))?[*_\s]*(?P<stop>[:—–|]|\s-\s|$)",
    re.IGNORECASE,
)
_EDITOR = re.compile(
    r"[\s*•·_(\[—–-]*+(?:an? )?(?:editor(?:['’]?s|s['’])?|publisher['’]s) (?:note|update)\b[^:.—–|]{0,40}[:.—–|]"
    r"|[\s*•·_(\[]*+(?:note(?: to readers)?|update)\b[^:.|]{0,30}:",
    re.IGNORECASE,
)
_OPEN = r"(?:^[\s*•·_(\[—–-]*+|(?<=[.!?:;)\]] )|(?<=[:—–-] ))"
_RETRACTED = re.compile(
    rf"{_OPEN}(?:{_THIS} {_BE} (?:retracted|withdrawn|unpublished|removed|taken down|deleted)\b"
    rf"(?! (?:by|from) (?:the )?(?:court|committee|agenda|panel))"
    rf"|(?:we|the [\w ]{{2,40}}|[\w. ]{{2,30}}) (?:has|have|is|are) (?:now |since |fully )?(?:retract\w+"
    rf"|withdraw\w*|remov\w+|unpublish\w+|tak\w+ down) (?:this|the above|its|our) (?:\w+ )?{_NOUN}"
    rf"|this (?:is an? retract\w+|retracted))",
    re.IGNORECASE,
)
_TOLD_RETRACTED = re.compile(
    rf"\b(?:retract(?:ed|ing|s|ion)|withdr(?:awn|awing|awal|ew)|unpublished)\b.{{0,80}}?\b(?:this|the|our|its)\b"
    rf".{{0,30}}?\b{_NOUN}\b|\b(?:this|the|our) (?:\w+ )?{_NOUN}\b.{{0,120}}?"
    r"\b(?:retracted|withdrawn|unpublished|removed from|taken down)\b",
    re.IGNORECASE,
)
_CLARIFIED = re.compile(
    rf"{_OPEN}(?:{_THIS} {_BE} (?:clarified\b|(?:updated|edited|amended|revised|changed|corrected)"
    r"[^.:]{0,40} (?:to clarify|to make (?:it )?clear)"
    r"|(?:updated|amended|revised) for (?:greater |added )?clarity)"
    rf"|this (?:version|{_NOUN}) clarifies\b|it {_BE} (?:updated|edited|amended)[^.]{{0,30}} to clarify"
    r"|clarifies (?:that|the|in|para|lead|headline|quote|attribution|first|second|third|\w+ paragraph))",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    rf"{_OPEN}(?:{_THIS} {_BE} (?:corrected\b|amended\b(?! (?:by|in) )|(?:updated|edited|revised|changed|modified"
    r"|altered)[^.:]{0,60}? (?:to (?:correct|fix|remove|delete|accurately|properly|rectify|retract"
    r"|reflect (?:the|a) correct)|because of an? \w+ error|after an error))"
    rf"|it {_BE} (?:updated|corrected|amended)[^.]{{0,40}}? to (?:correct|fix|remove|show|reflect the correct)"
    rf"|this (?:version|{_NOUN}) (?:corrects|fixes)\b|this (?:is an? )?corrected (?:version|{_NOUN})"
    rf"|{_THIS} (?:had |has )?(?:mistakenly|incorrectly|erroneously|wrongly|inaccurately|misstated"
    r"|misidentified)\b"
    rf"|{_THIS} (?:had |has )?(?:originally|initially|previously|first|at first) (?:mis\w+|\w+ly"
    r"|(?:had )?\w+ (?:that|the))\b"
    rf"|we (?:have|['’]ve) (?:since )?(?:corrected|amended|fixed)\b[^.]{{0,60}}\b(?:this|the|our) {_NOUN}"
    r"|an? corrections? (?:was|were|has been|have been) (?:made|appended|added|issued)\b[^.]{0,40}"
    rf"(?:{_NOUN}|:|\d)"
    r"|(?:because of|due to|owing to|as a result of) (?:an?|our) (?:\w+['’]?s? )?(?:error|mistake|mix-up)"
    rf"[^.]{{0,60}},[^.]{{0,80}}\b{_NOUN}\b)",
    re.IGNORECASE,
)
# As printed newspapers write it, in a place of its own.
_PRINTED = re.compile(
    rf"\W*(?:an?|the) (?:[\w-]+ ){{0,2}}?{_NOUN} (?:“[^”]{{1,80}}”,? ?|(?:in some editions |published |that ran )?"
    r"(?:on|in) (?:page [a-z]?-?\d+|the \w+ \d+ (?:edition|issue|paper)|\w+day\b|[a-z]{3,9}\.? \d{1,2}\b)"
    r"[^.]{0,300}?)"
    r"(?:mis(?:stat|identif|spel|quot|attribut|character)\w+|(?:incorrectly|wrongly|erroneously|mistakenly))",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"[\s*•·_(\[—–-]*+(?:\w+ )?(?:corrects|corrected|fixes|(?:re-?files|re-?sends|repeats|recasts)\b.{0,60}?\bto"
    r" (?:correct|fix|remove|say|show|restore))"
    r" (?:to (?:say|show|read|remove|delete|change|make)|that|the |an? |in |by |typo|spelling|name|title|day|date"
    r"|year|number|figure|amount|attribution|quote|headline|lead|dateline|byline|age|party|para|first|second|third"
    r"|fourth|fifth|last|final|garble|reference|error|misspell|style|location|\d)",
    re.IGNORECASE,
)
_SAID_BEFORE = re.compile(
    rf"{_OPEN}{_EARLIER}(?: (?:of|to|on|with|for|in) (?:this|the|our|that) (?:\w+ )?{_NOUN}| (?!of\b|to the\b))",
    re.IGNORECASE,
)
_REGRETS = re.compile(
    r"(?:we|the [\w ]{2,40}|[A-Z][\w. ]{1,30}) (?:deeply |sincerely )?(?:regrets?|apologi[sz]es? for) "
    r"(?:the|this|these|any) (?:error|mistake|omission|inaccurac|confusion)",
    re.IGNORECASE,
)
# What a label stands before without a notice: terms of markets, and where readers may complain.
_MARKET = re.compile(
    r"\b(?:stocks?|shares?|market|index|nasdaq|s&p|bear|rally|investors|housing prices|decline of|prisons?"
    r"|inmates?|percent (?:drop|fall|decline)|facilities)\b",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"@|\b(?:to (?:report|request|suggest|submit|ask for)|spot(?:ted)? an? |see an? (?:error|mistake)"
    r"|contact (?:us|our)|click here|e-?mail us|our (?:corrections? )?polic|send (?:us )?(?:a )?corrections?)",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"correct|clarif|retract|withdr|amend|error|errat|regret|version|editor|remov|apologi|original|earlier|fixes"
    r"|unpublish|taken down|mis(?:stat|identif|spel|quot|attrib)|refile|resend|fix|mistake|wrong|previous|clear",
    re.IGNORECASE,
)
# How a notice begins that stands amid an article; the quick look at each paragraph.
_MARKED = re.compile(
    r"[(\[]|[\s*•·_#—–-]*+(?:an? )?(?:correct|clarif|retract|withdr|errat|editor|publisher|note|update|story )",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"[,”\"] (?:the|an?|its|his|her|\w+ [A-Z]\w+)?[\w ’']{0,40}\b(?:said|says|wrote|told|acknowledged|announced)\b"
    r"(?! (?:that |incorrectly|in error|wrongly))"
)
_TITLE = re.compile(
    r"\s*(?:[\[(](?P<bracketed>retract\w+|withdrawn|correct(?:ed|ion)|clarif\w+)[^\])]{0,20}[\])]"
    r"|(?P<worded>(?:story |article )?(?:retracted|retraction|withdrawn|removed)|corrected|corrections?"
    r"|clarifications?|clarified)"
    r"(?: and clarifications?)?(?: story| article)?\s*(?::|\||\s[-–—])"
    r"|(?P<wired>(?-i:CORRECTED|CORRECTION|WITHDRAWN|RETRACTED|CLARIFIED|REFILE))\s*[-–—( ])",
    re.IGNORECASE,
)


def notices(text: str, title: str | None = None) -> tuple[Notice, ...]:
    """The notices in an article's `text`, in order; first what its `title` says where the text does not say it.

    A span is a whole paragraph, or at most 600 characters of it from where the notice begins.
    """
    found = tuple(_found(text))
    told = _in_title(title or "")
    if told is None or any(notice.kind is told for notice in found):
        return found
    return (Notice(told, 0, 0), *found)


def _found(text: str) -> Iterator[Notice]:
    parts = _paragraphs(text)
    labelled: NoticeKind | None = None
    near = 0
    for at, (start, end) in enumerate(parts):
        edge = at < _FIRST or at >= len(parts) - _LAST
        near -= 1
        below = labelled if near >= 0 else None
        for part in _pieces(text, start, end) if edge else ((start, min(end, start + LONGEST)),):
            words = text[part[0] : part[1]]
            if not (below or (_HINT.search(words) if edge else _MARKED.match(words))):
                continue
            if edge and (alone := _heading(words)):
                labelled, near = alone, 2
            elif told := _kind(words, below, edge=edge):
                yield Notice(told[0], *_span(start, end, part[0] + told[1]))
                break


def _paragraphs(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(r"\S[^\n]*", text)]


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A paragraph at the edge of the text, or the two ends of one that is the whole text."""
    if end - start <= 2 * _WITHIN:
        yield start, end
        return
    yield start, start + _WITHIN
    cut = text.find(". ", end - _WITHIN, end)
    yield (cut + 2 if cut >= 0 else end - _WITHIN), end


def _heading(words: str) -> NoticeKind | None:
    """The kind that a line announces which is a label and nothing else."""
    label = _LABEL.match(words)
    return _labelled(label["label"]) if label and label.end() == len(words.rstrip()) else None


def _kind(words: str, below: NoticeKind | None, *, edge: bool) -> tuple[NoticeKind, int] | None:
    """What the notice in a paragraph says and where in it that begins; `below`: the label that stood above it."""
    if below and (_ERROR.search(words) or _SAID_BEFORE.search(words) or _EDITOR.match(words)):
        return below, 0
    if told := _under_label(words, edge=edge):
        return told, 0
    if words[0] in "([" and _CORRECTS.match(words):
        return NoticeKind.CORRECTION, 0
    if not (edge or words[0] in "(["):
        return None
    return _unlabelled(words)


def _under_label(words: str, *, edge: bool) -> NoticeKind | None:
    label = _LABEL.match(words)
    if label and label["stop"]:
        rest = words[label.end() :]
        if _COMPLAINT.search(rest) and not _SAID_BEFORE.search(rest):
            return None
        own = _SAID_BEFORE.search(rest) or _CORRECTED.search(rest) or _CLARIFIED.search(rest)
        whole = words[0] in "([" and words.rstrip()[-1] in ")]"
        told = own or whole or (edge and not _MARKET.search(rest[:120])) or (edge and _ERROR.search(rest))
        return _labelled(label["label"]) if told else None
    note = _EDITOR.match(words)
    if not note:
        return None
    rest = " " + words[note.end() :].lstrip()
    if _RETRACTED.search(rest) or (_TOLD_RETRACTED.search(rest) and not _SAID_BEFORE.search(rest)):
        return NoticeKind.RETRACTION
    mended = re.search(r"\b(?:corrected|changed|removed|updated|replaced|regret)", rest)
    if mended and _ERROR.search(rest) and re.search(rf"\b(?:this|our) (?:\w+ )?{_NOUN}", rest, re.IGNORECASE):
        return NoticeKind.CLARIFICATION if _CLARIFIED.search(rest) else NoticeKind.CORRECTION
    return None


def _unlabelled(words: str) -> tuple[NoticeKind, int] | None:
    for pattern, kind in (
        (_RETRACTED, NoticeKind.RETRACTION),
        (_CLARIFIED, NoticeKind.CLARIFICATION),
        (_CORRECTED, NoticeKind.CORRECTION),
    ):
        if (found := pattern.search(words)) and not _REPORTED.search(words, found.start()):
            return kind, found.start()
    before = _SAID_BEFORE.search(words)
    if before and _ERROR.search(words, before.end()) and not _REPORTED.search(words, before.start()):
        return NoticeKind.CORRECTION, before.start()
    if (sorry := _REGRETS.search(words)) and _ERROR.search(words) and not _REPORTED.search(words):
        return NoticeKind.CORRECTION, 0 if len(words) <= LONGEST else sorry.start()
    if _PRINTED.match(words) and not _REPORTED.search(words):
        return NoticeKind.CORRECTION, 0
    if _CORRECTS.match(words) and words.lstrip("*•·_—–- ")[:1] in "Cc([":
        return NoticeKind.CORRECTION, 0
    return None


def _labelled(label: str) -> NoticeKind:
    label = label.lower()
    if label.startswith(("retract", "withdr", "story", "article", "removed")):
        return NoticeKind.RETRACTION
    return (
        NoticeKind.CLARIFICATION
        if label.startswith("clarif") and "correct" not in label
        else NoticeKind.CORRECTION
    )


def _in_title(title: str) -> NoticeKind | None:
    found = _TITLE.match(title)
    if not found or _MARKET.search(title[found.end() :]):
        return None
    return _labelled(found["bracketed"] or found["worded"] or found["wired"])


def _span(start: int, end: int, at: int) -> tuple[int, int]:
    return (start, end) if end - start <= LONGEST else (at, min(end, at + LONGEST))
