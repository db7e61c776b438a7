"""The command `onrecord` as processes of their own, with a folder of libraries of their own."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ONRECORD = Path(sys.executable).with_name("onrecord")
_OURS = ("ONRECORD_", "DISCORD_", "OPENAI_", "PYTHON", "COV_")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Onrecord:
    """Runs the command with `home` as its folder of libraries, from a working folder without settings."""

    home: Path

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return kept | {"ONRECORD_HOME": str(self.home)} | variables

    def run(self, *arguments: object, stdin: str | bytes = b"", **variables: str) -> Done:
        """Run to the end. No traceback may show, whatever happens."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        with self.start(*arguments, **variables) as process:
            try:
                out, err = process.communicate(given, timeout=300)
            except BaseException:
                process.kill()
                raise
        done = Done(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))
        assert "Traceback" not in done.out + done.err, done.err
        return done

    def ok(self, *arguments: object, stdin: str | bytes = b"", **variables: str) -> Done:
        """Run to the end; it must have done all that was asked."""
        done = self.run(*arguments, stdin=stdin, **variables)
        assert done.status == 0, done.err + done.out
        return done

    def start(self, *arguments: object, **variables: str) -> subprocess.Popen[bytes]:
        command = [str(ONRECORD), *(one if isinstance(one, bytes) else str(one) for one in arguments)]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.home.parent,
            env=self.environment(variables),
            bufsize=0,
        )


def lines(rows: Iterable[Mapping[str, object]]) -> str:
    """JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def say(process: subprocess.Popen[bytes], row: Mapping[str, object]) -> None:
    """Write a JSON line to a process that goes on reading."""
    assert process.stdin is not None
    process.stdin.write(lines([row]).encode())


def hear(process: subprocess.Popen[bytes], seconds: float = 60) -> Any:
    """The next JSON line that a process writes. Raises TimeoutError."""
    assert process.stdout is not None
    return json.loads(next_line(process.stdout, seconds))


def next_line(stream: IO[bytes], seconds: float) -> bytes:
    if not select.select([stream], [], [], seconds)[0]:
        raise TimeoutError(f"nothing was written for {seconds} s")
    return stream.readline()
