"""onrecord chat, on a terminal of its own: it answers, remembers, and leaves as it is asked to."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.processes.command import ONRECORD, Onrecord

pytestmark = pytest.mark.slow

# Makes the terminal the process's own, so that Ctrl-C reaches it; then becomes the command.
ON_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
CTRL_C, CTRL_D, UP = "\x03", "\x04", "\x1b[A"
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"  # the cursor, while an answer is looked for and after
QUESTION = "What did Turner propose?"


class Terminal:
    """What a person sees and types."""

    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self._screen = screen
        self._process = process
        self.seen = ""

    def type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def wait_for(self, words: str, times: int = 1, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while self.seen.count(words) < times:
            assert time.monotonic() < until, self.seen
            if not self._read(0.2):
                break
        assert self.seen.count(words) >= times, self.seen

    def leave(self, keys: str = "", seconds: float = 60) -> int:
        """The exit status, when the command ends. The keys are pressed again until it does, as a person would:
        Python's readline may miss a signal that comes in the very instant of another key.
        """
        until = time.monotonic() + seconds
        again = 0.0
        while self._read(0.2):
            assert time.monotonic() < until, self.seen
            if keys and time.monotonic() > again:
                self.type(keys)
                again = time.monotonic() + 5
        return self._process.wait(seconds)

    def _read(self, seconds: float) -> bool:
        """False at the end."""
        if not select.select([self._screen], [], [], seconds)[0]:
            return True
        try:
            part = os.read(self._screen, 65536)
        except OSError:  # what Linux says when the other side has closed
            return False
        self.seen += part.decode(errors="replace")
        return bool(part)


@contextmanager
def chatting(onrecord: Onrecord, **settings: str) -> Iterator[Terminal]:
    screen, line = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, ONRECORD, "chat"],
        stdin=line,
        stdout=line,
        stderr=line,
        cwd=onrecord.home.parent,
        env=onrecord.environment({"TERM": "xterm", "COLUMNS": "100", **settings}),
        start_new_session=True,
    )
    os.close(line)
    terminal = Terminal(screen, process)
    try:
        yield terminal
        assert "Traceback" not in terminal.seen
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def test_a_question_is_answered_and_remembered_for_the_next_conversation(own_samples: Onrecord) -> None:
    with chatting(own_samples) as terminal:
        terminal.wait_for("? ")
        terminal.type(f"{QUESTION}\n")
        terminal.wait_for("Mike Turner")
        terminal.type("\n")
        assert terminal.leave() == 0
    assert QUESTION in (own_samples.home / "chat_history").read_text(encoding="utf-8")
    with chatting(own_samples) as terminal:
        terminal.wait_for("? ")
        terminal.type(UP + "\n")
        terminal.wait_for("Mike Turner")
        assert terminal.leave(CTRL_C) == 0


@pytest.mark.parametrize(("typed", "keys"), [("half a question", CTRL_C), ("", CTRL_D)], ids=["Ctrl-C", "Ctrl-D"])
def test_leaving_at_the_prompt_is_status_0(typed: str, keys: str, own_samples: Onrecord) -> None:
    with chatting(own_samples) as terminal:
        terminal.wait_for("? ")
        terminal.type(typed)
        terminal.wait_for(typed)
        assert terminal.leave(keys) == 0


def test_leaving_during_an_answer_is_status_0(own_samples: Onrecord) -> None:
    with chatting(own_samples) as terminal:
        terminal.wait_for("? ")
        terminal.type(f"{QUESTION}\n")
        terminal.wait_for(HIDDEN)
        assert terminal.leave(CTRL_C) == 0
        assert terminal.seen.rfind(SHOWN) > terminal.seen.rfind(HIDDEN)


def test_questions_from_a_pipe_are_answered(samples: Onrecord) -> None:
    done = samples.ok("chat", stdin=f"{QUESTION}\nWhat did Turner eat?\n")
    assert "Mike Turner" in done.out
