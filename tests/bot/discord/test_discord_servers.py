"""What servers prefer: it stays, other processes see it, and no damage on disk is more than a sentence."""

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bot.discord.servers import DEFAULT, FRESH, Preferences, Servers
from retrieval.errors import StoreError

GUILD = 1_200_000_000_000_000_002


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "discord.sqlite3"


def test_what_was_changed_stays_and_is_no_other_servers(path: Path) -> None:
    with Servers.open(path) as servers:
        servers.change(GUILD, library="own", channels=frozenset({1, 2}))
        changed = servers.change(GUILD, private=True, dates="en-GB", corrections=3)
        assert changed == Preferences("own", frozenset({1, 2}), private=True, dates="en-GB", corrections=3)
        assert servers.of(GUILD) == changed
    with Servers.open(path) as servers:
        assert servers.of(GUILD) == changed
        assert servers.of(GUILD + 1) == servers.of(None) == DEFAULT


@pytest.mark.parametrize(
    "wrong",
    [
        {"library": "theirs"},
        {"channels": frozenset({"1"})},
        {"private": 1},
        {"dates": "'"},
        {"corrections": 0},
        {"x": 1},
    ],
)
def test_a_value_that_is_none_is_refused_and_changes_nothing(path: Path, wrong: dict[str, object]) -> None:
    with Servers.open(path) as servers:
        with pytest.raises(ValueError, match="preference"):
            servers.change(GUILD, **wrong)
        assert servers.of(GUILD) == DEFAULT


def test_facts_are_remembered(path: Path) -> None:
    with Servers.open(path) as servers:
        assert servers.fact("commands") is None
        servers.remember("commands", "a")
        servers.remember("commands", "b")
    with Servers.open(path) as servers:
        assert servers.fact("commands") == "b"


def test_another_processs_change_is_seen_soon(path: Path) -> None:
    change = (
        "import sys, pathlib; from bot.discord.servers import Servers\n"
        f"with Servers.open(pathlib.Path(sys.argv[1])) as servers: servers.change({GUILD}, private=True)"
    )
    with Servers.open(path) as servers:
        assert not servers.of(GUILD).private
        subprocess.run([sys.executable, "-c", change, str(path)], check=True, cwd=Path(__file__).parents[3])
        until = time.monotonic() + FRESH + 0.5
        while not servers.of(GUILD).private and time.monotonic() < until:
            time.sleep(0.02)
        assert servers.of(GUILD).private


def test_one_process_sees_its_own_change_at_once_from_every_thread(path: Path) -> None:
    with Servers.open(path) as servers:

        def toggle(guild: int) -> None:
            for number in range(1, 40):
                servers.change(guild, corrections=number)
                assert servers.of(guild).corrections == number
                done.append(guild)

        done: list[int] = []
        threads = [threading.Thread(target=toggle, args=(guild,)) for guild in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(done) == 4 * 39


def test_two_that_open_a_file_that_is_not_there_yet_both_have_it(path: Path) -> None:
    opened: list[Servers] = []
    threads = [threading.Thread(target=lambda: opened.append(Servers.open(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 8
    for servers in opened:
        servers.close()


def test_reading_does_not_wait_for_a_writer_of_another_process(path: Path) -> None:
    with Servers.open(path) as servers:
        servers.change(GUILD, private=True)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert servers.of(GUILD).private
        assert servers.of(GUILD + 1) == DEFAULT
        assert time.monotonic() - began < 1.0
        other.close()


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        "1" * 5000,
        '{"library": ["own"], "channels": [1, "2"], "private": "yes", "dates": {}, "corrections": 1.5}',
        '{"library": "new", "channels": 5, "private": null, "dates": "", "corrections": true}',
        b"\xff\xfe",
        7,
    ],
)
def test_a_damaged_row_falls_back_to_the_defaults_and_can_be_changed(path: Path, kept: object) -> None:
    Servers.open(path).close()
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO preferences VALUES (?, ?)", (str(GUILD), kept))
    db.close()
    with Servers.open(path) as servers:
        assert servers.of(GUILD) == DEFAULT
        assert servers.change(GUILD, private=True) == servers.of(GUILD) == Preferences(private=True)


def test_a_field_that_only_a_newer_version_knows_is_kept(path: Path) -> None:
    Servers.open(path).close()
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO preferences VALUES (?, ?)", (str(GUILD), '{"newer": 1, "library": "own"}'))
    db.close()
    with Servers.open(path) as servers:
        assert servers.change(GUILD, private=True).library == "own"
    with sqlite3.connect(path) as db:
        assert '"newer": 1' in db.execute("SELECT kept FROM preferences").fetchone()[0]
    db.close()


def _garbage(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 500)


def _half(path: Path) -> None:
    with Servers.open(path) as servers:
        for guild in range(1, 2000):
            servers.remember(f"fact {guild}", "x" * 100)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 20_000 + whole[24_096:])


def _folder(path: Path) -> None:
    path.mkdir(parents=True)


def _file_in_the_way(path: Path) -> None:
    path.parent.write_text("no folder")


@pytest.mark.parametrize("damage", [_garbage, _half, _folder, _file_in_the_way])
def test_a_file_that_cannot_be_used_is_a_sentence(path: Path, damage: object) -> None:
    assert callable(damage)
    damage(path)
    with pytest.raises(StoreError) as raised:
        Servers.open(path)
    assert str(path) in (raised.value.hint or "")


def test_one_that_is_closed_is_a_sentence_too(path: Path) -> None:
    servers = Servers.open(path)
    servers.close()
    with pytest.raises(StoreError):
        servers.of(GUILD)
    with pytest.raises(StoreError):
        servers.change(GUILD, private=True)
