"""The words that attribute: verbs and nouns of saying, and what stands around them. Lists of our own.

Which words are listed, and in which group, was counted on the training articles: a word is here when it stood in a
cue in a third or more of its uses outside reported words, or when it plainly says that somebody says something.
"""

_IRREGULAR = {
    "say": "says said saying said",
    "tell": "tells told telling told",
    "write": "writes wrote writing written",
    "think": "thinks thought thinking thought",
    "know": "knows knew knowing known",
    "find": "finds found finding found",
    "swear": "swears swore swearing sworn",
    "show": "shows showed showing shown",
    "read": "reads read reading read",
    "feel": "feels felt feeling felt",
    "make": "makes made making made",
    "see": "sees saw seeing seen",
    "foresee": "foresees foresaw foreseeing foreseen",
    "rebut": "rebuts rebutted rebutting rebutted",
    "quip": "quips quipped quipping quipped",
    "admit": "admits admitted admitting admitted",
    "concur": "concurs concurred concurring concurred",
    "defer": "defers deferred deferring deferred",
    "refer": "refers referred referring referred",
    "rip": "rips ripped ripping ripped",
    "slam": "slams slammed slamming slammed",
    "pan": "pans panned panning panned",
    "cry": "cries cried crying cried",
    "forecast": "forecasts forecast forecasting forecast",
    "blog": "blogs blogged blogging blogged",
    "seek": "seeks sought seeking sought",
    "understand": "understands understood understanding understood",
    "swat": "swats swatted swatting swatted",
    "speak": "speaks spoke speaking spoken",
    "decry": "decries decried decrying decried",
    "plan": "plans planned planning planned",
    "label": "labels labeled labeling labeled",
    "oversee": "oversees oversaw overseeing overseen",
    "begin": "begins began beginning begun",
}

# A clause or a quotation follows them, or stands before them.
_CLAUSE = (
    "say add argue assert insist maintain contend claim note observe remark explain continue acknowledge "
    "concede admit confess state declare announce proclaim report reveal disclose confirm reiterate repeat recall "
    "recount suggest imply hint indicate signal warn caution predict forecast estimate conclude write tweet post "
    "blog reply respond counter retort quip joke boast brag lament complain testify swear vow pledge promise "
    "stress emphasize ask wonder muse speculate theorize believe think hope fear worry guess agree "
    "concur deny allege charge acknowledge attest affirm reaffirm volunteer interject shout yell chant exclaim "
    "whisper cry mutter conjecture posit opine surmise propose demand urge "
    "find show read quote promise determine realize recognize feel know doubt dispute "
    "clarify summarize advise ruminate marvel scoff fume thunder gripe grumble vent warn deadpan"
)
# A listener stands between them and what is said.
_LISTENER = "tell inform remind assure reassure notify advise persuade convince warn urge ask beg implore exhort"
# What they say is their object or a phrase: "criticized the plan", "called for a vote".
_OBJECT = (
    "call criticize praise denounce condemn attack blast slam describe endorse reject oppose support propose "
    "defend demand urge cite mention discuss dismiss deny mock accuse blame question reiterate emphasize "
    "stress recommend welcome applaud hail ridicule deride assail rebuke decry lambast favor champion tout "
    "characterize liken compare predict pledge vow promise recall announce outline express "
    "voice echo disavow denounce bemoan lament congratulate highlight acknowledge explain "
    "suggest advocate threaten refuse decline criticise castigate chide scold slam skewer "
    "agree complain respond refer point allude warn joke reference "
    "repudiate rebut refute admit concede estimate forecast reveal disclose declare dispute"
)
# Those stand before their subject after a quotation: `," said Turner`.
_INVERTING = (
    "say add write note ask argue explain reply tweet warn recall continue declare observe remark respond "
    "insist conclude joke quip lament acknowledge concede announce report state post predict complain shout admit "
    "suggest reveal boast assert claim counter comment read agree yell chant muse wonder"
)
NOUNS = frozenset(
    "statement claim assertion argument announcement allegation accusation contention insistence suggestion "
    "warning pledge promise vow prediction admission declaration belief view acknowledgment testimony remark "
    "comment complaint charge denial conclusion proposal call demand criticism praise assurance opinion tweet "
    "description endorsement remarks comments statements claims allegations accusations promises calls concern "
    "concerns fear fears hope warnings assertions complaints contention tweets recommendation".split()
)


_NO_ADVERBS = frozenset(
    "ally family rally bully reply assembly supply italy july anomaly monopoly butterfly only".split()
)


def adverb(word: str) -> bool:
    return word.endswith("ly") and word not in _NO_ADVERBS


def _forms(verb: str) -> tuple[str, str, str, str]:
    """Third person, past, -ing and participle of a verb."""
    if verb in _IRREGULAR:
        third, past, ing, participle = _IRREGULAR[verb].split()
        return third, past, ing, participle
    stem = verb.removesuffix("e")
    if verb.endswith("y") and verb[-2] not in "aeo":
        return verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing", verb[:-1] + "ied"
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    return third, stem + "ed", (verb if verb.endswith("ee") else stem) + "ing", stem + "ed"


def _table(verbs: str) -> dict[str, str]:
    return {form: verb for verb in verbs.split() for form in (verb, *_forms(verb))}


CLAUSE, LISTENER, OBJECT, INVERTING = (_table(verbs) for verbs in (_CLAUSE, _LISTENER, _OBJECT, _INVERTING))
TELLING = CLAUSE | LISTENER
VERBS = TELLING | OBJECT
GERUNDS = frozenset(_forms(verb)[2] for verb in set(VERBS.values()))
BASES = frozenset(VERBS.values())
THIRDS = frozenset(_forms(verb)[0] for verb in set(VERBS.values()))


def loose(word: str) -> bool:
    """Whether a cue word is as often none: a noun, or a form without a subject of its own."""
    return word in EITHER or word in BASES or word in GERUNDS


EMPTY = frozenset("it him her them that this me us you so too".split())
PRONOUNS = frozenset("he she they we i it you".split())
RELATIVE = frozenset("who which that".split())
POSSESSIVE = frozenset("his her their its my our your".split())
DETERMINERS = POSSESSIVE | frozenset(
    "the a an no this these those one two three four five six seven eight nine ten several some many most few all "
    "both each every another any other".split()
)
AUXILIARIES = frozenset(
    "am 's 've 'd 'll 're 'm has have had is are was were be been being will would could should may might "
    "must can does did do shall to wo isn't aren't wasn't weren't hasn't haven't hadn't won't wouldn't "
    "couldn't didn't doesn't don't can't cannot not never also then later now again once just already "
    "still even further recently repeatedly long often sometimes always ever first only too instead".split()
)
# Verbs that are nouns as often: one of them may end a noun phrase ("the report said").
EITHER = frozenset(
    "report claim call comment show post blog advocate answer counter hope fear worry doubt guess "
    "question attack support challenge back favor address request demand estimate plan trash label blame "
    "credit reference volunteer boast joke states point points read feel tweet forecast promise pledge "
    "vow note remark email charge state praise brief cite reports claims calls comments shows posts blogs "
    "advocates answers counters hopes fears worries doubts questions attacks challenges backs favors "
    "addresses requests demands estimates plans tweets forecasts promises pledges vows notes remarks "
    "emails charges supports jokes mocks pans slams findings finding showing saying writing polling "
    "calling".split()
)
# Links of a noun phrase: "the head of the union for nurses".
LINKS = frozenset("of for from at in with to on".split())
PARTICLES = frozenset("de la van von der den al el bin ibn del di da du le &".split())
CONJUNCTIONS = frozenset("and but or yet so while whereas although though as because if when since".split())
# A clause may begin after these, and no noun phrase goes through them.
STOPS = (
    CONJUNCTIONS
    | RELATIVE
    | frozenset(
        "after before until unless than where why how what whether by into about against during under "
        "over between through via despite upon without like per amid among according".split()
    )
)
# Weak cues need a clause behind them: "found that", not "found the keys".
WEAK = frozenset(
    "find show read know feel see realize recognize determine doubt promise agree hope fear worry believe think "
    "wonder continue repeat suggest reveal report indicate conclude guess persuade convince learn maintain state "
    "charge remark respond reply post retort clarify proclaim signal".split()
)
PREPOSITIONS = frozenset("to for with about by in on of from at before after off out up back".split())
# These take an infinitive: "promised to resign", "asked to speak".
INFINITIVE = frozenset("promise vow pledge swear agree ask urge hope continue propose advise tell remind".split())
CLAUSE_STARTS = frozenset("that if whether how why what who he she it they we there i".split())
# One of these tells a clause.
FINITE = AUXILIARIES - frozenset(
    "to not never also then later now again once just already still even further only first ever".split()
)
