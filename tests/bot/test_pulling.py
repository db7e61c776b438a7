"""Pulling beside the bot: one process as long as the bot runs, again when it dies, and without the bot's token."""

import os
import sys
import time
from pathlib import Path

import pytest

from bot import pulling as module
from bot.pulling import pulling

NOTES = (
    "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} {sys.argv[2:]} {sorted(os.environ)}\\n'); "
)


def started(notes: Path, count: int = 1) -> list[str]:
    for _ in range(200):
        lines = notes.read_text().splitlines() if notes.exists() else []
        if len(lines) >= count:
            return lines
        time.sleep(0.05)
    raise AssertionError(f"not started {count} times")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_runs_as_long_as_the_block_and_knows_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    notes = tmp_path / "notes"
    with pulling("15m", "demo", [sys.executable, "-c", NOTES + "time.sleep(60)", str(notes)]):
        (line,) = started(notes)
        pid = int(line.split()[0])
        assert alive(pid)
    assert not alive(pid)
    assert "'feeds', 'pull', '--every', '15m', '--library', 'demo'" in line
    assert "DISCORD_TOKEN" not in line


def test_one_that_dies_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.1)
    notes = tmp_path / "notes"
    with pulling("1h", "demo", [sys.executable, "-c", NOTES + "sys.exit(3)", str(notes)]):
        assert len(started(notes, 3)) >= 3


def test_without_a_schedule_nothing_runs(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with pulling("", "demo", [sys.executable, "-c", NOTES, str(notes)]):
        time.sleep(0.3)
    assert not notes.exists()
