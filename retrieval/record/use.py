"""Keeps account of the use of language models, and holds it within budgets.

Tokens are reserved before a model is asked and settled after it answered. Days are those of UTC; a use counts on
the day on which it was reserved.
"""

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from retrieval.record.engine import Engines
from retrieval.record.schema import model_use
from retrieval.record.values import ModelUse, utc

_TOKENS = model_use.c.input_tokens + model_use.c.output_tokens


class Use:
    """What was used of language models. Knows nothing of articles: forgetting one changes nothing here.

    Both writes are transactions of their own that see all that was committed before, also inside a `snapshot()`.
    """

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def reserve(
        self, user: str, model: str, tokens: int, *, of_user: int, of_day: int, now: datetime
    ) -> int | None:
        """Set tokens aside for an answer; the reservation's id, or None where a budget does not allow for it.

        Neither the tokens of the user ("" for the terminal) nor those of all may exceed `of_user` and `of_day` on
        the day of `now`; 0 is no limit. A reservation counts in full until it is settled. One that never is, for
        its process was killed, goes on counting that day: the safe side, for nobody knows what the model charged.
        """
        at = utc(now)
        day = datetime.combine(at, time())
        users = sa.func.sum(_TOKENS).filter(model_use.c.user == user)
        spent = sa.select(users, sa.func.sum(_TOKENS))
        row = {"at": at, "user": user, "model": model, "prompt": ""}
        row |= {"input_tokens": tokens, "output_tokens": 0, "settled": False}
        with self._engines.write() as db:  # the write lock is held while we count: no other can pass meanwhile
            days = model_use.c.at >= day, model_use.c.at < day + timedelta(days=1)
            counted = db.execute(spent.where(*days)).one()
            for held, limit in zip(counted, (of_user, of_day), strict=True):
                if limit and (held or 0) + tokens > limit:
                    return None
            return int(db.scalars(model_use.insert().values(row).returning(model_use.c.id)).one())

    def settle(
        self, reservation: int, *, prompt: str, input_tokens: int, output_tokens: int, cost: float | None
    ) -> None:
        """Replace a reservation by what was really used; it goes where nothing was.

        `prompt` names the versions of the prompts ("answer@1a2b3c"), `cost` is in US dollars, None where the
        model's price is not known. What is settled already stays as it is.
        """
        reserved = (model_use.c.id == reservation) & ~model_use.c.settled
        used = {"prompt": prompt, "input_tokens": input_tokens, "output_tokens": output_tokens, "cost": cost}
        with self._engines.write() as db:
            if input_tokens or output_tokens:
                db.execute(model_use.update().where(reserved).values(settled=True, **used))
            else:
                db.execute(model_use.delete().where(reserved))

    def used(self, since: datetime | None = None) -> list[ModelUse]:
        """What was used of each model since a moment, or ever, by the models' names."""
        done = model_use.c.settled
        query = sa.select(
            model_use.c.model,
            sa.func.count().filter(done).label("answers"),
            _sum(model_use.c.input_tokens, done).label("input_tokens"),
            _sum(model_use.c.output_tokens, done).label("output_tokens"),
            sa.func.sum(model_use.c.cost).label("cost"),
            sa.func.count().filter(done, model_use.c.cost.is_(None)).label("unpriced"),
            _sum(_TOKENS, ~done).label("reserved"),
        )
        if since is not None:
            query = query.where(model_use.c.at >= utc(since))
        with self._engines.read() as db:
            rows = db.execute(query.group_by(model_use.c.model).order_by(model_use.c.model)).mappings()
            return [ModelUse(**row) for row in rows]


def _sum(tokens: sa.ColumnElement[int], where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(tokens).filter(where), 0)
