"""What holds for every test: no settings of the developer's, and no network but loopback."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_OURS = ("ONRECORD_", "OPENAI_", "DISCORD_", "LANGCHAIN_", "LANGSMITH_", "CHROMA_")
_LOOPBACK = frozenset(("", "localhost", "127.0.0.1", "::1", "0.0.0.0"))
_SHARED = Path(__file__).parents[1].parent / "shared"


def _only_loopback(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event == "socket.getaddrinfo":
        host = args[0] or ""
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in _LOOPBACK:
        raise PermissionError(f"a test reached out to {host}")


def pytest_configure() -> None:
    sys.addaudithook(_only_loopback)  # for the life of the process: a hook cannot be taken back


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(_OURS):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A file of the folder beside the checkout, by its path in there; the test is skipped where it is absent."""

    def found(path: str) -> Path:
        if not (_SHARED / path).exists():
            pytest.skip(f"shared/{path} is not beside this checkout")
        return _SHARED / path

    return found
