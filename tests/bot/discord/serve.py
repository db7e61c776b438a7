"""The bot as a process with a desk of the tests: `serve.py SECONDS [CLAIMS]`.

SECONDS is the time that an answer takes; before, the desk tells its first CLAIMS claims, of which it has one more.
"""

import os
import sys
import time
from collections.abc import Callable

from discord_answers import answer, citation, claim

from bot.discord.client import run
from retrieval.errors import OnrecordError
from retrieval.types import Answer, Claim, Question


class _SlowDesk:
    def __init__(self, seconds: float, told: int) -> None:
        self._seconds, self._told = seconds, told

    def ask(self, question: Question, *, user: str, tell: Callable[[Claim], None]) -> Answer:
        claims = [claim(citation(n)) for n in range(1, self._told + 2)]
        for one in claims[: self._told]:
            tell(one)
        time.sleep(self._seconds)
        return answer(*claims, question=question.text)


def main() -> int:
    try:
        seconds, told = (*sys.argv[1:], "0")[:2]
        run(_SlowDesk(float(seconds), int(told)), os.environ.get("DISCORD_TOKEN", ""))
    except OnrecordError as error:
        print(error, file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
