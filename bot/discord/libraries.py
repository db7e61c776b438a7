"""Which library a Discord server asks: the shared one, or one of its own that is opened when it is wanted.

Stands for the promise that no server sees another's library: which one it is follows from the server's id and the
operator's settings alone, never from anything that is typed. May not read from a library.
"""

import logging
import re
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from bot.discord.servers import Servers
from retrieval.errors import ConfigurationError, OnrecordError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retrieval.library import Library
    from retrieval.settings import Settings

_log = logging.getLogger(__name__)

# Servers' own libraries that stay open. Each holds what it has read of its articles in memory.
KEPT = 16


@dataclass(eq=False, slots=True)
class _Place:
    """A server's own library. Whoever opens or closes it holds `moving`; `users` are those who want or have it."""

    name: str
    library: "Library | None" = None
    users: int = 0
    moving: Lock = field(default_factory=Lock)


class Libraries:
    """Safe to use from threads. `open_library` opens the library of a name, made where there is none.

    `name` is the shared library's, where it is another than ONRECORD_LIBRARY. The shared one is the caller's to
    close. Raises ConfigurationError for settings that cannot keep servers apart.
    """

    def __init__(
        self,
        settings: "Settings",
        shared: "Library",
        servers: Servers,
        open_library: "Callable[[str], Library]",
        *,
        name: str | None = None,
    ) -> None:
        self._shared, self._name = shared, name or settings.library
        self._choice, self._servers, self._open = settings.discord_libraries, servers, open_library
        self._maintainers = frozenset(int(i) for i in settings.discord_maintainers.split(",") if i.strip())
        self._lock = Lock()
        self._places: OrderedDict[str, _Place] = OrderedDict()  # the least recently used first
        self._closed = False
        if self._choice != "shared":
            _check_apart(settings, self._name)

    def is_own(self, guild: int | None) -> bool:
        """Whether a server asks a library of its own; a direct message never does."""
        if guild is None or self._choice == "shared":
            return False
        return self._choice == "own" or self._servers.of(guild).library == "own"

    def name_of(self, guild: int | None) -> str:
        return f"discord-{guild}" if self.is_own(guild) else self._name

    def may_maintain(self, guild: int, only: bool) -> bool:
        """Whether a server's managers may change the library that it asks. `only`: the bot is in no other."""
        if self.is_own(guild):
            return True
        return guild in self._maintainers if self._maintainers else only

    @contextmanager
    def using(self, guild: int | None) -> "Iterator[Library]":
        """The library that a server asks; it stays open until the block ends. Raises what opening it raises."""
        if not self.is_own(guild):
            yield self._shared
            return
        place = self._take(f"discord-{guild}")
        try:
            yield self._opened(place)
        finally:
            self._give_back(place)

    def close(self) -> None:
        """Close the servers' own libraries. Those in use are closed by the last who uses them."""
        with self._lock:
            self._closed = True
        self._trim()

    def _take(self, name: str) -> _Place:
        with self._lock:
            if self._closed:
                raise OnrecordError("The bot is being stopped.")
            place = self._places.setdefault(name, _Place(name))
            place.users += 1
            self._places.move_to_end(name)
        return place

    def _give_back(self, place: _Place) -> None:
        with self._lock:
            place.users -= 1
            self._drop(place)
        self._trim()

    def _opened(self, place: _Place) -> "Library":
        """Open it, once: who comes meanwhile waits here, and those who want another library do not."""
        with place.moving:
            if place.library is None:
                self._trim(room=1)
                place.library = self._open(place.name)
            return place.library

    def _trim(self, room: int = 0) -> None:
        """Close what is too many, and leave room. Not under the lock: closing takes its time."""
        while closing := self._surplus(room):
            place, library = closing
            try:
                library.close()
            except Exception:  # noqa: BLE001 - nobody waits for it, and what is on record is on record
                _log.exception("a library could not be closed")
            finally:
                place.moving.release()
            with self._lock:
                self._drop(place)

    def _surplus(self, room: int) -> "tuple[_Place, Library] | None":
        """The next library to close, taken from its place, where nobody can open it again before it is closed."""
        most = 0 if self._closed else KEPT - room
        with self._lock:
            opened = [place for place in self._places.values() if place.library is not None]
            if len(opened) <= most:
                return None
            for place in opened:
                if place.users == 0 and place.library is not None and place.moving.acquire(blocking=False):
                    library, place.library = place.library, None
                    return place, library
        return None

    def _drop(self, place: _Place) -> None:
        """Forget a place that nobody wants; another may have its name by now."""
        unused = place.users == 0 and place.library is None and not place.moving.locked()
        if unused and self._places.get(place.name) is place:
            del self._places[place.name]


def _check_apart(settings: "Settings", shared: str) -> None:
    if settings.database_url is not None:
        raise ConfigurationError(
            "With ONRECORD_DATABASE_URL there is one record only, so no Discord server can have one of its own.",
            hint="Unset it, or set ONRECORD_DISCORD_LIBRARIES=shared.",
        )
    if re.fullmatch(r"discord-[0-9]+", shared):
        raise ConfigurationError(
            f"The library “{shared}” belongs to one Discord server and cannot be the shared one.",
            hint="Name another one with --library, or set ONRECORD_DISCORD_LIBRARIES=shared.",
        )
