"""The bot as a process with a desk of the tests: `serve.py SECONDS [CLAIMS [SHARDS]]`.

SECONDS is the time that an answer takes; before, the desk tells its first CLAIMS claims, of which it has one more.
SHARDS is 1, or 0 for as many as Discord recommends.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from discord_answers import answer, citation, claim

from bot.discord.client import WORKERS, House, OnRecordBot
from bot.discord.desk import Found
from bot.discord.metrics import Metrics
from bot.discord.running import run
from bot.discord.servers import Servers
from retrieval.errors import OnrecordError
from retrieval.kept import Kept, Request
from retrieval.types import Claim


class _SlowDesk:
    place = "tests"

    def __init__(self, seconds: float, told: int) -> None:
        self._seconds, self._told = seconds, told
        self._kept: dict[str, Kept] = {}

    @contextmanager
    def at(self, guild: int | None, user: int) -> Iterator["_SlowDesk"]:
        """The desk of every server."""
        yield self

    def answer(
        self, request: Request, before: Sequence[str], *, user: str, tell: Callable[[Claim], None]
    ) -> Found:
        claims = [claim(citation(n)) for n in range(1, self._told + 2)]
        for one in claims[: self._told]:
            tell(one)
        time.sleep(self._seconds)
        return Found(answer(*claims, question=request.question.text))

    def asked_before(self, conversation: str) -> tuple[str, ...]:
        return tuple(k.request.question.text for k in self._kept.values() if k.conversation == conversation)

    def keep(self, kept: Kept) -> None:
        self._kept[kept.key] = kept

    def kept(self, key: str) -> Kept | None:
        return self._kept.get(key)


def _serve(seconds: float, told: int, shards: int) -> None:
    home = Path(os.environ["ONRECORD_HOME"])
    keeper: Any = SimpleNamespace(may_maintain=lambda *_: False, is_own=lambda _: False, name_of=lambda _: "x")
    desks: Any = _SlowDesk(seconds, told)
    with (
        Servers.open(home / "discord.sqlite3") as servers,
        ThreadPoolExecutor(WORKERS) as threads,
        ThreadPoolExecutor(2) as quick,
    ):
        rest: dict[str, Any] = {"libraries": keeper, "servers": servers, "intake": None, "metrics": Metrics()}
        house = House(desks=desks, shards=shards or None, **rest)
        run(lambda: OnRecordBot(house, threads, quick), os.environ.get("DISCORD_TOKEN", ""), patience=3.0)


def main() -> int:
    try:
        seconds, told, shards = (*sys.argv[1:], *("0", "1")[len(sys.argv) - 2 :])
        _serve(float(seconds), int(told), int(shards))
    except OnrecordError as error:
        print(error, file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
