"""What is held, chosen and disputed, as messages: numbers add up, bars fit a phone, nothing acts."""

import random
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import discord
import pytest
from discord_answers import EXTREMES, HOSTILE, as_read, markup, refused, texts

from bot.discord.holdings import WIDTH, coverage, dispute, helped, library, outlets, preferences, taken
from bot.discord.intake import Taken
from bot.discord.servers import Preferences
from retrieval.kept import Dispute, State
from retrieval.record.holdings import Holdings, OutletHeld
from retrieval.record.values import StoredSpeaker


def _holdings(months: Sequence[tuple[date, int]] = ((date(2024, 3, 1), 12),), **changes: Any) -> Holdings:
    fields: dict[str, Any] = {
        "articles": sum(count for _, count in months),
        "copies": 2,
        "first": date(2024, 3, 2),
        "last": date(2024, 3, 9),
        "statements": 48,
        "speakers": (StoredSpeaker(1, "Jane Turner", False, 5),),
        "months": tuple(months),
    }
    return Holdings(**(fields | changes))


def _disputed(**changes: Any) -> Dispute:
    fields: dict[str, Any] = {
        "id": 7,
        "url": "https://news.example.org/1",
        "version": "a1",
        "start": 0,
        "end": 9,
        "quote": "Forty homes.",
        "speaker": "Jane Turner",
        "reason": "She said fourteen.",
        "by": "0123456789abcdef",
        "at": datetime(2024, 5, 31, tzinfo=UTC),
        "state": State.OPEN,
    }
    return Dispute(**(fields | changes))


def _text(embed: discord.Embed) -> str:
    return as_read(embed.description or "")


def _bars(embed: discord.Embed) -> list[tuple[str, int, int]]:
    """Label, length of the bar and number of each line."""
    (block,) = re.findall(r"```\n(.*)\n```", embed.description or "", re.DOTALL)
    assert max(map(len, block.split("\n"))) <= WIDTH
    found = [re.fullmatch(r"(\S+) +(█*) ([\d,]+)", line) for line in block.split("\n")]
    return [(m[1], len(m[2]), int(m[3].replace(",", ""))) for m in found if m]


def test_coverage_counts_what_is_held_and_what_it_is_about() -> None:
    text = _text(coverage(_holdings(), "Mill Lane", 3, "de"))
    for told in (
        "12 articles",
        "2 of them",
        "02.03.2024 to 09.03.2024",
        "48 statements",
        "3 articles",
        "Mill Lane",
    ):
        assert told in text
    assert "Jane Turner (5)" in text


def test_months_without_articles_are_shown_as_such() -> None:
    assert _bars(coverage(_holdings([(date(2023, 11, 1), 6), (date(2024, 2, 1), 12)]))) == [
        ("2023-11", 10, 6),
        ("2023-12", 0, 0),
        ("2024-01", 0, 0),
        ("2024-02", 19, 12),
    ]


def test_more_than_twenty_four_months_are_shown_by_years_and_none_is_lost() -> None:
    held = _holdings([(date(1990, 1, 1), 7), (date(2001, 5, 1), 1), (date(2024, 2, 1), 3), (date(2024, 3, 1), 4)])
    bars = _bars(coverage(held))
    assert [bars[0][0], *bars[-1][::2]] == ["earlier", "2024", 7]
    assert sum(count for *_, count in bars) == 15


def test_articles_without_a_day_have_a_line_of_their_own() -> None:
    assert _bars(coverage(_holdings([(date(2024, 3, 1), 12)], articles=15)))[-1][::2] == ("undated", 3)


def test_any_months_fit_a_phone_and_add_up(discord_rules: ModuleType | None) -> None:
    pool = random.Random(3)
    for _ in range(200):
        first = date(pool.randrange(1, 9999), pool.randrange(1, 13), 1)
        months = {first: 1}
        for _ in range(pool.randrange(40)):
            later = date(min(9999, first.year + pool.randrange(pool.choice((2, 60)))), pool.randrange(1, 13), 1)
            months[later] = pool.choice((1, 5, 10 ** pool.randrange(1, 9)))
        held = _holdings(sorted(months.items()))
        embed = coverage(held)
        bars = _bars(embed)
        assert sum(count for *_, count in bars) == held.articles
        assert all(bool(length) == bool(count) for _, length, count in bars)
        assert not refused(discord_rules, embed)


@pytest.mark.parametrize("months", [[], [(date(2024, 3, 1), 0)]])
def test_an_empty_library_says_how_it_is_filled(months: list[tuple[date, int]]) -> None:
    empty = _holdings(months, first=None, last=None, statements=0, copies=0)
    assert "/ingest" in _text(coverage(empty, may_ingest=True))
    assert "/ingest" in _text(library(True, empty, may_ingest=True))
    for embed in (coverage(empty), library(False, empty, may_ingest=False)):
        assert "onrecord ingest" in _text(embed)
        assert "/ingest" not in _text(embed)


def test_a_library_of_its_own_is_told_from_the_shared_one() -> None:
    own, shared = (_text(library(own, _holdings(), may_ingest=True)) for own in (True, False))
    assert own != shared
    assert "12 articles" in own
    assert "12 articles" in shared


def test_outlets_keep_their_order_and_what_does_not_fit_is_counted() -> None:
    held = [OutletHeld(f"Outlet {n} {'*' * 300}", n, date(2024, 1, 1), date(2024, 1, 1)) for n in range(900)]
    text = _text(outlets(held))
    shown = [int(n) for n in re.findall(r"^\*\*Outlet (\d+) ", text, re.MULTILINE)]
    assert shown == list(range(len(shown)))
    assert text.endswith(f"and {900 - len(shown)} other outlets")
    assert "unknown outlet** · 1 article" in _text(outlets([OutletHeld(None, 1, None, None)]))
    assert _text(outlets([]))


def test_help_shows_managers_what_is_theirs_and_gives_examples() -> None:
    asked, managed = _text(helped(["What did Jane Turner say?"], False)), _text(helped([], True))
    assert "What did Jane Turner say?" in asked
    assert "/ask" in asked
    assert "/ingest" not in asked
    assert "/ingest" in managed


def test_what_a_server_has_chosen_is_shown() -> None:
    text = _text(preferences(Preferences("own", frozenset({30, 4}), True, "fr", 99)))
    for told in ("own", "<#4>, <#30>", "only who asked", "français", "31 mai 2024", "<#99>"):
        assert told in text
    assert "ISO" in _text(preferences(Preferences("shared", frozenset(), False, "damaged", None)))


def test_what_was_brought_is_counted_and_rejections_have_reasons() -> None:
    text = _text(taken(Taken(2, 0, 1, [("one.pdf", "it holds no text")])))
    for told in ("2 articles** added", "1 article** known already", "one.pdf: it holds no text"):
        assert told in text
    assert "updated" not in text
    assert _text(taken(Taken(0, 0, 0, [])))


def test_a_dispute_shows_the_words_whole_why_and_where_and_not_by_whom() -> None:
    text = _text(dispute(_disputed(), "en-GB"))
    for told in (
        "“Forty homes.”",
        "Jane Turner",
        "She said fourteen.",
        "https://news.example.org/1",
        "31 May 2024",
    ):
        assert told in text
    assert _disputed().by not in text


@pytest.mark.parametrize("quote", [None, "long " * 2000])
def test_words_that_are_gone_or_too_many_are_not_cut(quote: str | None) -> None:
    text = _text(dispute(_disputed(quote=quote)))
    assert "long long" not in text
    assert "She said fourteen." in text


def test_each_state_of_a_dispute_reads_differently() -> None:
    assert len({_text(dispute(_disputed(state=state))) for state in State}) == len(State)


def _all_of(text: str) -> list[discord.Embed]:
    """All embeds, with the text wherever a text may come from outside."""
    speakers = tuple(StoredSpeaker(n, text, False, 10**9) for n in range(10))
    return [
        coverage(_holdings(speakers=speakers), text, 10**9, "ar"),
        outlets([OutletHeld(text, 10**9, date.min, date.max)] * 60, "cs"),
        outlets([OutletHeld(text, 10**9, date.min, date.max)]),
        helped([text] * 9, True),
        preferences(Preferences("own", frozenset(range(10**17, 10**17 + 400)), True, text, 10**17)),
        taken(Taken(1, 1, 1, [(text, text)])),
        taken(Taken(0, 0, 0, [(text, text)] * 90)),
        dispute(_disputed(quote=text, reason=text, speaker=text)),
    ]


@pytest.mark.parametrize("text", [*EXTREMES, *HOSTILE, *(one * 40 for one in HOSTILE)])
def test_discord_takes_whatever_is_in_it(text: str, discord_rules: ModuleType | None) -> None:
    assert not refused(discord_rules, *_all_of(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_add_nothing_that_acts(text: str) -> None:
    def acting(words: str) -> list[str]:
        listed = {1, 6}  # how many fit depends on the words' length
        return markup(texts(embed for n, embed in enumerate(_all_of(words)) if n not in listed))

    assert acting(text) == acting("plain words")


def test_many_months_in_a_row_without_articles_have_one_line() -> None:
    text = _text(coverage(_holdings([(date(2023, 1, 1), 6), (date(2024, 2, 1), 12)])))
    first, between, last = text.partition("```\n")[2].partition("\n```")[0].split("\n")
    assert first.startswith("2023-01")
    assert between.split() == ["…", "0"]
    assert last.startswith("2024-02")


def test_unknown_outlets_come_last() -> None:
    held = [OutletHeld(name, 3, None, None) for name in (None, " ", "Evening Post", "Quay Courier")]
    names = [line.partition("**")[2].partition("**")[0] for line in _text(outlets(held)).split("\n")]
    assert names == ["Evening Post", "Quay Courier", "unknown outlet", "unknown outlet"]


def test_who_speaks_once_is_named_only_where_nobody_speaks_more_often() -> None:
    once, twice = StoredSpeaker(1, "Ada Quill", False, 1), StoredSpeaker(2, "Ben Stone", False, 2)
    assert "Ada Quill" not in _text(coverage(_holdings(speakers=(twice, once))))
    assert "Ada Quill (1)" in _text(coverage(_holdings(speakers=(once,))))
