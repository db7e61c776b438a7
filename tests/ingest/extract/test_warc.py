"""Web archives: every page that may be an article is found, damage costs no more than the records it hits."""

import gzip
import tracemalloc
import zlib
from datetime import date
from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.extract import warc
from ingest.extract.warc import Found, Unfit

LIMIT = 1_000_000
PAGE = b"<html><body><p>The council should raise the harbor levy, Mayor Dana Fields said.</p></body></html>"
HTML = "text/html; charset=utf-8"
RESPONSE = b"WARC/1.0\r\nWARC-Type: response\r\n"


class Writer(WARCWriter):  # type: ignore[misc]
    """Leaves no temporary file open behind it."""

    @classmethod
    def _create_temp_file(cls) -> BytesIO:
        return BytesIO()


class Archive:
    """A WARC in the making."""

    def __init__(self, *, packed: bool) -> None:
        self.file = BytesIO()
        self.writer = Writer(self.file, gzip=packed)

    def add(
        self,
        url: str,
        data: bytes = PAGE,
        content: str | None = HTML,
        *,
        kind: str = "response",
        status: str = "200 OK",
        http: tuple[tuple[str, str], ...] = (),
        headers: dict[str, str] | None = None,
    ) -> "Archive":
        told = [("Content-Type", content)] if content else []
        web = StatusAndHeaders(status, [*told, *http], protocol="HTTP/1.1") if kind != "resource" else None
        record = self.writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(data),
            http_headers=web,
            warc_content_type=(content or "") if web is None else "",
            warc_headers_dict={"WARC-Date": "2024-03-05T23:30:00Z", **(headers or {})},
        )
        self.writer.write_record(record)
        return self

    def pages(self, **changed: Any) -> list[Found | Unfit]:
        return read(self.file.getvalue(), **changed)


def read(data: bytes, limit: int = LIMIT) -> list[Found | Unfit]:
    return list(warc.pages(BytesIO(data), limit))


def url(number: int) -> str:
    return f"https://quay.example/{number}"


def addresses(found: list[Found | Unfit]) -> list[str]:
    return [page.url for page in found if isinstance(page, Found)]


@pytest.fixture(params=[False, True], ids=["plain", "gzipped"])
def archive(request: pytest.FixtureRequest) -> Archive:
    return Archive(packed=request.param)


def test_a_page_is_found_with_all_that_the_archive_tells_of_it(archive: Archive) -> None:
    archive.add(url(1))
    assert archive.pages() == [Found(url(1), "text/html", "utf-8", PAGE, date(2024, 3, 5))]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("TEXT/HTML", "text/html"),
        ("text/html, text/html", "text/html"),
        ("application/xhtml+xml", "application/xhtml+xml"),
        ("text/plain;charset=latin1", "text/plain"),
        ("application/pdf", "application/pdf"),
    ],
)
@pytest.mark.parametrize("record", ["response", "resource"])
def test_pages_texts_and_pdfs_are_found(archive: Archive, content: str, kind: str, record: str) -> None:
    (found,) = archive.add(url(1), content=content, kind=record).pages()
    assert isinstance(found, Found)
    assert (found.kind, found.data) == (kind, PAGE)


def test_what_is_no_article_is_passed_over_and_counted(archive: Archive) -> None:
    archive.add(url(1), content="image/png").add(url(2), content=None).add(url(3), status="301 Moved")
    archive.add(url(4), status="404 Not Found").add("https://quay.example/robots.txt", content="text/plain")
    archive.add("dns:quay.example", content="text/plain", kind="resource").add(url(5), kind="revisit")
    archive.add("urn:log", content="text/plain", kind="resource").add(url(6))
    found = warc.pages(BytesIO(archive.file.getvalue()), LIMIT)
    assert addresses([next(found)]) == [url(6)]
    with pytest.raises(StopIteration) as end:
        next(found)
    assert end.value.value == 8


def chunked(data: bytes, size: int = 7) -> bytes:
    parts = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def deflated(data: bytes, form: int) -> bytes:
    packer = zlib.compressobj(wbits=form)
    return packer.compress(data) + packer.flush()


CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    ("data", "http"),
    [
        (gzip.compress(PAGE), [("Content-Encoding", "gzip")]),
        (gzip.compress(PAGE), [("content-encoding", "x-gzip")]),
        (deflated(PAGE, 15), [("Content-Encoding", "deflate")]),
        (deflated(PAGE, -15), [("Content-Encoding", "deflate")]),
        (chunked(PAGE), [CHUNKED]),
        (chunked(gzip.compress(PAGE)), [CHUNKED, ("Content-Encoding", "gzip")]),
        (gzip.compress(deflated(PAGE, 15)), [("Content-Encoding", "deflate, gzip")]),
        # Crawlers undo them and leave the header as it was.
        (PAGE, [CHUNKED]),
        (PAGE, [("Content-Encoding", "gzip")]),
        (PAGE, [("Content-Encoding", "deflate")]),
        (PAGE, [("Content-Encoding", "br")]),
    ],
)
def test_codings_are_undone(archive: Archive, data: bytes, http: list[tuple[str, str]]) -> None:
    (found,) = archive.add(url(1), data, http=tuple(http)).pages()
    assert isinstance(found, Found)
    assert found.data == PAGE


@pytest.mark.parametrize(
    ("data", "http"),
    [
        (gzip.compress(PAGE)[:-20], [("Content-Encoding", "gzip")]),
        (gzip.compress(PAGE)[:30] + b"\xff" * 50, [("Content-Encoding", "gzip")]),
        (b"\x1b\x07\x00\x24", [("Content-Encoding", "br")]),
        (chunked(PAGE, 50)[:-40], [CHUNKED]),
        (PAGE * (LIMIT // len(PAGE) + 1), []),
        (gzip.compress(PAGE * (LIMIT // len(PAGE) + 1)), [("Content-Encoding", "gzip")]),
    ],
)
def test_a_page_that_cannot_be_unpacked_costs_no_other(
    archive: Archive, data: bytes, http: list[tuple[str, str]]
) -> None:
    found = archive.add(url(1)).add(url(2), data, http=tuple(http)).add(url(3)).pages()
    assert [type(page) for page in found] == [Found, Unfit, Found]
    assert isinstance(found[1], Unfit)
    assert found[1].where == url(2)


def test_a_page_that_the_crawler_cut_short_is_unfit(archive: Archive) -> None:
    (found,) = archive.add(url(1), headers={"WARC-Truncated": "length"}).pages()
    assert isinstance(found, Unfit)


def test_a_whole_file_in_one_gzip_member_is_read() -> None:
    plain = Archive(packed=False).add(url(1)).add(url(2))
    assert addresses(read(gzip.compress(plain.file.getvalue()))) == [url(1), url(2)]


def test_gzip_members_that_are_no_records_are_joined() -> None:
    whole = Archive(packed=False).add(url(1)).add(url(2)).file.getvalue()
    blocks = b"".join(gzip.compress(whole[at : at + 100]) for at in range(0, len(whole), 100))
    assert addresses(read(blocks)) == [url(1), url(2)]


ARC = (
    b"filedesc://a.arc 0.0.0.0 20240305233000 text/plain 69\n1 0 Crawler\n"
    b"URL IP-address Archive-date Content-type Archive-length\n\n"
)


def arc(number: int, length: int | None = None) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
    head = f"{url(number)} 10.0.0.1 20240305233000 text/html {length or len(block)}\n".encode()
    return head + block + b"\n"


def test_an_arc_file_is_read() -> None:
    page = Found(url(1), "text/html", None, PAGE, date(2024, 3, 5))
    assert read(ARC + arc(1) + arc(2))[0] == page
    assert read(gzip.compress(ARC) + gzip.compress(arc(1)))[0] == page
    assert addresses(read(ARC + arc(1, 80) + arc(2))) == [url(2)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        PAGE,
        b"WARC stands for web archive.\n",
        b"\x00" * 100_000,
        b"a" * 300_000,
        gzip.compress(b""),
        gzip.compress(PAGE),
        gzip.compress(gzip.compress(PAGE)),
        b"\x1f\x8b\x08\x00",
        b"\x1f\x8b not at all",
        b"PK\x03\x04 a.wacz",
        b"\x28\xb5\x2f\xfd packed",
    ],
)
def test_a_file_that_is_no_archive_is_one_thing_unfit(data: bytes) -> None:
    (found,) = read(data)
    assert isinstance(found, Unfit)
    assert found.where == "record 1"
    assert found.reason


def three() -> tuple[bytes, int, int]:
    """A gzipped archive of three pages, and where the second begins and ends."""
    made = Archive(packed=True).add(url(1))
    begin = made.file.tell()
    end = made.add(url(2)).file.tell()
    return made.add(url(3)).file.getvalue(), begin, end


@pytest.mark.parametrize("at", [0, 3, 12, 40, 150, -6, -1])
def test_a_broken_gzip_member_costs_its_own_record_only(at: int) -> None:
    data, begin, end = three()
    spot = begin + at if at >= 0 else end + at
    broken = data[:spot] + bytes(byte ^ 0xFF for byte in data[spot : spot + 4]) + data[spot + 4 :]
    found = read(broken if at != -1 else data[: end - 1] + data[end:])
    assert addresses(found) == [url(1), url(3)] if at != -1 else url(1) in addresses(found)
    assert any(isinstance(page, Unfit) for page in found)


def test_rubbish_between_gzip_members_costs_no_record() -> None:
    data, begin, _ = three()
    found = read(data[:begin] + b"rubbish " * 9000 + data[begin:] + b"rubbish")
    assert addresses(found) == [url(1), url(2), url(3)]
    assert [page.where for page in found if isinstance(page, Unfit)] == ["record 2", "record 5"]


def stated(data: bytes, number: int, length: int) -> bytes:
    """The same plain archive where record `number` states that its block is `length` bytes longer than it is."""
    parts = data.split(b"\r\nContent-Length: ")
    said, rest = parts[number].split(b"\r\n", 1)
    parts[number] = b"%d\r\n%b" % (int(said) + length, rest)
    return b"\r\nContent-Length: ".join(parts)


@pytest.mark.parametrize("wrong", [-150, -20, 20, 300])
@pytest.mark.parametrize("packed", [False, True])
def test_a_wrong_length_costs_the_record_and_at_most_the_next(wrong: int, packed: bool) -> None:
    records = [Archive(packed=False).add(url(n)).file.getvalue() for n in range(1, 5)]
    records[1] = stated(records[1], 1, wrong)
    found = read(b"".join(map(gzip.compress, records)) if packed else b"".join(records))
    kept = [url(1), url(3), url(4)] if packed or wrong < 0 else [url(1), url(4)]
    assert addresses(found) == kept
    assert [page.where for page in found if isinstance(page, Unfit)] == [url(2)]


@pytest.mark.parametrize("written", [b"-5", b"nine", b"9" * 30, b"9" * 6000])
def test_a_length_that_is_no_length_raises_nothing(written: bytes) -> None:
    data = Archive(packed=False).add(url(1)).add(url(2)).file.getvalue()
    parts = data.split(b"\r\nContent-Length: ")
    parts[1] = written + b"\r\n" + parts[1].split(b"\r\n", 1)[1]
    found = read(b"\r\nContent-Length: ".join(parts))
    assert isinstance(found[0], Unfit)


def test_every_cut_of_a_file_is_told_and_keeps_what_stands_before(archive: Archive) -> None:
    first = len(archive.add(url(1)).file.getvalue())
    data = archive.add(url(2)).file.getvalue()
    for cut in range(first + 20, len(data) - 8, 7):
        found = read(data[:cut])
        assert addresses(found) == [url(1)]
        assert isinstance(found[-1], Unfit)


@pytest.mark.parametrize(
    "data",
    [
        b"WARC/1.0\r\n",
        b"WARC/1.0\r\n\r\n" * 50,
        RESPONSE + b"Content-Length: 5\r\n\r\nHTTP/\r\n\r\n",
        RESPONSE + b"WARC-Target-URI: http://[a/\r\nContent-Length: 5\r\n\r\nHTTP/\r\n\r\n",
        b"WARC/1.0\r\nWARC-Target-URI: http://a b\r\n" + b"x" * 200_000,
        b"WARC/1.0\r\n" + b"a: b\r\n c\r\n" * 200_000,
        b"filedesc://a\nb\nc\n",
        b"http://a b 20240305233000 c -5\n",
    ],
)
def test_no_header_raises_or_takes_long(data: bytes) -> None:
    began = perf_counter()
    assert not addresses(read(data))
    assert perf_counter() - began < 5


def peak(stream: Any, limit: int) -> int:
    tracemalloc.start()
    try:
        for page in warc.pages(stream, limit):
            del page
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_two_thousand_records_take_the_memory_of_one() -> None:
    made = Archive(packed=True)
    for number in range(2000):
        made.add(url(number), PAGE + b"%d" % number * 2000)
    data = made.file.getvalue()
    assert len(read(data)) == 2000
    assert peak(BytesIO(data), LIMIT) < 1_000_000


def test_a_bomb_in_a_page_is_refused_in_bounded_memory(archive: Archive) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    twice = gzip.compress(bomb)
    archive.add(url(1), bomb, http=(("Content-Encoding", "gzip"),))
    archive.add(url(2), twice, http=(("Content-Encoding", "gzip, gzip"),))
    archive.add(url(3), chunked(bomb, len(bomb)), http=(("Content-Encoding", "gzip"), CHUNKED)).add(url(4))
    assert addresses(archive.pages()) == [url(4)]
    assert peak(BytesIO(archive.file.getvalue()), LIMIT) < 4 * LIMIT


def test_a_bomb_for_an_archive_is_refused_in_bounded_memory_and_time() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(RESPONSE + b"WARC-Target-URI: https://a.example/\r\nContent-Length: 900000000\r\n\r\n")
    bomb += b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(300)) + packer.flush()
    data = bomb + Archive(packed=True).add(url(1)).file.getvalue()
    assert addresses(read(data)) == [url(1)]
    assert peak(BytesIO(data), LIMIT) < LIMIT


class Pipe:
    """A stream that cannot be sought in, and gives a few bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._parts = iter([data[at : at + 11] for at in range(0, len(data), 11)])

    def read(self, _size: int = -1) -> bytes:
        return next(self._parts, b"")


def test_a_pipe_is_read_as_a_file_is(archive: Archive) -> None:
    data = archive.add(url(1)).add(url(2)).file.getvalue()
    stream: Any = Pipe(data)
    assert addresses(list(warc.pages(stream, LIMIT))) == [url(1), url(2)]


HARMFUL = [
    b"\x1f\x8b\x08\x00" * 500_000,
    (b"WARC/1.0\r\nContent-Length: 900000\r\n\r\n" + b"WARC/1.0\r\n" * 10) * 15_000,
    Archive(packed=True).add(url(1)).file.getvalue() + b"\x1f\x8b\x08\x00\x00\x00\x00\x00" * 250_000,
    b"WARC/1.0\r\nContent-Length: 0\r\n\r\n" * 60_000,
    b"WARC/1.0\r\nContent-Length: x\r\n\r\n" * 60_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("data", HARMFUL, ids=range(len(HARMFUL)))
def test_two_megabytes_made_to_harm_take_seconds(data: bytes) -> None:
    began = perf_counter()
    assert len(read(data)) < 3000
    assert perf_counter() - began < 20
