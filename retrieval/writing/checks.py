"""Whether a model's claim may be shown: its form, whose words it gives, and whether its evidence says so.

Pure. What a check finds wrong is told in a few words, for the trace.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from retrieval.names import TITLE_WORDS, same_name
from retrieval.sentences import sentences
from retrieval.types import Claim
from retrieval.understanding.wording import SAYING, words
from retrieval.writing.figures import Day
from retrieval.writing.opposites import opposite
from retrieval.writing.wording import POSSESSIVE, Word, Wording, key

LONGEST = 400
# The share of a claim's words that must stand in its evidence. Of the first half of tests/eval/claims.jsonl, with
# .5 pass .839 of the honest claims and .07 of the unsupported ones; with .55 .797 and none; with .6 .769 and none.
SUPPORT = 0.55

_QUOTED = re.compile(r"[\"“”„‟«»‘]|''|``|(?:^|\s)['’]\w")
# What could become a link, a mention or markup anywhere.
_MARKUP = re.compile(r"://|www\.|\bhttps?\b|[<>@#`*_|\\\[\](){}~^]|\b[\w-]{2,}\.[a-z]{2,}\b", re.IGNORECASE)
# An office before a name has at most so many words.
MOST_BEFORE_NAME = 6
_BEFORE_NAME = frozenset("the former acting deputy then".split())


def same_speaker(named: str | None, evidence: Sequence[Claim]) -> bool:
    """Whether a claim's speaker is the one speaker of all its evidence."""
    speakers = {claim.speaker for claim in evidence}
    if len(speakers) != 1:
        return False
    speaker = speakers.pop()
    if speaker is None or not (named or "").strip():
        return speaker is None and not (named or "").strip()
    return same_name(named or "", speaker)


def fault(text: str, evidence: Sequence[Claim]) -> str:
    """What is wrong with a claim's wording beside its evidence, all of one speaker; "" where nothing is."""
    text = text.strip()
    return _malformed(text) or _unsaid(text, evidence)


def _malformed(text: str) -> str:
    if not text or len(text) > LONGEST:
        return f"it is empty, or longer than {LONGEST} characters"
    if any(unicodedata.category(c)[0] == "C" for c in text):
        return "it holds characters that are not seen"
    if _QUOTED.search(text):
        return "it quotes"
    if _MARKUP.search(text):
        return "it holds a link, a mention or markup"
    if len(sentences(text)) != 1:
        return "it is not one sentence"
    return ""


def _unsaid(text: str, evidence: Sequence[Claim]) -> str:
    claim, said = Wording(text), Wording(" ".join(_all_that_stands(evidence)))
    speaker = evidence[0].speaker
    rest = claim.words
    if speaker:
        n = _name_at_start(claim, speaker, said)
        if not n:
            return "it does not begin with its speaker's name"
        rest = claim.words[n:]
    return (
        _foreign_names(rest, said, evidence)
        or _foreign_numbers(claim, said, evidence)
        or _turned_round(rest, claim, said)
        or _unsupported(rest, said, speaker)
    )


def _all_that_stands(evidence: Sequence[Claim]) -> list[str]:
    """The words on record; a claim's own text too, for the names in its brackets."""
    return [text for claim in evidence for text in (claim.text, *(c.quote for c in claim.citations))]


def _name_at_start(claim: Wording, speaker: str, said: Wording) -> int:
    """How many words at its start name the speaker, and nobody else; 0 where they do not."""
    own = {key(word) for word in words(speaker)}
    n = 0
    while n < len(claim.words) and claim.words[n].stem not in own:
        n += 1
    if n == len(claim.words) or not _leads_in(claim.words[:n], own, said):
        return 0
    while n < len(claim.words) and claim.words[n].stem in own:
        n += 1
    if POSSESSIVE.search(claim.words[n - 1].text):  # Turner's aide
        return 0
    after = claim.words[n : n + 1]
    # "Turner Smith said", "Turner and Kirby said"
    return 0 if after and (after[0].capital or after[0].text == "and") else n


def _leads_in(before: Sequence[Word], own: set[str], said: Wording) -> bool:
    """Whether words before a name are its bearer's office: a title, common nouns, or as the evidence has them."""
    if len(before) > MOST_BEFORE_NAME:
        return False
    if all(w.text.lower() in _BEFORE_NAME or w.text in TITLE_WORDS or w.stem in said.common for w in before):
        return True
    wanted = [w.stem for w in before]
    stems = [w.stem for w in said.words]
    return any(
        stems[n : n + len(wanted)] == wanted and stems[n + len(wanted)] in own
        for n in range(len(stems) - len(wanted))
    )


def _foreign_names(rest: Sequence[Word], said: Wording, evidence: Sequence[Claim]) -> str:
    named = Wording(" . ".join(" . ".join(_circumstances(claim)) for claim in evidence)).stems
    known = said.stems | named
    for word in rest:
        if (
            (word.capital or not word.text.isascii())
            and word.stem not in known
            and not said.abbreviates(word.text)
        ):
            return f"“{word.text}” does not stand in its evidence"
    return ""


def _circumstances(claim: Claim) -> list[str]:
    """What may be named beside the words said: who, on which weekday, where it was printed, and about what."""
    found = [claim.speaker or "", *(f"{day:%A} {day:%B}" for day in _days(claim))]
    for citation in claim.citations:
        found += [citation.title or "", citation.outlet or ""]
    return found


def _days(claim: Claim) -> list[date]:
    return [day for day in (claim.said_on, *(c.published for c in claim.citations)) if day]


def _foreign_numbers(claim: Wording, said: Wording, evidence: Sequence[Claim]) -> str:
    """Days as a whole, so that no day of one date stands with the month of another; then all other numbers."""
    known = [day for one in evidence for day in _days(one)]
    days = [*(day for day, _ in said.days), *(Day(day.month, day.day, day.year) for day in known)]
    named: set[float] = set()
    for day, numbers in claim.days:
        if not any(day.means(other) for other in days):
            return "a date does not stand in its evidence"
        named |= numbers
    # "one" is more than a number
    unknown = claim.amounts - named - said.numbers - {float(day.year) for day in known} - {1.0}
    return f"the number {min(unknown):g} does not stand in its evidence" if unknown else ""


def _turned_round(rest: Sequence[Word], claim: Wording, said: Wording) -> str:
    """Where the claim says "not", or the opposite, and its evidence does not, or the reverse; or is surer."""
    if claim.says_not and not said.negates:
        return "its evidence negates nothing"
    for one, text in {w.stem: w.text for w in rest if w.says}.items():
        if one in claim.negated.surely and one in said.stems and one not in said.negated.perhaps:
            return f"“{text}” is not negated in its evidence"
        if one in said.negated.surely - said.negated.plainly and one not in claim.negated.perhaps:
            return f"“{text}” is negated in its evidence"
        unsure = one in said.uncertain.surely - said.uncertain.plainly - said.certain.surely
        if unsure and (one not in claim.uncertain.perhaps or one in claim.certain.surely):
            return f"“{text}” is uncertain in its evidence"
    if said.makes_a_condition_of(claim) and not claim.may_make_a_condition:
        return "its evidence makes a condition"
    for word in rest:
        if opposite(word.stem, claim, said):
            return f"“{word.text}” says the opposite of its evidence"
    return ""


_ADVERBS = frozenset("today yesterday then also again once yet still recently".split())
# What a speaker does with words, beside the verbs that ask for them: a claim's first verb is one of these, or what
# its evidence says he did.
_REPORTS = re.compile(
    r"(?:declin|refus|welcom|thank|prais|predict|question|note|add|reaffirm|express|cit|complain|conced|acknowledg|"
    r"stress|emphasi|maintain|counter|dismiss|disput|doubt|fear|worr|apologi|appeal|remind|repeat|concern|voic|pushed|"
    r"press|commit|pointed|point|speak|spoke|credit|attribut|stop|left|rul|put|remain|seek|sought|consider|explain|"
    r"disclos|reveal|releas|list|estimat|report|agree|disagree|object|advocat|appear|gave|given|present|commend|"
    r"assur|insist|decri|lament|denounc|mock|joke|compar|liken|describ|character|portray|told|wish|prefer|intend|aim|"
    r"promot|champion|signal|indicat|hint|impli|conclud|find|found|deem|see|view|regard|hold|held|believ|came|come|"
    r"back|applaud|hail|tout|boast|brag|forecast|foresee|anticipat|foresaw|caution|alert|counsel|encourag|invit|"
    r"summon|order|instruct|direct|request|plead|beg|petition|lobby|campaign|agitat|protest)\w*$"
)


def _unsupported(rest: Sequence[Word], said: Wording, speaker: str | None) -> str:
    does = next((w for w in rest if (w.says or SAYING.match(w.text)) and w.text.lower() not in _ADVERBS), None)
    reports = does is None or SAYING.match(does.text) or _REPORTS.match(does.text)
    if speaker and does and not reports and does.stem not in said.stems:
        return f"its evidence does not say “{does.text}”"
    own = [w for w in rest if w.says and not (speaker and SAYING.match(w.text))]
    held = sum(word.stem in said.stems for word in own)
    if own and held < SUPPORT * len(own):
        return f"{held} of its {len(own)} words stand in its evidence"
    return ""


def says_nothing_new(text: str, texts: Sequence[str]) -> bool:
    """Whether all that a text says, each number and each word but function words, stands in some other texts."""
    one, others = Wording(text), Wording(" . ".join(texts))
    told = {w.stem for w in one.words if w.says}
    return bool(told) and told <= others.stems and one.numbers <= others.numbers
