"""Reads the speakers of a library: who there is, who bears a name, and what articles say of them."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from retrieval.forms import fold
from retrieval.record.engine import Engines
from retrieval.record.identities import introduced, introduction_of
from retrieval.record.schema import articles, introductions, speakers
from retrieval.record.values import StoredSpeaker
from retrieval.speakers import Fact, facts, key, may_be

# A shorter name is nobody's beginning.
SHORTEST = 4
# So many letters tell a country: Israel and Israeli, not Austria and Australia.
ROOT = 5
_SMALL = frozenset("the of for in".split())


class People:
    """Persons and bodies across articles."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def speakers(self) -> list[StoredSpeaker]:
        """All of them, those first who speak in most articles."""
        return self._speakers(sa.true())

    def speakers_named(self, name: str) -> list[StoredSpeaker]:
        """Whom a name in any form may mean, those first who speak in most articles.

        Several are namesakes, or people whom the name does not tell apart. Where nobody bears the name, one whose
        name ends in it (Suu Kyi), or the body whose name begins with it (the Smithsonian).
        """
        keys = {key(name, body=False), key(name, body=True)}
        borne = sa.select(introductions.c.speaker_id).where(introductions.c.key.in_(keys))
        times = sa.func.count().label("times")
        query = sa.select(speakers, introductions.c.name.label("form"), times).join(introductions)
        forms: dict[int, set[str]] = defaultdict(set)
        known: dict[int, StoredSpeaker] = {}
        with self._engines.read() as db:
            for row in db.execute(query.where(speakers.c.id.in_(borne)).group_by(speakers.c.id, "form")):
                before = known.get(row.id)
                articles = row.times + (before.articles if before else 0)
                known[row.id] = StoredSpeaker(row.id, row.name, row.body, articles)
                forms[row.id].add(row.form)
        found = sorted(known.values(), key=lambda one: (-one.articles, one.name, one.id))
        exact = [one for one in found if may_be(name, {one.name, *forms[one.id]}, body=one.body)]
        if exact or len(name) < SHORTEST:
            return exact
        ending = f" {fold(name)}"
        ended = [one for one in found if any(fold(form).endswith(ending) for form in forms[one.id])]
        return ended if " " in name and ended else self._bodies_beginning(key(name, body=True))

    def _bodies_beginning(self, folded: str) -> list[StoredSpeaker]:
        """The one body whose name begins with some words; nobody where there are several."""
        begins = introductions.c.key.startswith(f"{folded} ", autoescape=True) & introductions.c.body
        so_called = sa.select(introductions.c.speaker_id).where(begins, introductions.c.speaker_id.is_not(None))
        found = self._speakers(speakers.c.id.in_(so_called) & speakers.c.body)
        return found if len(found) == 1 else []

    def speakers_called(self, alias: str) -> list[StoredSpeaker]:
        """Persons whom articles also call just so, those first who speak in most articles."""
        fits = introductions.c.aliases.contains(json.dumps(alias), autoescape=True)
        so_called = sa.select(introductions.c.speaker_id).where(fits, introductions.c.speaker_id.is_not(None))
        return self._speakers(speakers.c.id.in_(so_called) & ~speakers.c.body)

    def speakers_in_office(self, office: str, since: date | None, until: date | None) -> list[StoredSpeaker]:
        """Whom articles published in [since, until] introduce with an office, most often first.

        The words of the office count, in any order and as adjectives ("president of Mexico", "Mexican president").
        Where articles of those days introduce nobody so, articles of any day.
        """
        wanted = _roots(office)
        if not wanted:
            return []
        query = sa.select(introductions.c.speaker_id, introductions.c.offices, articles.c.published)
        query = query.join(articles, articles.c.id == introductions.c.article_id)
        query = query.join(speakers, speakers.c.id == introductions.c.speaker_id).where(~speakers.c.body)
        like = [introductions.c.offices.contains(root, autoescape=True) for root in wanted]
        with self._engines.read() as db:
            rows = db.execute(query.where(*like)).all()
        held = [row for row in rows if any(wanted == _roots(held) for held in json.loads(row.offices))]
        then = [row for row in held if _within(row.published, since, until)]
        times = Counter(row.speaker_id for row in then or held)
        known = {one.id: one for one in self._speakers(speakers.c.id.in_(times))} if times else {}
        return [known[i] for i, _ in times.most_common() if i in known]

    def speaker_keys(self) -> list[str]:
        """The last words of all names of persons, in small letters without accents."""
        query = sa.select(introductions.c.key).where(~introductions.c.body).distinct()
        with self._engines.read() as db:
            return list(db.scalars(query))

    def outlets(self) -> list[str]:
        """All outlets."""
        with self._engines.read() as db:
            return list(db.scalars(sa.select(articles.c.outlet).where(articles.c.outlet.is_not(None)).distinct()))

    def speaker_facts(self, ids: Collection[int]) -> dict[int, list[Fact]]:
        """Aliases, parties and offices of speakers, with the days on which articles first and last gave them."""
        with self._engines.read() as db:
            known = dict(db.execute(sa.select(speakers.c.id, speakers.c.name).where(speakers.c.id.in_(ids))).all())
            said = defaultdict(list)
            for row in introduced(db, introductions.c.speaker_id.in_(known)):
                said[row["speaker_id"]].append(introduction_of(row))
        return {i: facts(name, said[i]) for i, name in known.items()}

    def _speakers(self, condition: sa.ColumnElement[bool]) -> list[StoredSpeaker]:
        articles = sa.func.count(introductions.c.id).label("articles")
        query = sa.select(speakers, articles).join(introductions).where(condition).group_by(speakers.c.id)
        with self._engines.read() as db:
            rows = db.execute(query.order_by(articles.desc(), speakers.c.name, speakers.c.id))
            return [StoredSpeaker(row.id, row.name, row.body, row.articles) for row in rows]


def _roots(office: str) -> frozenset[str]:
    """The words of an office, cut to what a country, its people and its adjective share: Mexico, Mexican."""
    return frozenset(word[:ROOT] for word in re.findall(r"[\w-]+", fold(office)) if word not in _SMALL)


def _within(day: date | None, since: date | None, until: date | None) -> bool:
    return not (since or until) or (day is not None and not ((since and day < since) or (until and day > until)))
