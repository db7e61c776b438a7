"""Puts the bot together and serves: from the settings and the shared library to a connected client."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

from bot.discord.client import WORKERS, WORKERS_WITH_MODEL, House, OnRecordBot
from bot.discord.desk import Desks
from bot.discord.intake import Intake
from bot.discord.libraries import Libraries
from bot.discord.metrics import serving
from bot.discord.running import run
from bot.discord.servers import Servers

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.library import Library
    from retrieval.settings import Settings

_QUICK = 2  # threads for what must not wait behind answers


def serve(
    settings: "Settings", token: str, shared: "Library", name: str, open_library: "Callable[[str], Library]"
) -> None:
    """Serve until SIGTERM or SIGINT. `open_library` opens a server's own by its name. Raises OnrecordError."""
    workers = WORKERS_WITH_MODEL if shared.writer else WORKERS
    with (
        Servers.open(settings.home.expanduser() / "discord.sqlite3") as servers,
        closing(Libraries(settings, shared, servers, open_library, name=name)) as libraries,
        Desks(libraries.using) as desks,
        serving(settings.metrics_port) as metrics,
        ThreadPoolExecutor(workers, thread_name_prefix="desk") as threads,
        ThreadPoolExecutor(_QUICK, thread_name_prefix="quick") as quick,
    ):
        house = House(
            desks=desks,
            libraries=libraries,
            servers=servers,
            intake=Intake(),
            metrics=metrics,
            may_choose=settings.discord_libraries == "either",
            direct=settings.discord_direct,
            shards=settings.discord_shards or None,
            workers=workers,
        )
        run(lambda: OnRecordBot(house, threads, quick), token, metrics=metrics)
