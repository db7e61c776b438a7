"""Registering commands: only what has changed is sent, and a refusal stops nothing."""

import asyncio
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.discord import syncing
from bot.discord.syncing import REGISTERED, forget, sync
from retrieval.errors import StoreError

pytestmark = pytest.mark.asyncio

APPLICATION = 1100


class Facts(dict[str, str]):
    def fact(self, name: str) -> str | None:
        return self.get(name)

    def remember(self, name: str, value: str) -> None:
        self[name] = value


class BrokenFacts(Facts):
    def fact(self, name: str) -> str | None:
        raise StoreError("The file is damaged.")

    def remember(self, name: str, value: str) -> None:
        raise StoreError("The file is damaged.")


class Tree(app_commands.CommandTree[Any]):
    """A tree whose requests end here: each is kept, and meets the next trouble."""

    def __init__(self, *names: str, description: str = "Ask.") -> None:
        client = discord.Client(intents=discord.Intents(guilds=True))
        client._connection.application_id = APPLICATION
        super().__init__(client)
        self._http.bulk_upsert_global_commands = self._take  # type: ignore[method-assign,assignment]
        self.sent: list[Any] = []
        self.troubles: list[BaseException] = []
        for name in names:

            async def callback(interaction: discord.Interaction[Any]) -> None: ...

            self.add_command(
                app_commands.Command(
                    name=name, description=app_commands.locale_str(description), callback=callback
                )
            )

    async def _take(self, application: int, payload: Any) -> Any:
        self.sent.append(payload)
        if self.troubles:
            raise self.troubles.pop(0)
        return []


class Dutch(app_commands.Translator):
    async def translate(self, string: Any, locale: discord.Locale, context: Any) -> str | None:
        return "Vraag." if locale is discord.Locale.dutch else None


def _refused(status: int, message: str = "no", code: int = 0) -> discord.HTTPException:
    return discord.HTTPException(
        SimpleNamespace(status=status, reason="Refused"),  # type: ignore[arg-type]
        {"code": code, "message": message},
    )


async def test_what_is_registered_already_is_not_sent_again() -> None:
    facts = Facts()
    assert await sync(Tree("ask", "help"), APPLICATION, facts)
    again = Tree("help", "ask")  # in whatever order
    assert not await sync(again, APPLICATION, facts)
    assert again.sent == []


@pytest.mark.parametrize("change", ["another", "fewer", "description", "translation", "application"])
async def test_whatever_has_changed_is_sent(change: str) -> None:
    facts = Facts()
    await sync(Tree("ask", "help"), APPLICATION, facts)
    names = {"another": ["ask", "help", "more"], "fewer": ["ask"]}.get(change, ["ask", "help"])
    tree = Tree(*names, description="Other." if change == "description" else "Ask.")
    if change == "translation":
        await tree.set_translator(Dutch())
    assert await sync(tree, APPLICATION + (change == "application"), facts)
    assert len(tree.sent) == 1


async def test_what_discord_has_lost_is_sent_again() -> None:
    facts = Facts()
    await sync(Tree("ask"), APPLICATION, facts)
    await forget(facts)
    assert await sync(Tree("ask"), APPLICATION, facts)


@pytest.mark.parametrize(
    "trouble",
    [
        _refused(400, "Invalid Form Body", 50035),
        _refused(403),
        _refused(429),
        _refused(503, "no\nhealthy\nupstream"),
        discord.RateLimited(86400.0),
        aiohttp.ClientConnectionError("gone"),
        ConnectionResetError(),
    ],
)
async def test_a_refusal_is_one_line_with_advice_and_is_tried_again(
    trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    facts, tree = Facts(), Tree("ask")
    tree.troubles.append(trouble)
    assert not await sync(tree, APPLICATION, facts)
    assert REGISTERED not in facts
    (record,) = caplog.records
    assert len(record.getMessage().splitlines()) == 1
    assert record.exc_info is None
    assert await sync(tree, APPLICATION, facts)


async def test_a_discord_that_takes_its_time_does_not_keep_the_bot_from_starting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(syncing, "PATIENCE", 0.01)
    tree = Tree("ask")

    async def slowly(application: int, payload: Any) -> Any:
        await asyncio.sleep(60)

    tree._http.bulk_upsert_global_commands = slowly  # type: ignore[method-assign]
    assert not await sync(tree, APPLICATION, Facts())
    assert len(caplog.records) == 1


async def test_without_a_memory_the_commands_are_registered_all_the_same() -> None:
    tree, facts = Tree("ask"), BrokenFacts()
    assert await sync(tree, APPLICATION, facts)
    await forget(facts)
