"""Runs of capitalised words in a text, and what shape alone tells of them: titles, gender, person or body.

Nothing here knows who is meant; that is for `people`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retrieval.sentences import Span

TITLES = frozenset(
    """mr mrs ms miss mx dr sen sens senator rep reps representative representatives senators gov govs governor
    president vice prime minister secretary congressman congresswoman mayor chairman chairwoman chair
    speaker gen lt col maj capt sgt cmdr rev sir lord lady dame judge justice chancellor attorney general
    ambassador professor prof director officer detective sheriff chief pope king queen prince princess
    candidate nominee majority minority leader spokesman spokeswoman spokesperson strategist republican
    republicans democrat democratic democrats gop former then-president president-elect ex-president adm
    admiral captain colonel sergeant lieutenant major host commissioner councilman councilwoman
    councilmember delegate assemblyman assemblywoman treasurer manager adviser advisor counsel bishop
    archbishop cardinal rabbi imam father sister chef coach actor actress comedian analyst pollster
    columnist anchor rival moderator moderators debate first foreign press deputy assistant
    undersecretary superintendent inspector principal premier warden marshal constable coroner magistrate
    auditor comptroller controller clerk registrar provost rector pastor reverend supervisor administrator
    trustee councillor councilor alderman selectman ombudsman commander commodore brigadier corporal engineer
    economist historian lawyer organizer surveyor assessor envoy whip businessman businesswoman journalist
    filmmaker billionaire mogul author writer novelist senator-elect governor-elect""".split()
)
# Compounds that are titles whatever stands before: no name ends so, save "McMaster".
_TITLE_SHAPE = re.compile(
    r"(?!mc)\w{3,}(?:master|mistress|intendent|keeper|woman|person|ologist|ographer)$|"
    r"(?:then|ex|vice|co|sub|under)-(\w+)$"
)
# A title of these alone does not make a person: "Democratic Party", "First Amendment", "Press Club".
_WEAK_TITLES = frozenset(
    """republican republicans democrat democratic democrats gop former general chief leader vice first foreign
    press deputy assistant majority minority debate major father sister host king queen officer attorney
    rival justice delegate prime premier principal inspector engineer""".split()
)
_MALE_TITLES = frozenset(
    "mr sir congressman chairman lord king prince spokesman pope councilman assemblyman actor father".split()
)
_FEMALE_TITLES = frozenset(
    "mrs ms miss congresswoman chairwoman lady dame queen princess spokeswoman councilwoman assemblywoman actress "
    "sister".split()
)
NOT_NAMES = frozenset(
    """the a an and but or if in on at to of for from by with as it its he she they we i you his her their our my
    this that these those there here when while after before since because although though however meanwhile
    still then now so yet not no yes what who why how where which also even just only some many most all
    both each another other one two three more than monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december according speaking
    asked during last next earlier later today yesterday tomorrow under over like unlike despite abstract
    full text beyond inside outside against about why did does do is are was were will would can could
    should let until unless perhaps maybe indeed instead moreover well ok okay mr mrs ms dr sen rep gov your
    was has have had been being into through between among without within near per via plus nor either
    neither neither's several given top dear enter watch read see related photo image getty""".split()
)
BODY_WORDS = frozenset(
    """news times post party committee house senate court department university institute center centre pac press
    journal republicans democrats politico breitbart campaign council administration poll association union
    company corp inc bank commission agency bureau board congress foundation group fund project college
    school church street avenue city county state states united america american americans national federal
    service times' ltd llc plc co office ministry army navy force guard nations magazine network television
    radio cnn nbc abc cbs msnbc cable review globe tribune herald chronicle daily weekly act bill law
    amendment constitution war day week summit conference convention club hotel tower airport hospital
    museum library alliance coalition society league movement initiative program plan policy reform security
    defense homeland treasury education energy labor commerce interior transportation north south east west
    new san los las saint st fort mount lake river island islands beach valley hill hills park square garden
    station republic kingdom europe european africa asia asian russia russian china chinese korea korean
    iran iraq syria israel mexico canada germany france britain england islamic muslim christian catholic
    jewish mall trust partners capital communications enterprises industries international parliament
    assembly legislature forum academy caucus digital media online today gazette sun observer guardian
    workers teamsters brotherhood federation chamber organization supporters voters survey study report
    research team camp family generation planet strategies associates holdings systems technologies airlines
    motors pharmaceuticals insurance records""".split()
)
# Bodies and places by name that would pass for a surname or a first name.
KNOWN_BODIES = frozenset(
    """congress pentagon kremlin politico cnn nbc abc cbs msnbc npr bbc pbs espn reuters bloomberg google facebook
    twitter microsoft amazon youtube buzzfeed quinnipiac gallup rasmussen wikileaks nato unicef hamas
    hezbollah isis fox vox slate salon axios breitbart politifact factcheck.org snopes drudge wall
    hollywood""".split()
)
PLACES = frozenset(
    """washington york virginia carolina georgia florida texas ohio iowa nevada california arizona colorado
    michigan wisconsin pennsylvania jersey hampshire vermont maine massachusetts connecticut delaware
    maryland tennessee kentucky alabama mississippi louisiana arkansas missouri oklahoma kansas nebraska
    dakota montana idaho utah oregon alaska hawaii illinois indiana minnesota charlotte chelsea orlando
    london paris moscow beijing brussels berlin damascus baghdad kabul tehran ankara kiev kyiv rome madrid
    israel jordan cuba india pakistan afghanistan syria libya egypt turkey poland ukraine japan manhattan
    brooklyn queens chicago boston philadelphia miami houston dallas austin denver detroit cleveland phoenix
    seattle atlanta baltimore charleston columbia benghazi aleppo crimea islam christianity god jesus christ
    bible obamacare twitter""".split()
)
_ALSO_SURNAMES = frozenset(
    "young west church park hill lake king day law house guard bush sun post banks fox".split()
)
_ABBREVIATED = "Mr|Mrs|Ms|Mx|Dr|Sen|Sens|Rep|Reps|Gov|Govs|Gen|Lt|Col|Maj|Capt|Sgt|Cmdr|Adm|Rev|Prof|Atty"
_UPPER = "A-ZÀ-ÖØ-ÞČĎĐĞİŁŃŘŚŞŠŤŹŻŽ"
_WORD = (
    rf"(?:(?:{_ABBREVIATED}|{_ABBREVIATED.upper()})\.|(?:[{_UPPER}]\.){{1,3}}(?![\w])|[{_UPPER}](?:[\w’'-]*\w)?)"
)
_PARTICLE = r"(?:(?:de|la|van|von|der|den|bin|al|el|di|da|du|ben|del|ter) ){0,2}"
_MARKS = "“\"‘'"
_NICK = rf"[{_MARKS}][{_UPPER}]\w{{1,14}}[”\"’'](?= [{_UPPER}])"
_NICKED = re.compile(rf"(.+) ({_NICK}) (.+)")
# Bounded: a line of 30,000 capitalised words is no name, and must not be read as one.
_RUN = re.compile(
    rf"(?<![\w’'@#])(?:al-|el-)?{_WORD}(?:,? [JS]r\.|,? [JS]r(?!\w)| {_NICK}| {_PARTICLE}{_WORD}){{0,11}}"
)
_POSSESSIVE = re.compile(r"(?:[’']s|(?<=s)[’'])$", re.IGNORECASE)
# Nouns that end as those for persons do, but name bodies and things.
_THINGS = """employer publisher parent carrier maker manufacturer competitor paper newspaper center chapter number
    insurer retailer producer provider supplier lender distributor contractor broadcaster newsletter theater harbor
    server water river order matter letter offer apartment department document statement settlement government
    parliament regiment establishment""".split()
# A noun for one person.
ROLE_NOUN = (
    rf"(?!(?:{'|'.join(_THINGS)})\b)(?:[a-z-]+(?:er|or|ist|man|woman|person|ian|ant|ent|ney)|aide|chief|deputy|"
    r"counsel|wife|son|boss|coach|cousin|friend|ally|secretary|nurse|colleague)\b"
)
# More words than these up to the last title are a headline, with names of its own.
_HEADLINE = 4
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii"))


@dataclass(frozen=True, slots=True)
class Run:
    """Capitalised words side by side: `words` less the titles and small words before them, which are `titles`.

    `places` is where each word begins; `owns` says whether a possessive ends them; `nick` is the word in quotation
    marks among them.
    """

    words: tuple[str, ...]
    places: tuple[int, ...]
    titles: frozenset[str]
    owns: bool
    nick: str = ""

    def span(self, first: int = 0, last: int | None = None) -> Span:
        """Where words[first:last] stand."""
        end = len(self.words) if last is None else last
        return self.places[first], self.places[end - 1] + len(self.words[end - 1])

    @property
    def name(self) -> str:
        return " ".join(self.words)


def key(word: str) -> str:
    """A word as the lists have it."""
    return word.lower().rstrip(".").replace("’", "'")


def is_title(word: str) -> bool:
    """Whether a word, as the lists have it, may stand before a name as a title."""
    shape = None if word in TITLES else _TITLE_SHAPE.match(word)
    return word in TITLES or (shape is not None and (shape[1] is None or shape[1] in TITLES))


def gender_of(titles: frozenset[str]) -> str:
    """What titles tell of a person: "m", "f" or ""."""
    return "m" if titles & _MALE_TITLES else "f" if titles & _FEMALE_TITLES else ""


def honours(titles: frozenset[str]) -> bool:
    """Whether titles are borne by people only."""
    return bool(titles - _WEAK_TITLES)


@lru_cache(1)
def first_names() -> dict[str, str]:
    """First names in small letters, with "m", "f", or "" for one that tells neither."""
    found: dict[str, str] = {}
    gender = ""
    for line in Path(__file__).with_name("first_names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            gender = line[1]
        elif not line.startswith("#"):
            for name in line.split():
                found[name] = gender if found.get(name, gender) == gender else ""
    return found


def gender_by_name(name: str) -> str:
    """What a full name tells of its bearer: "m", "f" or ""; a second name speaks where the first is an initial."""
    words = [key(word) for word in name.split()[:-1]]
    return next((first_names()[word] for word in words if word in first_names()), "")


def runs(text: str) -> Iterator[Run]:
    """Every run of a text that may be a name, in order."""
    for match in _RUN.finditer(text):
        yield from _pieces(match[0], match.start())


def _pieces(raw: str, start: int) -> Iterator[Run]:
    """A run cut after its possessives ("Trump's Rust Belt"), each piece without its titles."""
    waiting: list[tuple[int, str]] = []
    at = start
    for word in raw.split(" "):
        waiting.append((at, word))
        at += len(word) + 1
        if _POSSESSIVE.search(word) and word[0] not in _MARKS:
            yield from _piece(waiting, owns=True)
            waiting = []
    if waiting:
        yield from _piece(waiting, owns=False)


def _piece(placed: list[tuple[int, str]], *, owns: bool) -> Iterator[Run]:
    nick = next((word[1:-1] for _, word in placed[1:] if word[0] in _MARKS), "")
    placed = [(at, word) for at, word in placed if word[0] not in _MARKS]
    words = [_POSSESSIVE.sub("", word).rstrip(",") for _, word in placed]
    keys = [key(word) for word in words]
    skip = 0
    for n in range(len(words) - 1):
        # A title within counts too: "Ukrainian President Volodymyr Zelenskyy".
        if is_title(keys[n]) or (n == skip and keys[n] in NOT_NAMES):
            skip = n + 1
    if skip > _HEADLINE:
        yield Run(tuple(words[: skip - 1]), tuple(at for at, _ in placed[: skip - 1]), frozenset(), owns=False)
    if keys[-1] in _SUFFIXES and skip == len(words) - 1:
        return
    kept = words[skip:]
    if len(kept) == 1 and (keys[-1] in NOT_NAMES or is_title(keys[-1])):
        return
    titles = frozenset(word for word in keys[:skip] if is_title(word))
    yield Run(tuple(kept), tuple(at for at, _ in placed[skip:]), titles, owns, nick)


def forms(name: str) -> set[str]:
    """What a name as it stands calls its bearer: 'Ada “Addie” Roe' is Ada Roe, Addie Roe and Addie."""
    match = _NICKED.fullmatch(name)
    if match is None:
        return {name}
    nick = match[2][1:-1]
    return {f"{match[1]} {match[3]}", f"{nick} {match[3]}", nick}


def lowered(name: str) -> str:
    """A name in capitals as it is written elsewhere; initials and other names stay as they are."""
    return " ".join(map(_lowered, name.split())) if name.isupper() else name


def _lowered(word: str) -> str:
    if "." in word or (len(word) < 4 and not re.search("[AEIOUY]", word)):
        return word.title() if key(word) in _SUFFIXES else word
    return re.sub(r"\b(Mc)(\w)", lambda match: match[1] + match[2].upper(), word.title())


def suffixed(words: tuple[str, ...]) -> bool:
    """Whether a name ends in "Jr." or its like."""
    return len(words) > 1 and key(words[-1]) in _SUFFIXES


def surname(words: tuple[str, ...]) -> str:
    """The surname in small letters, of a name written surname last."""
    return key(words[-2] if suffixed(words) else words[-1])


def bodily(words: tuple[str, ...]) -> bool:
    """Whether a run's words name a body, a place or a thing, whatever first name they begin with."""
    keys = [key(word) for word in words]
    if keys[-1] in BODY_WORDS and keys[-1] not in _ALSO_SURNAMES:
        return True
    if (len(words) > 1 and keys[-1] in PLACES) or any(word in NOT_NAMES for word in keys):
        return True
    return keys[0] not in first_names() and any(word in BODY_WORDS or word in PLACES for word in keys[:-1])
