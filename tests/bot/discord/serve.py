"""The bot as a process with a desk of the tests: `serve.py SECONDS`, the time that an answer takes."""

import os
import sys
import time

from discord_answers import answer, claim

from bot.client import run
from retrieval.errors import OnrecordError
from retrieval.types import Answer, Question


class _SlowDesk:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def ask(self, question: Question) -> Answer:
        time.sleep(self._seconds)
        return answer(claim(), question=question.text)


def main() -> int:
    try:
        run(_SlowDesk(float(sys.argv[1])), os.environ.get("DISCORD_TOKEN", ""))
    except OnrecordError as error:
        print(error, file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
