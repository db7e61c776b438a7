"""Undoes the compression of a response, piece by piece, and stops where it grows beyond a limit."""

import zlib
from collections.abc import AsyncIterator, Iterator

# The most that is made of compressed bytes in one step.
_STEP = 1 << 16
_GZIP = zlib.MAX_WBITS | 16


class TooLarge(Exception):  # noqa: N818 - names what is the case
    """More than the limit."""


class Broken(Exception):  # noqa: N818 - names what is the case
    """Not in the compression that it claims, or in one that was not asked for."""


async def unpacked(chunks: AsyncIterator[bytes], encoding: str, most: int) -> bytes:
    """The whole body. Raises TooLarge beyond `most` bytes, and Broken."""
    found = bytearray()
    async for piece in pieces(chunks, encoding):
        found += piece
        if len(found) > most:
            raise TooLarge
    return bytes(found)


async def pieces(chunks: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """The body, in small pieces. Raises Broken."""
    packed = _packed(encoding)
    async for chunk in chunks:
        for piece in packed.pieces(chunk) if packed else (chunk,):
            yield piece
    if packed and not packed.complete:
        raise Broken


def _packed(encoding: str) -> "_Packed | None":
    names = [name for part in encoding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if not names:
        return None
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise Broken
    return _Packed(deflate=names[0] == "deflate")


class _Packed:
    def __init__(self, *, deflate: bool) -> None:
        self._form = zlib.MAX_WBITS if deflate else _GZIP
        self._stream = None if deflate else zlib.decompressobj(_GZIP)

    @property
    def complete(self) -> bool:
        return self._stream is None or self._stream.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk gives, a step at a time; what follows the end of the stream is passed over."""
        if self._stream is None and chunk:
            # Deflate means zlib's form, but some servers send it bare. Source: RFC 9110, 8.4.1.2.
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if chunk[0] & 15 == 8 else -zlib.MAX_WBITS)
        full = False
        while self._stream and (chunk or full):
            if self._stream.eof and not self._next(chunk):
                return
            try:
                piece = self._stream.decompress(chunk, _STEP)
            except zlib.error:
                raise Broken from None
            chunk, full = self._stream.unconsumed_tail or self._stream.unused_data, len(piece) == _STEP
            yield piece

    def _next(self, chunk: bytes) -> bool:
        """Begin with the next member of a gzip stream, where there is one."""
        if self._form != _GZIP or not chunk.startswith(b"\x1f"):
            return False
        self._stream = zlib.decompressobj(_GZIP)
        return True
