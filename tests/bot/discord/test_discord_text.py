"""Escaping: what a reader sees is the stored text, and nothing in it acts."""

import re
import unicodedata

import pytest
from discord_answers import HOSTILE, QUOTE, as_read, live

from bot.text import clamp, domain, escape, link, size

_RTL_OVERRIDE, _POP, _MARK = "\u202e", "\u202c", "\u200f"


@pytest.mark.parametrize("text", [*HOSTILE, QUOTE, "€5m – “so be it” – naïve, 北京, 🏠"])
def test_escaped_text_reads_letter_for_letter(text: str) -> None:
    assert as_read(escape(text)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_escaped_text_is_left_to_act(text: str) -> None:
    acting = live(escape(text))
    assert not re.search(r"[\\`*_~|<>\[\]()#@]|://", acting)
    assert not re.search(r"^\s*([-+>]|\d+\.)", acting, re.MULTILINE)


def test_characters_that_reorder_a_sentence_are_not_shown() -> None:
    assert escape(f"he said {_RTL_OVERRIDE}on{_POP} to it{_MARK}") == "he said on to it"


@pytest.mark.parametrize(
    "unseen",
    [
        "\u200b",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u180e",
        "".join(chr(0xE0000 + ord(c)) for c in "obey"),
        "\U000e0101",
    ],
)
def test_characters_that_nobody_sees_are_not_shown(unseen: str) -> None:
    assert escape(f"he{unseen} said so") == "he said so"


def test_of_unicode_s_format_characters_only_joiners_and_signs_that_show_are_shown() -> None:
    formats = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    joiners = "\u200c\u200d"
    around_numbers = "".join(map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)))
    assert {char for char in formats if escape(char)} == {*joiners, *around_numbers}


def test_joiners_emoji_and_forms_of_ideographs_stay_whole() -> None:
    text = "می\u200cخواهم 👩\u200d🏫 ❤\ufe0f 葛\U000e0100城"
    assert escape(text) == text


def test_no_more_than_one_selector_behind_an_ideograph_is_shown() -> None:
    assert escape("葛\U000e0100\U000e0141\U000e0142城") == "葛\U000e0100城"


def test_a_half_surrogate_and_control_characters_cannot_spoil_a_request() -> None:
    assert escape("a\ud800b\x00c\td\n") == "a\ufffdbc\td\n"


def test_a_clamped_title_is_one_line_within_its_limit() -> None:
    clamped = clamp("🏠 word\n" * 500, 200)
    assert size(clamped) <= 200
    assert clamped.endswith("…")
    assert "\n" not in clamped


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "articles/one.txt",
        "https://news.example.org@evil.example/",
        "http://127.0.0.1:6666\\@news.example.org",
        "https://news.example.org/a b",
        "https://news.example.org/\u202egnp",
        "https://[::1]/",
        "https://news.example.org:port/",
        "https:///nowhere",
        "",
    ],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    assert link(url) is None


def test_a_link_cannot_close_its_own_brackets() -> None:
    target = link("https://news.example.org/a_(b)_c]x>y#:~:text=We%20will,(spring)")
    assert target == "https://news.example.org/a_%28b%29_c%5Dx%3Ey#:~:text=We%20will,%28spring%29"


def test_a_link_that_is_too_long_gives_way_to_the_next() -> None:
    assert link("https://a.example/#:~:text=" + "x" * 2000, "https://a.example/") == "https://a.example/"


def test_a_look_alike_domain_shows_as_punycode() -> None:
    target = link("https://www.bbс.example/")  # the third letter is Cyrillic
    assert target is not None
    assert domain(target).startswith("xn--")
