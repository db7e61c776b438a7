"""Which library a server asks, and when its own one is open."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.discord.libraries import KEPT, Libraries
from bot.discord.servers import Servers
from retrieval.errors import ConfigurationError, OnrecordError, StoreError
from retrieval.settings import Settings, load


class Fake:
    """A library that knows whether it is open."""

    def __init__(self, name: str) -> None:
        self.name, self.open = name, True

    def close(self) -> None:
        assert self.open
        self.open = False


class Shelf:
    """Opens libraries, and holds to it that no name is open twice."""

    def __init__(self) -> None:
        self.opened: list[Fake] = []
        self.before: Callable[[str], None] = lambda _: None
        self._lock = threading.Lock()

    def __call__(self, name: str) -> Any:
        self.before(name)
        with self._lock:
            assert name not in self.now()
            self.opened.append(Fake(name))
            return self.opened[-1]

    def now(self) -> list[str]:
        return [one.name for one in self.opened if one.open]


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    with Servers.open(tmp_path / "discord.sqlite3") as opened:
        yield opened


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


SHARED: Any = Fake("default")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    def made(**variables: str) -> Settings:
        monkeypatch.chdir(tmp_path)
        for name, value in variables.items():
            monkeypatch.setenv(f"ONRECORD_{name}", value)
        return load()

    return made


Make = Callable[..., Libraries]


@pytest.fixture
def made(settings: Callable[..., Settings], servers: Servers, shelf: Shelf) -> Make:
    def make(choice: str, **variables: str) -> Libraries:
        return Libraries(settings(DISCORD_LIBRARIES=choice, **variables), SHARED, servers, shelf)

    return make


def test_where_the_operator_says_shared_no_preference_gives_a_server_its_own(made: Make, servers: Servers) -> None:
    servers.change(1, library="own")
    libraries = made("shared")
    assert libraries.name_of(1) == libraries.name_of(None) == "default"
    with libraries.using(1) as library:
        assert library is SHARED


def test_where_the_operator_says_own_no_preference_gives_a_server_the_shared_one(
    made: Make, servers: Servers
) -> None:
    servers.change(1, library="shared")
    libraries = made("own")
    assert (libraries.name_of(1), libraries.name_of(2), libraries.name_of(None)) == (
        "discord-1",
        "discord-2",
        "default",
    )
    with libraries.using(1) as one, libraries.using(2) as two, libraries.using(None) as direct:
        assert len({id(one), id(two), id(direct)}) == 3


def test_where_managers_choose_it_holds_from_then_on(made: Make, servers: Servers) -> None:
    libraries = made("either")
    assert libraries.name_of(1) == "default"
    servers.change(1, library="own")
    assert (libraries.name_of(1), libraries.name_of(2)) == ("discord-1", "default")


@pytest.mark.parametrize(
    ("maintainers", "only", "may"),
    [("", True, True), ("", False, False), ("7, 8", False, True), ("8", True, False)],
)
def test_who_may_change_the_shared_library(made: Make, maintainers: str, only: bool, may: bool) -> None:
    assert made("shared", DISCORD_MAINTAINERS=maintainers).may_maintain(7, only) is may


def test_a_server_may_change_its_own_library(made: Make) -> None:
    assert made("own", DISCORD_MAINTAINERS="8").may_maintain(7, only=False)


def test_one_record_for_all_cannot_be_split(made: Make) -> None:
    with pytest.raises(ConfigurationError):
        made("own", DATABASE_URL="sqlite:///x")
    assert made("shared", DATABASE_URL="sqlite:///x").name_of(1) == "default"


def test_a_servers_own_library_is_never_the_shared_one(
    settings: Callable[..., Settings], servers: Servers, shelf: Shelf
) -> None:
    with pytest.raises(ConfigurationError):
        Libraries(settings(DISCORD_LIBRARIES="either"), SHARED, servers, shelf, name="discord-5")


def test_two_that_want_an_unopened_one_open_it_once_and_others_do_not_wait(made: Make, shelf: Shelf) -> None:
    libraries, go, began = made("own"), threading.Event(), threading.Event()

    def slowly(name: str) -> None:
        if name == "discord-1":
            began.set()
            assert go.wait(10)

    shelf.before = slowly
    got: list[object] = []

    def use() -> None:
        with libraries.using(1) as library:
            got.append(library)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert began.wait(10)
    with libraries.using(2) as other:
        assert other is not None
        assert not got
    go.set()
    for thread in threads:
        thread.join(10)
    assert len(got) == 3
    assert len({id(one) for one in got}) == 1


def test_the_least_recently_used_is_closed_and_opened_again_when_wanted(made: Make, shelf: Shelf) -> None:
    libraries = made("own")
    for guild in [*range(1, KEPT + 1), 1, KEPT + 1]:
        with libraries.using(guild):
            pass
    assert len(shelf.now()) == KEPT
    assert "discord-2" not in shelf.now()
    assert "discord-1" in shelf.now()
    with libraries.using(2) as again:
        assert again.open  # type: ignore[attr-defined]


def test_one_that_is_in_use_is_not_closed(made: Make, shelf: Shelf) -> None:
    libraries = made("own")
    with libraries.using(1) as held:
        for guild in range(2, 2 * KEPT):
            with libraries.using(guild):
                pass
        assert held.open  # type: ignore[attr-defined]
        libraries.close()
        assert shelf.now() == ["discord-1"]
    assert shelf.now() == []


def test_one_that_cannot_be_opened_is_tried_again_and_leaves_nothing(made: Make, shelf: Shelf) -> None:
    libraries = made("own")

    def broken(name: str) -> None:
        raise StoreError("damaged")

    shelf.before = broken
    with pytest.raises(StoreError), libraries.using(1):
        pass
    assert not libraries._places
    shelf.before = lambda _: None
    with libraries.using(1) as library:
        assert library is not None


def test_one_that_cannot_be_closed_disturbs_nobody(made: Make, shelf: Shelf) -> None:
    libraries = made("own")
    with libraries.using(1) as library:
        library.close()  # closing it twice fails
    libraries.close()


def test_after_the_end_none_is_opened(made: Make, shelf: Shelf) -> None:
    libraries = made("own")
    libraries.close()
    with pytest.raises(OnrecordError), libraries.using(1):
        pass
    assert shelf.opened == []


def test_many_threads_and_more_servers_than_are_kept(made: Make, shelf: Shelf) -> None:
    """Nobody ever holds a closed library, and none is open twice."""
    libraries, wrong = made("own"), []
    shelf.before = lambda _: time.sleep(0.0005)

    def use(seed: int) -> None:
        for step in range(150):
            guild = (seed * 7 + step * 11) % (KEPT * 2)
            try:
                with libraries.using(guild) as library:
                    time.sleep(0)
                    if not library.open:  # type: ignore[attr-defined]
                        wrong.append(guild)
            except AssertionError as twice:
                wrong.append(twice)

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert len(shelf.now()) <= KEPT
