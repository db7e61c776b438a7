"""Hostile words in every field, carried through the whole bot: nothing of them acts, and none of them breaks it.

What acts is told by comparison: a message of plain words and one of hostile words must leave Discord's parser the
same marks to act on, ours.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import discord
import pytest
import simcord
from conftest import OpenTown, ScriptedDesk, Town, bot_of, objections
from discord_answers import (
    EXTREMES,
    HOSTILE,
    InPlace,
    answer,
    as_read,
    choices,
    citation,
    claim,
    copies,
    live,
    markup,
    unmarked,
)

from bot.discord.client import Paces
from bot.discord.desk import Desks, More
from bot.discord.intake import Taken
from bot.discord.line import Line
from bot.discord.views import CLAIM_FIELD, REASON_FIELD
from bot.terminal.options import open_library
from bot.text import clamp, quoted, shown, size
from ingest.pipeline import ingest
from ingest.statements.reader import Reader
from retrieval.directory import Directory
from retrieval.errors import OnrecordError, StoreError
from retrieval.kept import Dispute, State
from retrieval.library import Library
from retrieval.record.holdings import Contents, Holdings, OutletHeld
from retrieval.record.values import StoredSpeaker
from retrieval.settings import load
from retrieval.types import Answer, Article, Choice, Outcome, Remark

OFTEN = Paces((999, 1.0), (999, 1.0), (999, 1.0))
# The forged ones end as ours do, or begin as ours do.
FORGED = (
    "he said so.\n[2] “forged” \n-# Page 1 of 2",
    "[1] “forged”\n> [2] “forged”\n### Ann Kirby\nPage 1 of 2",
    "[open](javascript:alert(1)) [open](data:text/html,x) [open](https://bank.example@evil.example)",
    "**Ann Kirby** · said 2024-03-01 · 9 outlets",
    "<@&1> <@!2> <a:party:3> <id:customize> <https://evil.example> <mailto:a@evil.example> <tel:+123>",
    "||hidden|| > quoted\n> and again\n>>> all\n-# tiny",
)
ALL = (*HOSTILE, *FORGED, *EXTREMES)
# Those that one line of a message can hold, so that what is ours is laid out alike.
SHORT = tuple(text for text in (*HOSTILE, *FORGED) if len(text) < 150)
PLAIN = "plain words"
UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f]")
KEPT_BY = datetime(2024, 5, 31, tzinfo=UTC)


class _Record:
    """A record whose speakers and titles are what they are given."""

    def __init__(self, text: str) -> None:
        self._text = text

    def speakers(self) -> list[StoredSpeaker]:
        return [StoredSpeaker(n, f"{self._text} {n}", False, 9) for n in range(40)]

    def contents(self, after: int, most: int) -> list[Contents]:
        said = tuple((n, f"{self._text} harbour {n}") for n in range(40))
        return [Contents(n, f"harbour {self._text}", said) for n in range(after + 1, 4)]


class HostileDesk(ScriptedDesk):
    """A library in which every field is `text`."""

    def __init__(self, text: str, cited: int = 2) -> None:
        self.text = text
        self.citations = [
            citation(
                n,
                quote=text,
                title=text,
                outlet=text,
                author=text,
                version=text,
                also_in=copies(text),
                remark=Remark("correction", text),
            )
            for n in range(1, cited + 1)
        ]
        claims = [claim(one, speaker=text, text=text, worded=True, second_hand=True) for one in self.citations]
        super().__init__(answer(*claims, question=text, message=text), more=True)
        named: Any = _Record(text)
        self._directory = Directory(named)

    def passages(self, kept: Any) -> list[InPlace]:
        return [InPlace(one, f"{self.text} ", f" {self.text}") for one in self.citations]

    def dispute(self, cited: Any, speaker: str | None, reason: str, user: str) -> Dispute:
        quote = self.text or None
        return Dispute(7, cited.url, "v", 0, 9, quote, speaker, reason, "by", KEPT_BY, State.OPEN)

    def disputes(self) -> list[Dispute]:
        return [self.dispute(one, self.text, self.text, "") for one in self.citations]

    def settle(self, dispute: int, user: str, *, upheld: bool) -> Dispute:
        return replace(self.dispute(self.citations[0], self.text, self.text, ""), state=State.UPHELD)

    def directory(self, patience: float | None = None) -> Directory:
        self._directory.follow({Any: Any})  # type: ignore[dict-item]
        return self._directory

    def holdings(self) -> Holdings:
        speakers = tuple(StoredSpeaker(n, self.text, False, 3) for n in range(10))
        return Holdings(3, 0, date(2024, 3, 1), date(2024, 3, 9), 9, speakers, ((date(2024, 3, 1), 3),))

    def outlets(self) -> list[OutletHeld]:
        return [OutletHeld(self.text, 3, date(2024, 3, 1), date(2024, 3, 9)) for _ in range(3)]

    def mentioning(self, words: str) -> int:
        return 0


class _Further:
    """The claims behind `More`, which a scripted answer only has as a flag."""

    def __init__(self, desk: HostileDesk) -> None:
        self._desk = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    def more(self, kept: Any, after: int) -> More:
        assert isinstance(self._desk.reply, Answer)
        numbered = [replace(one, n=one.n + 2) for one in self._desk.citations]
        return More(tuple(replace(self._desk.reply.claims[0], citations=(one,)) for one in numbered), left=True)

    @contextmanager
    def at(self, guild: int | None, user: int) -> Iterator["_Further"]:
        yield self


class _Intake:
    def __init__(self, text: str, error: str | None = None) -> None:
        self._text, self._error = text, error

    async def from_web(self, library: str, url: str, told: Any, more: Any) -> Taken:
        await told(self._text)
        if self._error is not None:
            raise OnrecordError(self._error)
        return Taken(1, 0, 0, [(self._text, self._text)] * 3)

    async def from_file(self, library: str, name: str, data: bytes, told: Any, more: Any) -> Taken:
        return await self.from_web(library, name, told, more)


class Tour:
    """Everything that can be seen of a library, seen once; each place's messages and the rest of its requests."""

    def __init__(self, town: Town) -> None:
        self._town, self._env = town, town.env
        guild = town.alice.guild
        role = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
        self.member = guild.add_member(self._env.create_user("manager"), roles=[role])
        self.sent: dict[str, list[simcord.HttpLogEntry]] = {}
        self.files: dict[str, str] = {}
        self.labels: list[str] = []

    async def step(self, place: str, doing: Any) -> Any:
        requests, before = len(self._env.http_requests), set(self._env.backend.cdn._blobs)
        done = await doing
        self.sent.setdefault(place, []).extend(self._env.http_requests[requests:])
        for url, data in self._env.backend.cdn._blobs.items():
            if url not in before:
                self.files[place] = data.decode()
        return done

    async def all(self, typed: str = PLAIN) -> None:
        member, channel, step = self.member, self._town.channel, self.step
        self._town.bot.servers.change(member.guild.id, corrections=channel.id)
        asked = await step("ask", member.slash(channel, "ask", question=typed, person=typed[:100]))
        last = [asked.response, *asked.followups][-1]
        offered = [one.get("label") for row in last.components for one in row["components"]]
        for label in ("Passages", "More", "Sources", "Follow up", "This is wrong"):
            if label in offered:
                shown = await step(label, member.click(last, label=label))
                self.labels.append(label)
        if "This is wrong" in offered:
            asks = [one["component"]["custom_id"] for one in shown.modal["components"]]
            values = {REASON_FIELD: typed.ljust(10, "!"), CLAIM_FIELD: ["0"]}
            await step("correction", member.submit_modal(shown, {one: values[one] for one in asks}))
        await step("positions", member.slash(channel, "positions", person=typed[:100], topic=typed[:100]))
        compared = {"person": typed[:100], "other": typed[:100], "topic": typed[:100]}
        await step("compare", member.slash(channel, "compare", **compared))
        await step("coverage", member.slash(channel, "coverage", about=typed[:100]))
        for name in ("sources", "help", "library", "corrections"):
            await step(name, member.slash(channel, name))
        await step("wrong date", member.slash(channel, "ask", question=typed, since=typed))
        await step("ingest", member.slash(channel, "ingest", link="https://new.example/", outlet=typed[:200]))
        await step("ingest of none", member.slash(channel, "ingest", link=typed))
        message = await member.send(channel, typed)
        await step("menu", member.context_menu(channel, "Is this on record?", message))
        mention = f"<@{self._env.backend.bot_user.id}>"
        await step("mention", member.send(channel, f"{mention} {typed}"))
        for name, option in (("ask", "question"), ("ask", "person"), ("positions", "topic")):
            for begun in ("", typed[:100], "h", "what did "):
                await step(f"completion {option}", member.autocomplete(channel, name, option, begun))

    def messages(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The bodies of messages, each with its place."""
        for place, requests in self.sent.items():
            for request in requests:
                body = request.json if isinstance(request.json, dict) else {}
                if request.path.endswith("/callback"):
                    body = (body.get("data") or {}) if body.get("type") in (4, 7) else {}
                if body.get("content") or body.get("embeds"):
                    yield place, body

    def choices(self) -> Iterator[dict[str, Any]]:
        for requests in self.sent.values():
            for request in requests:
                body: Any = request.json
                if request.path.endswith("/callback") and body.get("type") == 8:
                    yield from body["data"]["choices"]

    def thread_names(self) -> list[str]:
        threads: list[Any] = [r.json for some in self.sent.values() for r in some if r.path.endswith("/threads")]
        assert all("content" not in one and "message" not in one for one in threads)
        return [one["name"] for one in threads]

    def acting(self) -> dict[str, list[list[str]]]:
        """What Discord's parser acts on in each place, message by message."""
        found: dict[str, list[list[str]]] = {}
        for place, body in self.messages():
            found.setdefault(place, []).append(
                [mark for text in texts_of(body) for mark in markup(_without_try(text))]
            )
        return found


def _without_try(text: str) -> str:
    """Of /help: examples that are too long for a choice are left out, and with the last of them the heading."""
    return re.sub(r"^\*\*Try\*\*$", "", text, flags=re.MULTILINE)


def texts_of(body: dict[str, Any]) -> list[str]:
    """What Discord reads as markup in a message."""
    some = [body.get("content"), *(embed.get("description") for embed in body.get("embeds") or ())]
    return [text for text in some if text]


def pings_nobody(body: dict[str, Any]) -> bool:
    allowed = body["allowed_mentions"]
    return allowed["parse"] == [] and not any(allowed.get(name) for name in ("users", "roles", "replied_user"))


def house(text: str, error: str | None = None) -> dict[str, Any]:
    return {"intake": _Intake(text, error)}


Seen = Callable[..., Awaitable[Tour]]


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory, discord_rules: ModuleType | None) -> Seen:
    """The tour of a library in which all is `text`, by one who types `typed`; each is made once.

    Discord would take every request of it.
    """
    made: dict[tuple[str, str], Tour] = {}

    async def tour(text: str, typed: str = PLAIN) -> Tour:
        if (text, typed) not in made:
            folder, desk = tmp_path_factory.mktemp("bot"), _Further(HostileDesk(text))
            with bot_of(desk, folder, house(text), paces=OFTEN) as bot:
                async with simcord.run(bot, settle_timeout=20.0) as env:
                    guild = env.create_guild()
                    alice = guild.add_member(env.create_user("alice"))
                    taken = Tour(Town(env, bot, guild.create_text_channel("general"), alice))
                    await taken.all(typed)
                    assert not [p for r in env.http_requests for p in objections(discord_rules, r)]
                    made[text, typed] = taken
        return made[text, typed]

    return tour


# ---------------------------------------------------------------- from a library


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("text", ALL, ids=range(len(ALL)))
async def test_whatever_stands_in_a_library_is_shown_and_pings_nobody(toured: Seen, text: str) -> None:
    tour = await toured(text)
    places = {place for place, _ in tour.messages()}
    assert places >= {
        "ask",
        "Passages",
        "More",
        "Follow up",
        "correction",
        "coverage",
        "sources",
        "help",
        "ingest",
    }
    for _, body in tour.messages():
        assert pings_nobody(body)
        assert not UNSEEN.search(json.dumps(body, ensure_ascii=False))
    for file in tour.files.values():
        assert not UNSEEN.search(file)
    for choice in tour.choices():
        assert 1 <= size(choice["name"]) <= 100
        assert choice["name"] == choice["value"]
        assert not UNSEEN.search(choice["name"])


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("text", SHORT, ids=range(len(SHORT)))
async def test_nothing_acts_in_what_comes_from_a_library(toured: Seen, text: str) -> None:
    tour = await toured(text)
    assert tour.acting() == (await toured(PLAIN)).acting()


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("text", SHORT, ids=range(len(SHORT)))
async def test_a_quotation_reads_as_it_is_stored_and_each_number_is_its_citations_own(
    toured: Seen, text: str
) -> None:
    tour = await toured(text)
    said = {place: "\n".join(texts_of(body)) for place, body in tour.messages()}
    for place in ("ask", "More", "Passages"):
        words = text if place == "Passages" else quoted(shown(text))
        assert words in as_read(unmarked(said[place]))
        numbers = re.findall(r"^(?:> )?\[([0-9]+)\] ", said[place], re.MULTILINE)
        assert numbers == {"More": ["3", "4"]}.get(place, ["1", "2"])
    file = tour.files["Sources"].replace("\n    ", "\n")
    assert file.count(quoted(shown(text))) >= 2
    assert re.findall(r"^\[([0-9]+)\] ", tour.files["Sources"], re.MULTILINE) == ["1", "2"]


@pytest.mark.slow
@pytest.mark.asyncio
async def test_of_two_hundred_citations_of_one_claim_each_is_there_once_under_its_number(town: OpenTown) -> None:
    cited = [citation(n, quote=f"[{201 - n}] “number {n}.” " + "word " * 20) for n in range(1, 201)]
    async with town(ScriptedDesk(answer(claim(*cited)))) as here:
        asked = await here.ask()
        last = [asked.response, *asked.followups][-1]
        assert last is not None
        written = {url: data.decode() for url, data in here.env.backend.cdn._blobs.items()}
        (file,) = written.values()
        assert re.findall(r"^\[(\d+)\] “\[\d+\] “number (\d+)\.”", file, re.MULTILINE) == [
            (str(n),) * 2 for n in range(1, 201)
        ]
        here.env.backend.cdn._blobs.clear()
        await here.alice.click(last, label="Sources")
        (file,) = [data.decode() for data in here.env.backend.cdn._blobs.values()]
        assert re.findall(r"^\[(\d+)\] “\[\d+\] “number (\d+)\.”", file, re.MULTILINE) == [
            (str(n),) * 2 for n in range(1, 201)
        ]


# ---------------------------------------------------------------- from those who type


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("text", ALL, ids=range(len(ALL)))
async def test_whatever_is_typed_pings_nobody_and_shows_nothing_unseen(toured: Seen, text: str) -> None:
    """Discord takes no half pairs, and nothing that is empty."""
    typed = text.encode(errors="ignore").decode()[:300]
    tour = await toured(PLAIN, typed if typed.strip() else "\u200b")
    for _, body in tour.messages():
        assert pings_nobody(body)
        assert not UNSEEN.search(json.dumps(body, ensure_ascii=False))


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("text", SHORT, ids=range(len(SHORT)))
async def test_nothing_acts_in_what_is_typed(toured: Seen, text: str) -> None:
    tour = await toured(PLAIN, text)
    assert tour.acting() == (await toured(PLAIN)).acting()


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("text", [*ALL, "<@1>" * 60, "q" * 89 + "\U0001f3e0" * 9], ids=range(len(ALL) + 2))
async def test_a_threads_name_is_one_seen_line_of_at_most_a_hundred_characters(town: OpenTown, text: str) -> None:
    async with town(HostileDesk(text), paces=OFTEN) as here:
        tour = Tour(here)
        asked = await here.ask()
        assert asked.response
        await tour.step("follow", here.alice.click([asked.response, *asked.followups][-1], label="Follow up"))
        (name,) = tour.thread_names()
        assert 1 <= size(name) <= 100
        assert name.strip()
        assert not UNSEEN.search(name)
        assert "\n" not in name


# ---------------------------------------------------------------- namesakes, errors, the queue


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("text", ALL, ids=range(len(ALL)))
async def test_namesakes_of_any_name_can_be_chosen(town: OpenTown, text: str) -> None:
    named = [Choice(n, f"{text}{n % 7}"[:900], text) for n in range(60)]
    some = answer(outcome=Outcome.AMBIGUOUS_SPEAKER, choices=(*named, *choices(3)), message=text)
    desk = ScriptedDesk(some)
    async with town(desk, paces=OFTEN) as here:
        asked = await here.ask()
        assert asked.response
        (menu,) = [one for row in asked.response.components for one in row["components"]]
        assert all(1 <= size(one["label"]) <= 100 for one in menu["options"])
        assert not UNSEEN.search(json.dumps(menu, ensure_ascii=False))
        assert not re.search(r"[@<`|~#]", live(asked.response.embeds[0].description or ""))
        await here.alice.select(asked.response, [menu["options"][1]["value"]])
        assert desk.requests[-1].question.speaker == int(menu["options"][1]["value"])


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("text", ALL, ids=range(len(ALL)))
async def test_an_error_of_any_words_acts_on_nothing(town: OpenTown, text: str) -> None:
    async with town(ScriptedDesk(StoreError(text)), house(text, text), paces=OFTEN) as here:
        tour = Tour(here)
        await tour.step("ask", here.ask())
        await tour.step("ingest", tour.member.slash(here.channel, "ingest", link="https://new.example/"))
        said = [said for _, body in tour.messages() for said in texts_of(body)]
        assert len(said) >= 2
        for one in said:
            assert markup(one) == []
            assert not UNSEEN.search(one)


@pytest.mark.asyncio
async def test_who_waits_is_told_a_number_and_nothing_else(town: OpenTown) -> None:
    async with town(ScriptedDesk(answer(claim())), paces=OFTEN) as here:
        here.bot.line = Line(1, 9, patience=0.0)
        async with here.bot.line.turn("another server"):
            asking = asyncio.create_task(here.ask("@everyone <@1> **all**"))
            async with asyncio.timeout(10):
                while not any("in line" in str(edit) for edit in here.edits()):  # noqa: ASYNC110 - simcord tells nobody
                    await asyncio.sleep(0.01)
        await asking
        (notice,) = [edit for edit in here.edits() if "in line" in str(edit)]
        assert pings_nobody(notice)
        assert markup(notice["content"]) == []
        assert "everyone" not in notice["content"]


# ---------------------------------------------------------------- through the whole pipeline

_URLS = (
    "javascript:alert(1)",
    "data:text/html,<script>",
    "https://bank.example@evil.example/1",
    "https://ex\u0430mple.org/2",
    "https://a.example/(x)[y]<@1>|*_/3",
    "https://b.example/\u202egpj.exe",
    "file:///etc/passwd",
    "https://c.example/" + "long" * 600,
    "https://d.example:99999/",
    "https://e.example/5?q=`@everyone`#[1](x)",
)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Hostile articles, read and stored as all articles are."""
    words = [*HOSTILE, *FORGED, *(text for text in EXTREMES if "\ud83c" not in text)]
    articles = [
        Article(
            _URLS[n] if n < len(_URLS) else f"https://news.example.org/{n}",
            f"HARBOUR - {text}\n\n“The barrage {text} is safe,” said Orla{n} Kestrin {text}, the mayor.\n\n{text}",
            (text * 4000)[:4000] or None,
            (text * 300)[:300] or None,
            (text * 300)[:300] or None,
            date(2024, 3, 1),
        )
        for n, text in enumerate(words)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONRECORD_HOME", str(tmp_path_factory.mktemp("home")))
        with open_library(load(), "hostile", make=True) as library:
            report = ingest(library, articles, lambda _: None, Reader.open(1))
            assert report.articles == len(articles)
            yield library


def links_in(text: str) -> Sequence[str]:
    return re.findall(r"(?<!\\)\[open\]\((\S*?)\)(?=\s|$)", text)


@pytest.mark.slow
@pytest.mark.asyncio
async def test_hostile_articles_act_on_nothing_when_they_have_gone_the_whole_way(
    town: OpenTown, ingested: Library
) -> None:
    @contextmanager
    def using(guild: int | None) -> Iterator[Library]:
        yield ingested

    with Desks(using) as desks:
        async with town(desks, house(PLAIN), paces=OFTEN) as here:
            tour = Tour(here)
            await tour.all("What did the mayor say about the barrage?")
            for speaker in ingested.record.speakers()[:20]:
                person = clamp(speaker.name, 100) or "x"
                await tour.step("positions", tour.member.slash(here.channel, "positions", person=person))
    said = [text for place, body in tour.messages() for text in texts_of(body) if place != "ingest of none"]
    linked = [url for text in said for url in links_in(text)]
    assert linked
    for url in linked:
        assert urlsplit(url).scheme == "https"
        assert url.isascii()
        assert "@" not in urlsplit(url).netloc
    assert {urlsplit(url).hostname for url in linked} <= {
        "news.example.org",
        "xn--exmple-4nf.org",
        *(f"{letter}.example" for letter in "abce"),
    }
    for text in said:
        bare = re.sub(r"\[open\]\(\S*?\)(?=\s|$)", "", text)
        acting = re.sub(r"```\n[\d█, \-a-z]+\n```|<#\d+>|^### ", "", live(bare), flags=re.MULTILINE)
        assert not re.search(r"[@<|~#]|__|://|```|\]\(", acting), acting
        assert not UNSEEN.search(text)
    assert all(pings_nobody(body) for _, body in tour.messages())
