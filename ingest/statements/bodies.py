"""Bodies that speak: parties, courts, companies, papers, "the White House", "Clinton's campaign"."""

import re
from collections import defaultdict

from ingest.statements.naming import BODY_WORDS, KNOWN_BODIES, key

_PART = r"(?:(?:[A-Z]\.){2,}|[A-ZÀ-ÖØ-Þ](?:[\w&’'-]*\w)?(?:(?<=s)[’'](?= [A-Z]))?)"
_RUN = re.compile(rf"{_PART}(?:(?: (?:of|for|the|and|on|in|de|&)){{0,2}} {_PART}){{0,9}}")
_LEADING = re.compile(r"^(?:(?:the|a|an|both|even|this|that|its|and|but)\s+)+", re.IGNORECASE)
_COMMON = frozenset(
    """union committee court department agency company group association campaign newspaper paper network magazine
    institute center university college bank commission board council ministry party foundation firm
    organization coalition bureau office administration government senate house army police museum church
    league society fund alliance federation pac institution corporation journal post times press white team
    camp club""".split()
)
_CAMPAIGN = re.compile(
    rf"^(?:[Tt]he )?(?![Tt]he )((?:{_PART} ){{0,2}}{_PART})(?:[’']s?)? (campaign|camp|team|administration)\b"
)
# Many people, and no body that speaks with one voice.
_GROUP = re.compile(
    r"\b(?:Republicans|Democrats|Americans|Conservatives|Liberals|Progressives|Muslims|Latinos|Hispanics|Christians|"
    r"Independents|President|Chairman|Director|Spokesman|Spokeswoman)[’']?$"
)
# Who speaks in a transcript: "HOST: Good evening." is no body, "CNN: …" may be.
_LABEL = re.compile(r"^([A-Z]{2,}):\s", re.MULTILINE)
_OWNER = re.compile(r"[’']s?$")
_SKIPPED = frozenset(("of", "for", "the", "and", "on", "in", "de", "&"))


class Bodies:
    """The bodies that one article names."""

    def __init__(self, text: str) -> None:
        self._by_word: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._by_initials: dict[str, str] = {}
        self._labels = {name for name in _LABEL.findall(text) if key(name) not in KNOWN_BODIES}
        for match in _RUN.finditer(text):
            name = _OWNER.sub("", _LEADING.sub("", match[0])).rstrip(".")
            parts = name.split()
            if len(parts) < 2:
                continue
            self._by_initials.setdefault("".join(p[0] for p in parts if p not in _SKIPPED), name)
            noun = re.match(r" ([a-z]+)", text[match.end() : match.end() + 20])
            head = next((n for n, part in enumerate(parts) if part in ("of", "for")), len(parts)) - 1
            for word in {key(parts[0]), key(parts[head]), key(parts[-1]), noun[1] if noun else ""} & _COMMON:
                self._by_word[word].append((match.start(), name))

    def name(self, source: str, at: int) -> str | None:
        """The fullest name of the body that a source is, without its article; None where it is none."""
        if _GROUP.search(source) or re.match(r"(?:a|an|some|many|most|one|no)\b", source, re.IGNORECASE):
            return None
        if owned := _CAMPAIGN.match(source):
            return f"{_OWNER.sub('', owned[1])} {owned[2]}"
        bare = _OWNER.sub("", _LEADING.sub("", source)).strip(" ,")
        run = _RUN.match(bare)
        if run is None or (key(bare.split()[0]) in _COMMON and bare[:1].islower()):
            return self._meant(bare.lower(), at) if source.lower().startswith("the ") else None
        name = _OWNER.sub("", run[0]).rstrip(".")
        rest = bare[run.end() :].strip(" .")
        if rest and not rest.startswith((",", "(", "itself", "’s", "'s")):
            return None
        return self._full(name, source.lower().startswith("the "))

    def _full(self, name: str, definite: bool) -> str | None:
        parts = name.split()
        if len(parts) == 1:
            initials = name.replace(".", "")
            if initials.isupper() and len(initials) > 1:
                return self._by_initials.get(initials, None if name in self._labels else name)
            return name if key(name) in KNOWN_BODIES or (definite and not name.endswith("s")) else None
        return name if definite or any(key(part) in BODY_WORDS for part in parts) else None

    def _meant(self, noun: str, at: int) -> str | None:
        """ "The union": the body last named before with that word."""
        found = [name for start, name in self._by_word.get(noun, ()) if start < at]
        return found[-1] if found else None
