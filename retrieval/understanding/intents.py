"""What kind of answer a question wants, by its wording."""

import re

from retrieval.understanding.understood import Intent
from retrieval.understanding.wording import HELPING, SAYING

_WHEN = re.compile(
    r"^(?:and\s+|so\s+)?(?:when|on what (?:day|date))\s+"
    r"(?:did|does|do|was|is|were|had|has|would|will)\b|^when\?*$",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"^(?:\W*|.*[,:;.]\s*|and\s+|so\s+|but\s+)why\b|\bwhat (?:is|was|were|are) \S+ reasons?\b|"
    r"\bhow does \S+(?: \S+)? (?:explain|justify)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:chang(?:e|ed|es|ing)|shift(?:s|ed)?|develop(?:s|ed)?|evolv(?:e|es|ed)|over time|then and now|each time|"
    r"both times|used to|no longer|keep (?:mak|say|argu)\w+|kept \w+ing)\b|"
    r"\bfrom\b.{3,60}\bto (?:the|after|his|her|their)\b|"
    r"\bthen about\b|,? and then\b|\bbefore and after\b",
    re.IGNORECASE,
)
WHO = re.compile(
    rf"^(?:and\s+)?(?:whom?|(?:which|whose)(?:\s+(?!(?:{HELPING})\b)\w+){{1,3}}?)\s+(?!(?:{HELPING})\b)|"
    r"^who\s+(?:is|was|are|were)\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    rf"^(?:and\s+|so\s+|.{{0,80}}?[,:]\s*)?(?:{HELPING})\b(?!.*\b(?:what|how|why|where)\b)", re.IGNORECASE
)
_SPEECH = re.compile(rf"{SAYING.pattern}|\baccording to\b", re.IGNORECASE)


def intent(text: str, asked: int) -> Intent:
    """`asked`: how many people's words the question asks for."""
    if asked > 1:
        return Intent.COMPARISON
    if asked and _CHANGE.search(text):
        return Intent.CHANGE
    if _WHEN.match(text):
        return Intent.WHEN
    if not asked and WHO.match(text):
        return Intent.WHO
    if _WHY.search(text):
        return Intent.REASON
    if asked and _YES_NO.match(text):
        return Intent.SUPPORT
    return Intent.POSITION if asked or _SPEECH.search(text) else Intent.FACT
