"""Keeps what was shown of answers, as rows. Their bodies are for `retrieval.keeping` to write and to read."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from retrieval.record.engine import Engines
from retrieval.record.schema import answer_sources, answers, articles
from retrieval.record.values import utc

# A conversation may be taken up again, and the buttons under an answer pressed, for so long.
ANSWERS_KEPT = timedelta(days=30)
# Earlier questions of a conversation that are told: as many as are read with a question.
REMEMBERED = 5


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as the record has it: `body` is a JSON object, and `urls` are the articles that it cites."""

    key: str
    place: str
    conversation: str
    message: str
    body: str
    urls: Collection[str] = ()


class Answers:
    """What was shown of answers. All methods raise StoreError where the record cannot be used."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def put_answer(self, answer: StoredAnswer, now: datetime) -> bool:
        """Keep an answer, in the place of one of the same key, and drop those that are kept for too long.

        False where it is not kept, because an article that it cites has gone. Raises ValueError where `now` has no
        time zone.
        """
        at, urls = utc(now), list(dict.fromkeys(answer.urls))
        row = {name: getattr(answer, name) for name in ("key", "place", "conversation", "message", "body")}
        stored = sa.select(sa.func.count()).where(articles.c.url.in_(urls))
        with self._engines.write() as db:
            db.execute(answers.delete().where((answers.c.key == answer.key) | (answers.c.at < at - ANSWERS_KEPT)))
            if db.scalar(stored) != len(urls):
                return False
            db.execute(answers.insert().values(row | {"at": at}))
            if urls:
                db.execute(answer_sources.insert(), [{"answer_key": answer.key, "url": url} for url in urls])
        return True

    def answer(self, key: str, place: str) -> StoredAnswer | None:
        """The answer of that key that was shown in that place. Its `urls` are left out."""
        columns = answers.c.key, answers.c.place, answers.c.conversation, answers.c.message, answers.c.body
        query = sa.select(*columns).where(answers.c.key == key, answers.c.place == place)
        with self._engines.read() as db:
            row = db.execute(query).one_or_none()
        return StoredAnswer(*row) if row else None

    def asked_before(self, place: str, conversation: str) -> tuple[str, ...]:
        """The last questions of a conversation, the oldest first; other ways to ask are left out.

        The answer in whose message the conversation began, for a thread bears its id, is part of it.
        """
        question = sa.func.json_extract(answers.c.body, "$.request.form") == "question"
        row = sa.literal_column("rowid", sa.Integer)
        query = sa.select(answers.c.at, row, answers.c.body).where(answers.c.place == place, question)
        query = query.order_by(answers.c.at.desc(), row.desc()).limit(REMEMBERED)
        here = answers.c.conversation == conversation, answers.c.message == conversation
        with self._engines.read() as db:  # one by one: each reads no more than it needs of a long conversation
            found = sorted({tuple(one) for condition in here for one in db.execute(query.where(condition))})
        return tuple(str(json.loads(body)["request"]["question"]["text"]) for *_, body in found[-REMEMBERED:])


def drop_answers(db: sa.Connection, url: str) -> None:
    """Delete what an article has a part in, inside the transaction that forgets it.

    An answer without citations goes whatever it was about: its sentence may name the titles, people and offices
    that stand nearest, of any article.
    """
    citing = sa.select(answer_sources.c.answer_key).where(answer_sources.c.url == url)
    any_source = sa.select(answer_sources.c.answer_key)
    db.execute(answers.delete().where(answers.c.key.in_(citing) | answers.c.key.not_in(any_source)))
