"""The lines of a stream of any size, in bounded memory. It knows nothing of what the lines hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# A line that is too long is skipped in pieces of this many bytes.
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its number from 1; `content` is None where the line is longer than was allowed."""

    number: int
    content: bytes | None


def lines(stream: BinaryIO, longest: int) -> Iterator[Line]:
    """The lines of `stream` without their ends; of a line over `longest` bytes, that it is there.

    Raises OSError as the stream does.
    """
    number = 0
    while piece := stream.readline(longest + 2):
        number += 1
        content = piece.rstrip(b"\r\n")
        if len(content) <= longest:
            yield Line(number, content)
            continue
        while not piece.endswith(b"\n") and piece:
            piece = stream.readline(_PIECE)
        yield Line(number, None)
