"""Finds the files that paths on a command line stand for. It looks at names and folders and opens no file."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.types import Rejection

ARCHIVES = (".warc", ".warc.gz", ".arc", ".arc.gz")
KINDS = (".txt", ".md", ".html", ".htm", ".jsonl", ".json", ".pdf", *ARCHIVES)
STDIN = "-"
WEB = "web"

_READ = f"read are {' '.join(KINDS)}"
_WEB = re.compile(r"https?:/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a kind that is read, under the name that the person will know.

    No path: standard input, or an address (its kind is WEB).
    """

    name: str
    kind: str
    path: Path | None = None


def sources(paths: Sequence[str]) -> list[Source | Rejection]:
    """What `paths` stand for, in order: folders with all that is in them, and what cannot be read with why."""
    return [found for path in paths for found in _standing_for(path)]


def shown(name: str) -> str:
    """A file's name as it can be printed, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "replace")


def _standing_for(given: str) -> Iterable[Source | Rejection]:
    if given == STDIN:
        return [Source("stdin", ".jsonl")]
    if _WEB.match(given):
        return [Source(given, WEB)]
    try:
        return _on_disk(given)
    except (OSError, ValueError) as error:  # ValueError: a NUL, or a name that the file system cannot spell
        return [Rejection(_printable(given), unreadable(error))]


def _on_disk(given: str) -> Iterable[Source | Rejection]:
    path, name = Path(given), shown(given)
    path.stat()
    if path.is_dir():
        return _in_folder(path)
    found = kind_of(path)
    if found is None:
        kind = f"files of kind {shown(path.suffix)}" if path.suffix else "files without an ending"
        return [Rejection(name, f"{kind} are not read; {_READ}")]
    if not path.is_file():
        return [Rejection(name, "not a regular file")]
    return [Source(name, found, path)]


def kind_of(path: Path) -> str | None:
    """Of which kind a file is by its name; None for one that is not read."""
    name = path.name.lower()
    return next((kind for kind in KINDS if name.endswith(kind) and len(name) > len(kind)), None)


def _in_folder(folder: Path) -> list[Source | Rejection]:
    """All files below `folder` of a kind that is read, sorted; hidden ones and other kinds are passed over."""
    found: list[Source | Rejection] = []

    def closed(error: OSError) -> None:
        found.append(Rejection(shown(str(error.filename)), unreadable(error)))

    for at, folders, files in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(at, name)
            kind = kind_of(path)
            if kind and not name.startswith(".") and path.is_file():
                found.append(Source(shown(str(path)), kind, path))
    return found or [Rejection(shown(str(folder)), f"no file in this folder is of a kind that is read; {_READ}")]


def unreadable(error: OSError | ValueError) -> str:
    """Why a file cannot be opened, in the operating system's words or, where it has none, in ours."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror.lower()}"
    return "not a name that a file can have"


def _printable(name: str) -> str:
    return name.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")
