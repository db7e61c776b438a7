"""Web archives (WARC and ARC, plain or gzipped): the pages in them that may be articles, one after another.

It reads a stream from its beginning to its end, holds one page at a time, and goes on after damage where the next
record can be found. It judges media types and sizes, not whether a page is an article; it fetches nothing.
"""

import re
import zlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from ingest.extract import dates, wording
from ingest.extract.charset import media_type
from ingest.extract.draft import Refusal
from ingest.extract.quiet import quiet

KINDS: Final = frozenset(("text/html", "application/xhtml+xml", "text/plain", "application/pdf"))

_BLOCK = 16_384
_GZIP = b"\x1f\x8b"
_MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
# Pages pack to a tenth, the worst tables to a fiftieth; what packs better is made to fill a disk.
_MOST_PACKED, _UNPACKED_FREELY = 100, 64_000_000
_LONGEST_LINE, _LONGEST_HEADER = 65_536, 524_288
_MOST_DAMAGED = 1000
_WARC = re.compile(rb"WARC/[01]\.\d+\s*$")
_ARC = re.compile(rb"(?:filedesc|https?|ftp|dns|mailto):\S.* \S+ \d{14} \S+ \d+\s*$")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r\n")
# Plain text that sites keep for machines.
_FOR_MACHINES = re.compile(r"/(?:(?:robots|ads|app-ads|humans|security|llms|llms-full)\.txt$|\.well-known/)")
_OTHER_FILES = (
    (b"PK\x03\x04", "a ZIP file, not a web archive; a WACZ holds .warc.gz files, which are read once unpacked"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; web archives are read plain or gzipped"),
)
_LENGTH = "the length that it states is wrong"
_ENDS = "the file ends in the middle of it"
_BODY_ENDS = "its text was cut off before its end"


@dataclass(frozen=True, slots=True)
class Found:
    """A page as the archive holds it. `kind`: its media type in small letters; `fetched`: the day of the crawl."""

    url: str
    kind: str
    charset: str | None
    data: bytes
    fetched: date | None


@dataclass(frozen=True, slots=True)
class Unfit:
    """What may have been an article and could not be read. `where`: its address, or "record N" from 1."""

    where: str
    reason: str


class _DamagedError(Exception):
    """What was being read cannot be read further; the archive stands where the next record may begin."""

    def __init__(self, reason: str, *, begun: bool = True) -> None:
        super().__init__(reason)
        self.begun = begun


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the next record begins: its first `line`, empty at the end of the file.

    `harm`: why the record before is not to be trusted; `broken`: why records between the two could not be begun.
    """

    line: bytes
    harm: str | None
    broken: tuple[str, ...]


def pages(stream: BinaryIO, max_bytes: int) -> Generator[Found | Unfit, None, int]:
    """The pages with status 200 of the archive in `stream`, in order, and what could not be read with why.

    A page larger than `max_bytes`, packed or unpacked, is unfit; memory stays near three times that. The generator
    returns the number of records that were passed over: requests, redirects, pictures. Raises only what
    `stream.read` raises.
    """
    archive = _Archive(stream)
    start = _next_start(archive, first=True)
    if not (start.line or start.broken):
        yield Unfit("record 1", archive.refused)
        return 0
    yield from (Unfit(f"record {at}", reason) for at, reason in enumerate(start.broken, 1))
    number, passed, damaged = len(start.broken), 0, 0
    while start.line and damaged <= _MOST_DAMAGED:
        number += 1
        record = _Record(archive, start.line, max_bytes)
        taken = record.taken()
        start = _next_start(archive)
        if start.harm and not isinstance(taken, Refusal):
            taken = Refusal(start.harm)
        damaged += bool(record.damaged or start.harm) + len(start.broken)
        passed += taken is None
        if isinstance(taken, Refusal):
            yield Unfit(record.url or f"record {number}", taken.reason)
        elif taken is not None:
            yield taken
        for reason in start.broken:
            number += 1
            yield Unfit(f"record {number}", reason)
    if damaged > _MOST_DAMAGED:
        yield Unfit(f"record {number + 1}", "too much of the file is damaged; the rest of it was left out")
    return passed


class _Archive:
    """The archive's bytes, unpacked as they are asked for. At most a block of them is held."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._raw = stream.read(_BLOCK)
        self._packed = self._raw.startswith(_GZIP)
        self._inflate: Any = None
        self._more = False  # zlib may hold output back though it has taken all input
        self._given = self._made = 0
        self._out, self._at = b"", 0
        self._budget = _LONGEST_HEADER
        self.held = False
        self.refused = self._refused()

    def _refused(self) -> str:
        """Why the file is no archive, to be said where no record begins in it."""
        if not self._raw:
            return "the file is empty"
        for magic, reason in _OTHER_FILES:
            if self._raw.startswith(magic):
                return reason
        return f"not a web archive (WARC or ARC){' but another gzipped file' if self._packed else ''}"

    def begin(self) -> bool:
        """Go on beyond a record's end, with a new allowance for headers; whether a packed record begins here."""
        begins, self.held, self._budget = self.held, False, _LONGEST_HEADER
        return begins

    def tell(self) -> int:
        """Asked for by warcio, which does not use the answer here."""
        return 0

    def read(self, length: int) -> bytes:
        """At most `length` bytes; none at the end of the file, or before a packed record that begins anew."""
        if not self._ready():
            return b""
        piece = self._out[self._at : self._at + length]
        self._at += len(piece)
        return piece

    def piece(self, length: int = _LONGEST_LINE) -> bytes:
        """A line, or as much of it as `length` allows."""
        parts: list[bytes] = []
        while length > 0 and self._ready():
            end = self._out.find(b"\n", self._at, self._at + length) + 1
            parts.append(self.read(end - self._at if end else length))
            if end:
                break
            length -= len(parts[-1])
        return b"".join(parts)

    def readline(self, length: int | None = None) -> bytes:
        """A line of a header."""
        line = self.piece(min(_LONGEST_LINE, _LONGEST_LINE if length is None else length))
        self._budget -= len(line)
        if len(line) >= _LONGEST_LINE or self._budget < 0:
            raise _DamagedError("its header is too long")
        return line

    def _ready(self) -> bool:
        return not self.held and (self._at < len(self._out) or self._fill())

    def _fill(self) -> bool:
        """Take the next bytes of the stream, unpacked; whether there were any to take now."""
        self._out, self._at = b"", 0
        while not self._out:
            data, self._raw = self._raw or (b"" if self._more else self._stream.read(_BLOCK)), b""
            if not (data or self._more):
                if self._inflate is not None:
                    raise self._broken(_ENDS, b"")
                return False
            begins = self._packed and self._inflate is None
            self._out = self._unpack(data) if self._packed else data
            self.held = begins and self._out != b"" and b"WARC/".startswith(self._out[:5])
        return not self.held

    def _unpack(self, data: bytes) -> bytes:
        if self._inflate is None:
            data = data.lstrip(b"\0")  # padding of tapes
            if len(data) < 512:
                data += self._stream.read(_BLOCK)
            if not data:
                return b""
            self._inflate, self._given, self._made = zlib.decompressobj(31), 0, 0
        inflate = self._inflate
        try:
            out: bytes = inflate.decompress(data, _BLOCK)
        except zlib.error:
            raise self._broken("its compression is broken", inflate.unconsumed_tail or data[1:]) from None
        self._raw = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
        self._given, self._made = self._given + len(data) - len(self._raw), self._made + len(out)
        if self._made > max(_UNPACKED_FREELY, _MOST_PACKED * self._given):
            raise self._broken("it is packed more than a hundredfold", self._raw)
        self._more = len(out) == _BLOCK and not inflate.eof
        if inflate.eof:
            self._inflate = None
        return out

    def _broken(self, reason: str, rest: bytes) -> _DamagedError:
        """Stand where the next member of the gzip file may begin."""
        while not (found := _MEMBER.search(rest)):
            if not (data := self._stream.read(_BLOCK)):
                break
            rest = rest[-3:] + data
        self._raw = rest[found.start() :] if found else b""
        self._inflate, self._more, self._out, self._at = None, False, b"", 0
        return _DamagedError(reason, begun=self._made > 0)


def _next_start(archive: _Archive, *, first: bool = False) -> _Start:
    """Where the next record begins. A file whose first line begins none has none."""
    harm: str | None = None
    broken: list[str] = []
    line, begun = b"", first
    while len(broken) <= _MOST_DAMAGED:
        begun = archive.begin() or begun
        try:
            line = archive.piece()
        except _DamagedError as error:
            if error.begun and not (begun or broken):
                harm = str(error)
            else:
                broken.append(str(error))
            continue
        if _WARC.match(line) or _ARC.match(line) or not (line or archive.held):
            break
        if line.strip():
            if first and not broken:
                return _Start(b"", None, ())
            harm = harm or _LENGTH
    return _Start(line, harm, tuple(broken))


class _Record:
    """One record, from its first line on."""

    def __init__(self, archive: _Archive, line: bytes, max_bytes: int) -> None:
        self._archive, self._line, self._most = archive, line, max_bytes
        self.url: str | None = None
        self.damaged = False

    def taken(self) -> Found | Refusal | None:
        """The page in it, why there is none, or None for what is no article's."""
        try:
            return self._taken()
        except _DamagedError as error:
            reason = str(error)
        except Exception:  # noqa: BLE001 - warcio raises what it likes for a header that it cannot read
            reason = "its header cannot be read"
        self.damaged = True
        return Refusal(reason)

    def _taken(self) -> Found | Refusal | None:
        from warcio.limitreader import LimitReader  # type: ignore[import-untyped]
        from warcio.recordloader import ArcWarcRecordLoader  # type: ignore[import-untyped]

        form = "warc" if self._line.startswith(b"WARC/") else "arc"
        with quiet("warcio"):
            loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
            record = loader.parse_record_stream(self._archive, self._line, form, no_record_parse=True)
        block = record.raw_stream
        url = record.rec_headers.get_header("uri" if form == "arc" else "WARC-Target-URI")
        self.url = (wording.line(url) or "")[:2000] or None
        if not isinstance(block, LimitReader):
            raise _DamagedError(_LENGTH)
        taken = self._page(record, block)
        while block.limit and block.read(_BLOCK):
            pass
        return Refusal(_ENDS) if block.limit else taken

    def _page(self, record: Any, block: Any) -> Found | Refusal | None:
        url, told = self.url or "", record.rec_headers.get_header
        if record.rec_type not in ("response", "resource") or not re.match(r"https?://[^/\s]", url):
            return None
        if record.format == "arc" or record.rec_type == "response":
            http = self._http(block)
            if http is None or http.get_statuscode() != "200":
                return None
            content = http.get_header("Content-Type") or told("WARC-Identified-Payload-Type") or ""
            layers = _layers(http.get_header("Content-Encoding"))
            chunked = "chunked" in (http.get_header("Transfer-Encoding") or "").lower()
        else:
            content, layers, chunked = record.content_type or "", (), False
        kind, charset = media_type(content)
        if kind not in KINDS or _FOR_MACHINES.match(_path(url)):
            return None
        if told("WARC-Segment-Number") or told("WARC-Truncated"):
            return Refusal(_BODY_ENDS)
        data = _body(block, layers, chunked=chunked, most=self._most)
        if isinstance(data, Refusal):
            return data
        return Found(url, kind, charset, data, _day(told("archive-date") or told("WARC-Date") or ""))

    def _http(self, block: Any) -> Any | None:
        from warcio.statusandheaders import StatusAndHeadersParser  # type: ignore[import-untyped]

        try:
            return StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"], verify=False).parse(block)
        except EOFError:
            return None


def _body(block: Any, layers: Sequence[str], *, chunked: bool, most: int) -> bytes | Refusal:
    """The page's own bytes: without chunks and compression, at most `most`."""
    too_large = Refusal(f"larger than the limit of {most / 1_000_000:g} MB")
    if block.limit > most + most // 8 + _BLOCK:  # chunks and a bad compression add that much and no more
        return too_large
    data: bytes | Refusal = b"".join(iter(lambda: block.read(_BLOCK), b""))
    if block.limit:
        return Refusal(_ENDS)
    if chunked and isinstance(data, bytes):
        data = _unchunked(data)
    for layer in layers:
        if isinstance(data, bytes):
            data = _unpacked(data, layer, most)
    return too_large if isinstance(data, bytes) and len(data) > most else data


def _unchunked(data: bytes) -> bytes | Refusal:
    """The data of all chunks; `data` itself where the crawler has joined them and kept the header."""
    out, at = bytearray(), 0
    while found := _CHUNK.match(data, at):
        size, begin = int(found[1], 16), found.end()
        if size == 0:
            return bytes(out)
        out += data[begin : begin + size]
        at = begin + size + 2
        if data[at - 2 : at] != b"\r\n":
            break
    return Refusal(_BODY_ENDS) if out and at >= len(data) else data


def _unpacked(data: bytes, layer: str, most: int) -> bytes | Refusal:
    """`data` without one content coding; as it is where the crawler has undone it and kept the header."""
    if layer == "gzip" and not data.startswith(_GZIP):
        return data
    if layer == "deflate":
        return _inflated(data, 15 if data[:1] == b"\x78" else -15, most)
    if layer == "gzip":
        return _inflated(data, 31, most)
    looks_unpacked = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    return data if looks_unpacked else Refusal(f"packed with {layer[:20]}, which is not read")


def _inflated(data: bytes, form: int, most: int) -> bytes | Refusal:
    inflate = zlib.decompressobj(form)
    try:
        out = inflate.decompress(data, most + 1)
    except zlib.error:
        looks_unpacked = form != 31 and data.lstrip()[:1] == b"<"
        return data if looks_unpacked else Refusal("its compression is broken")
    return out if inflate.eof or len(out) > most else Refusal(_BODY_ENDS)


def _layers(header: str | None) -> Sequence[str]:
    """The content codings in the order in which they are undone; more than three of them no server sends."""
    names = [name.strip().lower().removeprefix("x-") for name in (header or "").split(",")]
    return tuple(reversed([name for name in names if name and name not in ("identity", "none", "utf-8")]))[:3]


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _day(written: str) -> date | None:
    stamp = re.match(r"(\d{4})(\d\d)(\d\d)\d{6}$", written)
    return dates.day("-".join(stamp.groups()) if stamp else written[:10])
