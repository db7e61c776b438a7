"""Bytes to text: every encoding that articles come in, and no binary content."""

import pytest

from ingest.extract.charset import decode
from ingest.extract.draft import Refusal

ENGLISH = "The mayor’s “harbor levy” – doubled – costs €3 million, she said in São Paulo’s café. " * 5
RUSSIAN = "Мэр города заявил, что сбор с грузов будет удвоен до наступления зимы, потому что стена не ждёт. " * 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_english_text_comes_back_from(encoding: str) -> None:
    assert decode(ENGLISH.encode(encoding)) == ENGLISH


def test_latin_1_comes_back() -> None:
    assert (
        decode("Señor Núñez spoke of the façade. ".encode("latin-1") * 9)
        == "Señor Núñez spoke of the façade. " * 9
    )


def test_another_script_is_guessed() -> None:
    assert decode(RUSSIAN.encode("cp1251")) == RUSSIAN


def test_a_declared_charset_is_used() -> None:
    assert decode("Łódź i Gdańsk".encode("iso-8859-2"), "ISO-8859-2") == "Łódź i Gdańsk"


@pytest.mark.parametrize("declared", ["no-such-charset", "unicode_escape", "utf-7", "hex", "utf-16"])
def test_a_declared_charset_that_is_wrong_or_unsafe_is_passed_over(declared: str) -> None:
    assert decode("caf\u00e9 \\u0041 +AGE-".encode(), declared) == "caf\u00e9 \\u0041 +AGE-"


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n", b"PK\x03\x04zip", b"%PDF-1.7", b"text\x00text", bytes(range(1, 32)) * 9, b"\x1f\x8bgz"],
)
def test_binary_content_is_refused(data: bytes) -> None:
    assert isinstance(decode(data), Refusal)


def test_a_byte_order_mark_that_lies_is_refused() -> None:
    assert isinstance(decode(b"\xef\xbb\xbf\xff\xfe\xfd"), Refusal)


def test_megabytes_in_an_unknown_encoding_take_no_long_guess() -> None:
    data = b"plain words of an article " * 200_000 + RUSSIAN.encode("cp1251") * 50
    assert isinstance(decode(data), str)
