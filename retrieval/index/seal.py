"""Whether an embedded index can be trusted: the seal of a good closing, and a trial in a child process."""

import json
import subprocess
import sys
from pathlib import Path

# A probe opens the index and asks once; one that takes longer, in seconds, is broken.
PROBE_SECONDS = 120


# A seal beside the folder says how its files looked when they were closed in good order.
def _seal_path(folder: Path) -> Path:
    return folder.with_suffix(".seal")


def files(folder: Path) -> dict[str, list[int]]:
    """Size in bytes and time of change in nanoseconds of every file."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stat = path.stat()
            found[str(path.relative_to(folder))] = [stat.st_size, stat.st_mtime_ns]
    return found


def known(folder: Path, library_id: str) -> dict[str, list[int]] | None:
    """The files as they were sealed; empty without a seal; None where there is no index of this library."""
    if not (folder / "chroma.sqlite3").exists():
        return None
    try:
        sealed = json.loads(_seal_path(folder).read_text())
        return dict(sealed["files"]) if sealed["library"] == library_id else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def seal(folder: Path, library_id: str) -> None:
    _seal_path(folder).write_text(json.dumps({"library": library_id, "files": files(folder)}))


def unseal(folder: Path) -> None:
    _seal_path(folder).unlink(missing_ok=True)


def sound(folder: Path, library_id: str) -> bool:
    """Whether a child process can open the index and ask it; a broken one kills the child, not us."""
    command = [sys.executable, "-m", "retrieval.index.probe", str(folder), library_id]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
