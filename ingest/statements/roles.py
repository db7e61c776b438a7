"""Roles: what people are called by office, trade or party, and who is meant by "the senator" or "the Ohio
Republican".

A role is a set of words. People bear those that the article gives them, as a title ("Democratic nominee Jo
Roe"), in apposition ("Roe, the Ohio senator,") or in brackets ("(D-Ohio)"), and those of the table of offices.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from ingest.statements.offices import Office
from ingest.statements.people import Mention, People

_HEADS = frozenset(
    """senator representative president president-elect nominee candidate contender hopeful governor mayor
    secretary chairman speaker leader republican democrat director billionaire mogul businessman
    businesswoman tycoon magnate developer minister chancellor judge justice pope front-runner commissioner
    chief general attorney lady rival secretary-general ambassador spokesman strategist lawyer prosecutor
    sheriff officer analyst professor author historian economist pollster activist pastor bishop rabbi imam
    executive founder owner manager adviser aide moderator host anchor columnist actor actress comedian
    singer journalist reporter libertarian socialist treasurer delegate councilman mate surgeon neurosurgeon
    physician doctor scientist lawmaker conservative superintendent harbormaster inspector principal premier
    warden marshal coroner auditor comptroller controller clerk pastor supervisor administrator councillor
    alderman ombudsman commander engineer""".split()
)
_SAME = {
    "sen": "senator", "sens": "senator", "rep": "representative", "reps": "representative", "gov": "governor",
    "congressman": "representative", "congresswoman": "representative", "gop": "republican",
    "frontrunner": "front-runner", "chairwoman": "chairman", "chair": "chairman", "chairperson": "chairman",
    "spokeswoman": "spokesman", "spokesperson": "spokesman", "democratic": "democrat", "gen": "general",
    "adm": "admiral", "prof": "professor", "dr": "doctor", "advisor": "adviser", "counsel": "lawyer",
    "councilwoman": "councilman", "councilor": "councillor", "alderwoman": "alderman",
    "admiral": "general", "commander-in-chief": "commander", "pres": "president",
    "justice": "judge", "justices": "judges",
}  # fmt: skip
_SPELLED = {
    "sen": "senator",
    "sens": "senator",
    "rep": "representative",
    "reps": "representative",
    "gov": "governor",
}
# Who has these in his role is no holder of the role without them, nor the other way round.
_APART = frozenset(
    "chief former vice prime lady deputy assistant ex-president elect lieutenant mate first".split()
)
_SMALL = frozenset("the of a an this and s his her their our its".split())
_MODIFIERS = frozenset(
    """presidential vice-presidential former vice prime running real estate senate house majority minority current
    longtime veteran ex attorney press national security foreign defense state conservative liberal
    congressional gubernatorial senatorial presumptive then campaign communications policy senior deputy
    assistant executive managing co-founder founding political top chief first-term freshman fellow
    libertarian city county district police republican""".split()
)
_STATES = {
    "ala": "alabama", "ariz": "arizona", "ark": "arkansas", "calif": "california", "colo": "colorado",
    "conn": "connecticut", "del": "delaware", "fla": "florida", "ga": "georgia", "ill": "illinois",
    "ind": "indiana", "kan": "kansas", "ky": "kentucky", "la": "louisiana", "md": "maryland",
    "mass": "massachusetts", "mich": "michigan", "minn": "minnesota", "miss": "mississippi", "mo": "missouri",
    "mont": "montana", "neb": "nebraska", "nev": "nevada", "n.h": "new hampshire", "n.j": "new jersey",
    "n.m": "new mexico", "n.y": "new york", "n.c": "north carolina", "n.d": "north dakota", "okla": "oklahoma",
    "ore": "oregon", "pa": "pennsylvania", "r.i": "rhode island", "s.c": "south carolina", "s.d": "south dakota",
    "tenn": "tennessee", "tex": "texas", "va": "virginia", "vt": "vermont", "wash": "washington",
    "w.va": "west virginia", "wis": "wisconsin", "wyo": "wyoming",
}  # fmt: skip
_PARTIES = {"r": "republican", "d": "democrat", "i": "independent", "l": "libertarian"}
_TOKEN = re.compile(r"[\w.’'-]+$")
_PARTY_AFTER = re.compile(r",? ?\(?\b([RDIL])\.?(?:[-–—]|, )([A-Z][\w.]+(?: [A-Z]\w+)?)")
_PLACE_AFTER = re.compile(r" of ([A-Z]\w+(?: [A-Z]\w+)?)")
_APPOSED = re.compile(r"(?: ?\([^)\n]{1,40}\))?,? ?[,—–(-] ?((?:the |an? )?[^,.;:()—–\n“”\"]{3,90})")
_CUT = re.compile(r"\b(?:to|for|with|who|whose|from|against|in|at|on|by|and|said|says|that|during|as)\b")
_FOLLOWS = re.compile(r"\b(?:the|this) (?:[\w.’'-]+ ){0,5}?$", re.IGNORECASE)
# Offices that one holder fills: "the president" needs no introduction. Others do.
_BARE = tuple(
    frozenset((word,))
    for word in "governor senator mayor representative secretary director chairman leader minister".split()
)
PARTIES = tuple(
    frozenset((party,)) for party in ("republican", "democrat", "libertarian", "socialist", "conservative")
)
_ALONE = (frozenset(("president",)), frozenset(("vice", "president")), frozenset(("pope",)))


@lru_cache(4096)
def words(text: str) -> frozenset[str]:
    """The words of a role, each in one form."""
    found = (word.strip(".’'") for word in re.findall(r"[\w.’'-]+", re.sub(r"[’']s\b", "", text.lower())))
    return frozenset(_SAME.get(word, word) for word in found) - _SMALL - {""}


def asked(phrase: str) -> frozenset[str] | None:
    """The role that a definite phrase in the singular asks for; None where it is none."""
    match = re.match(r"(?:the|this)\s+(.+)", re.sub(r"[’']s?$", "", phrase.strip()), re.IGNORECASE | re.DOTALL)
    if match is None or re.match(r"(?:two|three|four|five|both|other|many|few)\b", match[1]):
        return None
    kept = re.split(r"[,(—]| who\b| that\b| on\b| in\b| at\b", match[1])[0]
    head = words(kept.split(" of ")[0].split()[-1]) if kept.split() else frozenset()
    return words(kept) if head & _HEADS else None


class Roles:
    """The roles of the people of one article."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._given: dict[str, set[frozenset[str]]] = defaultdict(set)
        self._holders: dict[frozenset[str], set[str]] = {}
        self._party: dict[str, str] = {}
        self._titles: dict[str, set[str]] = defaultdict(set)
        for mention in people.mentions:
            self._read(mention)

    def holders(self, role: frozenset[str]) -> set[str]:
        """The people of the article who bear a role, by the article or by the table."""
        if role not in self._holders:
            self._holders[role] = self._find(role)
        return self._holders[role]

    def _find(self, role: frozenset[str]) -> set[str]:
        people = self._people.gender
        given = {p for p in people if any(self._fits(role, bag, p) for bag in self._given.get(p, ()))}
        # A bare "the governor" is whom the article calls so, not whoever holds such an office somewhere.
        if given or role in _BARE:
            return given
        return {p for p in people if any(self._fits(role, bag, p) for bag in self._bags(p))}

    def alone(self, role: frozenset[str]) -> str | None:
        """The holder of a role that only one has that day, whether the article names him or not."""
        among = [office for office in self._people.held if _names(role, office)]
        if role in _ALONE:
            among = [office for office in among if "U.S." in office.place or not office.place or "pope" in role]
        elif not role & set().union(*(words(office.place) | words(office.party) for office in among)):
            return None
        names = {office.name for office in among}
        return names.pop() if len(names) == 1 else None

    def titles(self, person: str) -> frozenset[str]:
        """The titles and roles that the article gives a person, in small letters."""
        return frozenset(self._titles[person])

    def party(self, person: str) -> str | None:
        """A person's party by the article, else by the table."""
        told = self._party.get(person)
        return told or next((office.party for office in self._people.offices[person] if office.party), None)

    def _bags(self, person: str) -> Iterable[frozenset[str]]:
        yield from self._given.get(person, ())
        for office in self._people.offices.get(person, ()):
            yield words(office.role) | words(office.party) | words(office.place)

    def _fits(self, role: frozenset[str], bag: frozenset[str], person: str) -> bool:
        if not role & bag & _HEADS or role & _APART != bag & _APART:
            return False
        return role <= bag or role <= bag.union(*self._bags(person))

    def _read(self, mention: Mention) -> None:
        text, at = self._people.text, mention.end
        bag = set(words(title := _before(text, mention)))
        if title:
            self._title(mention.person, title)
        if party := _PARTY_AFTER.match(text, at):
            state = party[2].rstrip(".").lower()
            bag |= {_PARTIES[party[1].lower()]} | words(_STATES.get(state, state))
            self._party[mention.person] = _adjective(_PARTIES[party[1].lower()])
        if place := _PLACE_AFTER.match(text, at):
            bag |= words(place[1])
        if apposed := _APPOSED.match(text, at):
            bag |= self._apposed(mention.person, apposed[1])
        if bag:
            self._given[mention.person].add(frozenset(bag))

    def _apposed(self, person: str, phrase: str) -> frozenset[str]:
        """The role in an apposition; what stands after its "of" is no role of the person's own."""
        kept = _CUT.split(phrase)[0].strip()
        own, _, rest = kept.partition(" of ")
        if not own or not own.split() or not words(own.split()[-1]) & _HEADS:
            return frozenset()
        self._title(person, kept)
        return words(own) | (words(rest) - _HEADS)

    def _title(self, person: str, title: str) -> None:
        plain = re.sub(r"^(?:the|an?|this) ", "", title.lower().strip())
        plain = " ".join(_SPELLED.get(word.rstrip("."), word) for word in plain.split())
        if words(plain) & _HEADS and len(plain) < 60:
            self._titles[person].add(plain)
        for word in ("Republican", "Democrat", "Libertarian", "Independent"):
            if word.lower() in words(plain) and person not in self._party:
                self._party[person] = _adjective(word)


def _adjective(party: str) -> str:
    return "Democratic" if party.lower() == "democrat" else party.capitalize()


def _before(text: str, mention: Mention) -> str:
    """The titles before a name, back to the first word that cannot belong to them."""
    at = mention.start
    while at > max(0, mention.start - 80) and text[at - 1] == " ":
        token = _TOKEN.search(text, max(0, at - 30), at - 1)
        if token is None or not _is_titular(token[0]):
            break
        at = token.start()
    return text[at : mention.start].strip()


def titular(phrase: str) -> bool:
    """Whether all words of a phrase may stand before a name as titles."""
    return all(_is_titular(token) for token in phrase.split())


def _is_titular(token: str) -> bool:
    low = token.lower().strip(".")
    if low in _SMALL or token.endswith(("’s", "'s")):
        return False
    return token[0].isupper() or low in _MODIFIERS or bool(words(low) & _HEADS)


def _names(role: frozenset[str], office: Office) -> bool:
    """Whether a role means an office: no word too many, and none of those that tell offices apart too few."""
    held = words(office.role)
    full = held | words(office.party) | words(office.place)
    return bool(role & held & _HEADS) and role <= full and role & _APART == held & _APART
