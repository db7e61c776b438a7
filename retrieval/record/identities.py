"""Keeps the speakers in step with what articles say of them: after every write, those it touched are sorted anew.

How they are sorted is `retrieval.speakers`' affair; here it is stored. A speaker keeps his id where most of his
introductions do. Cost: all introductions that share a surname are read, and 20,000 of them take 0.4 s.
"""

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from retrieval.record.engine import in_steps
from retrieval.record.schema import articles, introductions, speakers
from retrieval.record.values import Heard
from retrieval.speakers import Identity, Introduction, identities, key
from retrieval.types import Resolution, Speaker


@dataclass(slots=True)
class Touched:
    """The keys of names that a transaction changed something about, and the speakers that may have lost by it."""

    keys: set[str] = field(default_factory=set)
    speakers: set[int] = field(default_factory=set)

    def article(self, db: sa.Connection, article_id: int) -> None:
        """Note an article that is about to go."""
        query = sa.select(introductions.c.key, introductions.c.speaker_id)
        for row in db.execute(query.where(introductions.c.article_id == article_id)):
            self.keys.add(row.key)
            self.speakers |= {row.speaker_id} - {None}


def introduce(db: sa.Connection, article_id: int, heard: Heard, touched: Touched) -> None:
    """Store whom an article introduces, and whom its statements name besides."""
    rows = [_row(article_id, speaker) for speaker in _introduced(heard).values()]
    if rows:
        db.execute(introductions.insert(), rows)
        touched.keys |= {row["key"] for row in rows}


def sort_out(db: sa.Connection, touched: Touched) -> None:
    """Say anew who is who among all who share a name with those touched."""
    for rows in _held(db, touched.keys):
        sharing = [introduction_of(row) for row in rows]
        before = {row["id"]: row["speaker_id"] for row in rows}
        now = _assigned(db, identities(sharing), before)
        _store(db, rows, now)
        touched.speakers |= set(before.values()) - {None}
        touched.speakers -= set(now.values())
    _forget(db, touched.speakers)


def introduced(db: sa.Connection, condition: sa.ColumnElement[bool]) -> list[sa.RowMapping]:
    """Introductions with the day of their articles."""
    query = sa.select(introductions, articles.c.published).join(articles).where(condition)
    return list(db.execute(query).mappings())


def introduction_of(row: sa.RowMapping) -> Introduction:
    speaker = Speaker(row["name"], row["body"], _set(row["aliases"]), _set(row["offices"]), row["party"])
    return Introduction(row["id"], row["article_id"], speaker, row["published"])


@lru_cache(maxsize=20_000)
def _set(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


def _introduced(heard: Heard) -> dict[str, Speaker]:
    found: dict[str, Speaker] = {}
    for speaker in heard.speakers:
        known = found.get(speaker.name, speaker)
        aliases, offices = known.aliases | speaker.aliases, known.offices | speaker.offices
        found[speaker.name] = replace(known, aliases=aliases, offices=offices, party=known.party or speaker.party)
    for said in heard.statements:
        if said.speaker is not None and said.speaker not in found:
            found[said.speaker] = Speaker(said.speaker, said.resolution is Resolution.BODY)
    return found


def _row(article_id: int, speaker: Speaker) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "key": key(speaker.name, body=speaker.body),
        "name": speaker.name,
        "body": speaker.body,
        "aliases": json.dumps(sorted(speaker.aliases)),
        "offices": json.dumps(sorted(speaker.offices)),
        "party": speaker.party,
    }


def _held(db: sa.Connection, keys: set[str]) -> list[list[sa.RowMapping]]:
    """The introductions under each key."""
    ordered, found = sorted(keys), dict[str, list[sa.RowMapping]]()
    for some in in_steps(ordered):
        for row in introduced(db, introductions.c.key.in_(some)):
            found.setdefault(row["key"], []).append(row)
    return list(found.values())


def _assigned(db: sa.Connection, found: list[Identity], before: dict[int, int | None]) -> dict[int, int]:
    """The speaker of each introduction: the one that most of an identity's had, or a new one."""
    now: dict[int, int] = {}
    taken: set[int] = set()
    for identity in found:
        had = Counter(old for member in identity.members if (old := before[member]) and old not in taken)
        if had:
            speaker = min(had, key=lambda i: (-had[i], i))
            named = speakers.update().where(speakers.c.id == speaker, speakers.c.name != identity.name)
            db.execute(named.values(name=identity.name))
        else:
            made = db.execute(speakers.insert().values(name=identity.name, body=identity.body))
            speaker = int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0
        taken.add(speaker)
        now |= dict.fromkeys(identity.members, speaker)
    return now


def _store(db: sa.Connection, rows: list[sa.RowMapping], now: dict[int, int]) -> None:
    changed = [row for row in rows if row["speaker_id"] != now.get(row["id"])]
    values = [
        {"i": row["id"], "s": now.get(row["id"]), "a": row["article_id"], "n": row["name"]} for row in changed
    ]
    if not values:
        return
    db.execute(sa.text("UPDATE introductions SET speaker_id = :s WHERE id = :i"), values)
    db.execute(sa.text("UPDATE statements SET speaker_id = :s WHERE article_id = :a AND speaker = :n"), values)


def _forget(db: sa.Connection, gone: set[int]) -> None:
    """Remove those of the speakers whom no introduction is left of."""
    left = sa.exists().where(introductions.c.speaker_id == speakers.c.id)
    for speaker in sorted(gone):
        db.execute(speakers.delete().where(speakers.c.id == speaker, ~left))
