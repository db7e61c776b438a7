"""Pulls feeds beside the bot: a process of its own, so that reading articles never keeps an answer waiting."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

_log = logging.getLogger(__name__)

# Seconds until one that has died is started again, and that one has to end in order.
AGAIN, GRACE = 60.0, 8.0


@contextmanager
def pulling(every: str, library: str, command: Sequence[str] = ()) -> Iterator[None]:
    """Pull the feeds of a library so often ("15m"; empty: never) until the block ends. `command` is for tests."""
    if not every:
        yield
        return
    given = command or (sys.executable, "-m", "bot.terminal.app")
    arguments = [*given, "feeds", "pull", "--every", every, "--library", library, "--beside"]
    stop = Event()
    keeper = Thread(target=_keep, args=(arguments, stop), name="pulling", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(arguments: Sequence[str], stop: Event) -> None:
    while not stop.is_set():
        # What it prints is for a terminal; what fails, the feeds list tells. It has no business with the token.
        environment = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"}
        child = subprocess.Popen(  # noqa: S603 - our own command
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment, start_new_session=True
        )
        while child.poll() is None and not stop.wait(0.2):
            pass
        if child.returncode is None:
            _end(child)
        else:
            _log.warning("pulling feeds ended with status %d; it is started again", child.returncode)
            stop.wait(AGAIN)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
