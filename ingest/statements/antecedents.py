"""Whom "he", "she", "they" and "the senator" mean: the fitting person named before who stands out most.

One pass over the article: each pronoun and role is given to a person where it stands, and from there on counts
as one more place where that person is spoken of. So a chain of "he said" does not lose its beginning.

On the 176 judged sources of the dev articles, right / wrong name: places weighed without the chain 151 / 18, with
it 157 / 11, with the rules for one's own content, for clauses before their subject and for speakers whom nobody
knows 170 / 4; none of those four is a wrong antecedent.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence

from ingest.statements.attribution import Attribution
from ingest.statements.layout import Layout
from ingest.statements.people import People
from ingest.statements.places import Opening, Place, fill, openings
from ingest.statements.roles import PARTIES, Roles, titular
from retrieval.sentences import Span

# How many sentences back a pronoun and "they" reach, and how many places before it are looked at.
REACH, PAIR_REACH, PLACES_BACK = 8, 3, 60
# What else counts for and against a place. Each of these and of the weights in `places` was varied alone on the
# dev sources: halving or doubling one costs 0 to 3 of 176, and none gains.
FARTHER, SAME = -1.2, 2.0  # for each sentence between; the subject of the pronoun's own sentence
ELSEWHERE = -3.0  # in an earlier paragraph: a new one begins with whom it is about
QUOTED, NAMED = -3.0, -3.0  # inside quotation marks; named in what the pronoun says
# A clause that may speak of its subject before naming it.
_SUBORDINATE = re.compile(
    r"(?:[A-Z ]{5,40} )?(?:Back when|When|While|As|After|Before|Although|Though|Because|Since|Until|In|At|On|By|"
    r"With|During|Asked|Despite|For|If|From|Like|Even|Speaking)\b"
)
# "In her memoir, “Days,” Roe …": the work's own name.
_TITLED_WORK = re.compile(r"^ [“\"‘][^”\"\n]{1,80}[”\"’],?")
# Others whom "they" may mean.
_PEOPLE = re.compile(
    r"\b(?:supporters|voters|officials|critics|Republicans|Democrats|advisers|aides|women|men|people|candidates|"
    r"rivals|members|leaders|lawmakers|senators|reporters|Americans|experts|opponents|allies|others|workers|outsiders|parents|"
    r"families|campaigns|students|children|immigrants|delegates|donors|journalists|analysts)\b"
)


class Antecedents:
    """The pronouns and roles of one article. `found` has whom each means that stands outside quotation marks."""

    def __init__(self, layout: Layout, people: People, roles: Roles, attributions: Sequence[Attribution]) -> None:
        self._layout, self._people, self._roles = layout, people, roles
        self._content: dict[int, list[Span]] = defaultdict(list)
        for attribution in attributions:
            if attribution.source:
                self._content[attribution.source[0]] += attribution.content
        sources = sorted({a.source for a in attributions if a.source})
        speaks = {self._head(*source) for source in sources}
        # "Brandt, who said …": Brandt speaks there.
        relative = [start for start, end in sources if layout.text[start:end].lower() == "who"]
        for start in relative:
            named = (m for m in reversed(people.mentions[: people.before(start)][-3:]) if not m.denied)
            speaks |= {m.start for m in [next(named, None)] if m}
        self._places: list[Place] = []
        self._last: dict[str, int] = {}
        self.found: dict[int, str | None] = {}
        for opening in openings(layout, people, sources):
            person, gender = self._fill(opening)
            if person:
                self._last[person] = len(self._places)
            self._places.append(fill(layout, opening, person, gender, speaks=opening.start in speaks))

    def pronoun(self, at: int, gender: str, but: Collection[str] = ()) -> str | None:
        """The person whom a pronoun at a character means; not one of `but`."""
        if later := self._cataphor(at, gender):
            return later
        own = self._content.get(at, ())
        named = self._named_in(own)
        inside, depth = self._layout.quoted(at), self._layout.depth(at)
        paragraph = self._layout.text.rfind("\n", 0, at)
        best, found = -100.0, None
        for place in reversed(self._before(at)):
            distance = depth - place.depth
            if distance > REACH:
                break
            if place.gender not in ("", gender) or place.person in but or _lies_in(place.start, own):
                continue
            score = (
                place.weight + FARTHER * distance + SAME * (distance == 0 and place.subject and not place.quoted)
            )
            score += QUOTED * (place.quoted and not inside) + NAMED * (place.person in named)
            score += ELSEWHERE * (place.start < paragraph or place.quoted)
            if score > best:
                best, found = score, place.person
        return found

    def pair(self, at: int) -> tuple[str, ...]:
        """Those whom "they" means: two named side by side as a subject, with no other people spoken of since."""
        layout, n = self._layout, self._people.before(at)
        near = self._people.mentions[max(0, n - 12) : n]
        for first, second in zip(near[-2::-1], near[:0:-1], strict=True):
            if layout.depth(at) - layout.depth(second.start) > PAIR_REACH or layout.quoted(second.start):
                break
            begins = first.start - layout.sentence_span(first.start)[0] < 40
            if begins and _joined(layout.text[first.end : second.start]):
                return () if _PEOPLE.search(layout.text, second.end, at) else (first.person, second.person)
        return ()

    def _fill(self, opening: Opening) -> tuple[str | None, str]:
        """Who is meant by an opening, and his gender."""
        if opening.mention:
            person: str | None = opening.mention.person
        elif opening.pronoun:
            self.found[opening.start] = self.pronoun(opening.start, opening.gender)
            return self.found[opening.start], opening.gender
        elif opening.role:
            self.found[opening.start] = person = self._role(opening.role)
        else:
            return None, opening.gender
        return person, self._people.gender.get(person, "") if person else ""

    def _role(self, role: frozenset[str]) -> str | None:
        """The person spoken of last who bears a role, or who alone has it that day."""
        holders = self._roles.holders(role)
        n = max((self._last.get(person, -1) for person in holders), default=-1)
        if n < 0:
            return self._roles.alone(role)
        since = [place for place in self._places[max(n + 1, len(self._places) - PLACES_BACK) :] if place.subject]
        # "The Democrat" after somebody whose party nobody told may be him.
        if role in PARTIES and any(not place.person or not self._roles.party(place.person) for place in since):
            return None
        return self._places[n].person

    def _head(self, start: int, end: int) -> int:
        """Where the head of a source begins: a name behind its titles, else the source itself."""
        named = self._people.within(start, end)[:1]
        return next((m.start for m in named if titular(self._layout.text[start : m.start])), start)

    def _before(self, at: int) -> list[Place]:
        """The nearest places before a character."""
        n = len(self._places)
        if n and self._places[-1].start >= at:
            n = bisect_left(self._places, at, key=lambda place: place.start)
        return self._places[max(0, n - PLACES_BACK) : n]

    def _named_in(self, spans: Collection[Span]) -> set[str]:
        """Those whom a content names: hardly anybody speaks of himself by name."""
        return {mention.person for span in spans for mention in self._people.within(*span)}

    def _cataphor(self, at: int, gender: str) -> str | None:
        """The subject that follows a clause with a pronoun: "When he wrote it, Mr. Roe …"."""
        text, people = self._layout.text, self._people
        start, end = self._layout.sentence_span(at)
        comma = text.find(",", start, end)
        if comma < at or not _SUBORDINATE.match(text, start) or people.before(start) != people.before(comma):
            return None
        following = people.within(comma, end)[:1]
        for mention in following:
            between = _TITLED_WORK.sub("", text[comma + 1 : mention.start])
            if titular(between) and not mention.owns and people.gender[mention.person] in ("", gender):
                return mention.person
        return None


def _joined(between: str) -> bool:
    """Whether nothing but "and" and titles stands between two names."""
    head, found, rest = between.partition(" and ")
    return bool(found) and not head.strip(" ,") and titular(rest)


def _lies_in(at: int, spans: Collection[Span]) -> bool:
    return any(start <= at < end for start, end in spans)
