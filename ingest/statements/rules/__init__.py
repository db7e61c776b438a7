"""Who is said to say what, by rules alone: no model, no parser.

They serve where the tagger's file is missing, and what they are sure of is added to the tagger's finds. A text is
cut into units, sentences that no quotation is torn by (tokens.py); in each the cues are found, with whom they name
(cues.py, sources.py) and what they attribute (content.py); quotations without a cue go to whoever speaks beside
them (continued.py). Transcripts and headlines have rules of their own.

On the dev articles, person and speech, F1 of overlap / with the right source: 79.7 / 78.0
(a regex for quotation marks 32 / 29; dependency rules with a parser 75 / 70); direct quotations 92.6 / 89.2.
"""

from bisect import bisect_right
from collections.abc import Sequence

from ingest.statements.attribution import Attribution
from ingest.statements.rules import continued
from ingest.statements.rules.certain import certain
from ingest.statements.rules.headlines import headline
from ingest.statements.rules.tokens import Unit, units
from ingest.statements.rules.transcripts import transcript

__all__ = ["attributions", "sure", "transcript"]


def attributions(text: str) -> list[Attribution]:
    """Every attribution in `text` that the rules find: the headline's, the prose's, the transcript's."""
    titles, turns = _tagged(text)
    return titles + continued.joined(text, _prose(text, titles + turns)) + turns


def sure(text: str, found: Sequence[Attribution]) -> list[Attribution]:
    """Those of `found` that are certain enough to be added to a tagger's, where it found nothing (certain.py).

    `found`: what `attributions` gives for `text`.
    """
    titles, turns = _tagged(text)
    tagged = {*titles, *turns}
    return [one for one in found if one in tagged or certain(text, one)]


def _tagged(text: str) -> tuple[list[Attribution], list[Attribution]]:
    """The headline, unless it is the first turn, and the turns."""
    turns = transcript(text)
    begun = {turn.source for turn in turns}
    return [title for title in headline(text) if title.source not in begun], turns


def _prose(text: str, taken: list[Attribution]) -> list[Unit]:
    """The units that no headline and no turn takes."""
    spans = sorted((a.source[0], a.content[-1][1]) for a in taken if a.source)
    starts = [start for start, _ in spans]
    kept = []
    for unit in units(text):
        at = bisect_right(starts, unit.start) - 1
        if at < 0 or spans[at][1] <= unit.start:
            kept.append(unit)
    return kept
