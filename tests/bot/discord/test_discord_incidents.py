"""Errors as sentences: the operator's, and who is turned away."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.discord import incidents
from retrieval.errors import ConfigurationError, OnrecordError


def _closed(code: int) -> discord.ConnectionClosed:
    socket: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(socket, shard_id=None)


@pytest.mark.parametrize(
    "error", [discord.LoginFailure("no"), _closed(4004), discord.PrivilegedIntentsRequired(shard_id=None)]
)
def test_what_the_operator_can_mend_is_a_wrong_configuration(error: Exception) -> None:
    assert isinstance(incidents.for_operator(error), ConfigurationError)


@pytest.mark.parametrize(
    "error", [OSError("no route"), _closed(4000), aiohttp.ClientError(), discord.GatewayNotFound(), TimeoutError()]
)
def test_an_outage_is_no_wrong_configuration(error: Exception) -> None:
    explained = incidents.for_operator(error)
    assert type(explained) is OnrecordError
    assert "reached" in str(explained)


def test_a_fault_of_our_own_has_an_incident_id(caplog: pytest.LogCaptureFixture) -> None:
    sentence = str(incidents.for_operator(KeyError("secret")))
    assert "secret" not in sentence
    assert sentence.rsplit(maxsplit=1)[-1].rstrip(".") in caplog.text


def test_what_an_error_says_cannot_mention_anyone() -> None:
    assert "\\@everyone" in incidents.for_asker(OnrecordError("No such library: @everyone."))
