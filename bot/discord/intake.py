"""Articles that a server's managers bring: read and stored by `onrecord ingest`, in a process of its own.

So they go the way that all articles go, and reading them keeps no answer waiting. One at a time.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from retrieval.errors import OnrecordError

# What may be attached: the formats of single files. Archives are for the terminal.
KINDS = (".txt", ".md", ".html", ".htm", ".jsonl", ".json", ".pdf")
# Bytes of an attachment; servers let members attach 10 to 100 MB.
MOST = 25_000_000
# Seconds: Discord lets a reply be edited for 15 minutes.
PATIENCE = 780.0
_GRACE = 3.0  # for one that is stopped; it may be killed at any moment

Told = Callable[[str], Awaitable[None]]
_Pipes = tuple[asyncio.StreamReader, asyncio.StreamReader]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of what was brought; `rejected` are pairs of a source and the reason."""

    added: int
    updated: int
    unchanged: int
    rejected: Sequence[tuple[str, str]]


class Intake:
    """Brings articles into libraries. `command` is what stands for `onrecord`, for tests."""

    def __init__(self, command: Sequence[str] = ()) -> None:
        self._command = tuple(command) or (sys.executable, "-m", "bot.terminal.app")
        self._free = asyncio.Semaphore(1)

    async def from_web(self, library: str, url: str, told: Told, more: Mapping[str, str]) -> Taken:
        """Fetch a page and store its article. `told` is called with what is done so far. Raises OnrecordError."""
        return await self._run(library, url, told, more)

    async def from_file(self, library: str, name: str, data: bytes, told: Told, more: Mapping[str, str]) -> Taken:
        """Store the articles of a file that was attached under a name. Raises OnrecordError."""
        with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
            path = Path(folder) / f"attached{Path(name).suffix.lower()}"
            await asyncio.to_thread(path.write_bytes, data)
            taken = await self._run(library, str(path), told, more)
        rejected = [(source.replace(str(path), name), reason) for source, reason in taken.rejected]
        return Taken(taken.added, taken.updated, taken.unchanged, rejected)

    async def _run(self, library: str, source: str, told: Told, more: Mapping[str, str]) -> Taken:
        if self._free.locked():
            await told("Another ingest is running; yours is next.")
        async with self._free:
            options = [f"--{name}={value}" for name, value in more.items()]
            arguments = ["ingest", "--library", library, "--json", *options, "--", source]
            environment = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"}
            child = await asyncio.create_subprocess_exec(
                *self._command,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
            try:
                return await self._followed(child, told)
            finally:
                await _ended(child)

    async def _followed(self, child: asyncio.subprocess.Process, told: Told) -> Taken:
        stdout, stderr = cast("_Pipes", (child.stdout, child.stderr))
        report = asyncio.create_task(stdout.read())
        last = ""
        try:
            while line := await _line(stderr):
                last = line.decode(errors="replace").strip() or last
                await told(last)
            status, printed = await child.wait(), await report
        finally:
            report.cancel()
        if status not in (0, 1):
            raise OnrecordError(last.removeprefix("onrecord: ") or "The articles could not be stored.")
        return _taken(json.loads(printed))


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # longer than the reader holds: passed over
        return b"\n"


def _taken(report: Mapping[str, Any]) -> Taken:
    rejected = [(one["source"], one["reason"]) for one in report["rejected"]]
    return Taken(report["added"], report["updated"], report["unchanged"], rejected)


async def _ended(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        async with asyncio.timeout(_GRACE):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
