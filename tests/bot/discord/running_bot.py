"""A bot of the tests as a process: `running_bot.py PATIENCE [SHARDS [IN_FLIGHT]]`.

PATIENCE are the seconds for a first connection, IN_FLIGHT those that a drain takes. Lines on standard output tell
when it is connected, when it begins to drain, and when it has.
"""

import asyncio
import os
import sys
import threading
import time

import discord

from bot.discord.running import run
from retrieval.errors import OnrecordError


class _Bot(discord.AutoShardedClient):
    def __init__(self, shards: int, in_flight: float) -> None:
        super().__init__(intents=discord.Intents(guilds=True), shard_count=shards)
        self._in_flight = in_flight

    async def on_connect(self) -> None:
        print("connected", flush=True)

    async def drain(self) -> None:
        print("draining", flush=True)
        if self._in_flight:
            threading.Thread(target=time.sleep, args=(self._in_flight,)).start()  # as one that answers
        await asyncio.sleep(self._in_flight)
        print("drained", flush=True)


def main() -> int:
    patience, shards, in_flight = [*sys.argv[1:], *["30", "1", "0"][len(sys.argv) - 1 :]]
    try:
        token = os.environ.get("DISCORD_TOKEN", "")
        run(lambda: _Bot(int(shards), float(in_flight)), token, patience=float(patience))
    except OnrecordError as error:
        print(error, file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
