"""/ingest: who may bring what, and what becomes of it in the process that reads it."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from newsroom import Newsroom, OpenNewsroom, open_newsroom, speakers, text  # noqa: F401 - a fixture

from bot.discord.intake import MOST, Intake

_ARTICLE = """---
title: "Ferry hall to be rebuilt"
url: https://bay-record.example/2024/11/09/ferry-hall
outlet: Bay Record
published: 2024-11-09
---

# Ferry hall to be rebuilt

Councillor Ottilie Hansen spoke on Friday. “We will open the ferry hall by June,” Hansen told the council. The
vote is due in a week, and the builders are waiting for it.
"""
_PLAIN = """The ferry hall was the subject of a long evening. Councillor Ottilie Hansen spoke first.

“We will open the ferry hall by June,” Ottilie Hansen told the council. The vote is due in a week.
"""


async def _brought(here: Newsroom, **options: Any) -> Any:
    return await here.manager.slash(here.channel, "ingest", **options)


class _Untouched(Intake):
    """Nothing may come this far."""

    async def _run(self, *_: object) -> Any:
        raise AssertionError("a process was started")


# ---------------------------------------------------------------- what is refused at once


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "file"),
        ({"link": "ftp://paper.example/a"}, "http"),
        ({"link": "paper.example/a"}, "http"),
        ({"link": "https://paper.example/a b"}, "http"),
        ({"link": "javascript:alert(1)"}, "http"),
        ({"link": "--library=other"}, "http"),
        ({"file": ("a.zip", b"PK")}, ".pdf"),
        ({"file": ("a.warc.gz", b"x")}, ".pdf"),
        ({"file": ("md", b"x")}, ".pdf"),
        ({"link": "https://paper.example/a", "published": "yesterday"}, "yesterday"),
        ({"link": "https://paper.example/a", "published": "2024-02-31"}, "2024-02-31"),
    ],
)
async def test_what_cannot_be_an_article_is_refused_before_a_process_is_started(
    newsroom: OpenNewsroom, given: dict[str, Any], why: str
) -> None:
    async with newsroom(empty=True, intake=_Untouched()) as here:
        refused = await _brought(here, **given)
        assert refused.ephemeral
        assert why in text(refused)
        assert "Incident" not in text(refused)


@pytest.mark.asyncio
async def test_too_large_a_file_is_refused_unread(newsroom: OpenNewsroom) -> None:
    async with newsroom(empty=True, intake=_Untouched()) as here:
        refused = await _brought(here, file=("a.txt", bytes(MOST + 1)))
        assert "25 MB" in text(refused)


@pytest.mark.asyncio
async def test_members_and_servers_whose_library_others_keep_bring_nothing(newsroom: OpenNewsroom) -> None:
    async with newsroom(empty=True, intake=_Untouched(), kept_by_others=True) as here:
        link = "https://paper.example/a"
        assert "others" in text(await _brought(here, link=link))
        here.show_to_all("ingest")
        assert "manage" in text(await here.alice.slash(here.channel, "ingest", link=link))


# ---------------------------------------------------------------- what is stored


@pytest.mark.asyncio
@pytest.mark.slow
async def test_a_file_is_stored_and_answered_from(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await _brought(here, file=("Ferry Hall.MD", _ARTICLE.encode()))
        assert shown.ephemeral
        assert "1 article" in text(shown)
        edits = [r.json["content"] for r in here.env.http_requests if r.method == "PATCH" and r.json["content"]]
        assert any("1 article" in one for one in edits)  # progress, before the end
        answer = await here.ask("What did Hansen say about the ferry hall?")
        assert speakers(answer) == {"Ottilie Hansen"}
        assert "bay-record.example" in text(answer)
        again = await _brought(here, file=("Ferry Hall.MD", _ARTICLE.encode()))
        assert "known already" in text(again)


@pytest.mark.asyncio
@pytest.mark.slow
async def test_what_is_said_of_an_article_goes_with_it_into_the_servers_own_library(
    newsroom: OpenNewsroom,
) -> None:
    async with newsroom(empty=True, libraries="own") as here:
        given = {"outlet": "Bay Record", "published": "2024-11-09", "link": "https://bay-record.example/hall"}
        await _brought(here, file=("hall.txt", _PLAIN.encode()), **given)
        answer = text(await here.ask("What did Hansen say about the ferry hall?"))
        assert "Bay Record · 2024-11-09" in answer
        assert "https://bay-record.example/hall" in answer
        assert here.library.record.holdings().articles == 0  # the shared one


@pytest.mark.asyncio
@pytest.mark.slow
async def test_what_is_not_taken_is_named_with_its_reason(newsroom: OpenNewsroom) -> None:
    async with newsroom(empty=True) as here:
        shown = text(await _brought(here, file=("no-words.pdf", b"%PDF-1.4 broken")))
        assert "no-words.pdf" in shown
        assert "1 not taken" in shown
        assert "onrecord-" not in shown  # the folder it was read from
        assert here.library.record.holdings().articles == 0


@pytest.mark.asyncio
@pytest.mark.slow
@pytest.mark.parametrize("link", ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/"])
async def test_addresses_of_private_networks_are_not_fetched(newsroom: OpenNewsroom, link: str) -> None:
    async with newsroom(empty=True) as here:
        shown = text(await _brought(here, link=link))
        assert "1 not taken" in shown
        assert "not a public one" in shown


# ---------------------------------------------------------------- the process


def _standing_in(folder: Path, code: str) -> Intake:
    """An intake whose process runs some code instead."""
    script = folder / "stand_in.py"
    script.write_text(code)
    return Intake((sys.executable, str(script)))


@pytest.mark.asyncio
async def test_a_process_that_fails_is_one_sentence_with_an_incident(
    newsroom: OpenNewsroom, tmp_path: Path
) -> None:
    failing = "import sys; print('onrecord: The library cannot be written.', file=sys.stderr); sys.exit(2)"
    async with newsroom(empty=True, intake=_standing_in(tmp_path, failing)) as here:
        shown = text(await _brought(here, link="https://paper.example/a"))
        assert shown.startswith("The library cannot be written. Incident ")


@pytest.mark.asyncio
@pytest.mark.parametrize("printed", ["", "[]", "{", '{"added": 1}', "null", '{"rejected": [1]}'])
async def test_a_process_that_reports_nonsense_is_an_incident(
    newsroom: OpenNewsroom, tmp_path: Path, printed: str
) -> None:
    async with newsroom(empty=True, intake=_standing_in(tmp_path, f"print({printed!r})")) as here:
        assert "Incident" in text(await _brought(here, link="https://paper.example/a"))


@pytest.mark.asyncio
async def test_the_process_has_no_token(
    newsroom: OpenNewsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    code = 'import os, sys; print(os.environ.get("DISCORD_TOKEN", "none"), file=sys.stderr); sys.exit(2)'
    async with newsroom(empty=True, intake=_standing_in(tmp_path, code)) as here:
        shown = text(await _brought(here, link="https://paper.example/a"))
        assert shown.startswith("none")


@pytest.mark.asyncio
async def test_a_process_that_is_given_up_is_ended(tmp_path: Path) -> None:
    code = "import os, sys, time; print(os.getpid(), file=sys.stderr, flush=True); time.sleep(60)"
    begun = asyncio.get_running_loop().create_future()

    async def told(line: str) -> None:
        begun.set_result(int(line))

    intake = _standing_in(tmp_path, code)
    bringing = asyncio.create_task(intake.from_web("x", "https://paper.example/a", told, {}))
    process = await begun
    bringing.cancel()
    await asyncio.wait({bringing})
    assert bringing.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.asyncio
async def test_two_who_bring_something_at_once_come_one_after_the_other(tmp_path: Path) -> None:
    running = tmp_path / "running"
    code = f"""
import os, sys, time
os.mkdir({str(running)!r})
time.sleep(0.3)
os.rmdir({str(running)!r})
print('{{"added": 1, "updated": 0, "unchanged": 0, "rejected": []}}')
"""
    intake, lines = _standing_in(tmp_path, code), list[str]()

    async def told(line: str) -> None:
        lines.append(line)

    bringing = [intake.from_web("x", f"https://paper.example/{n}", told, {}) for n in range(2)]
    assert [taken.added for taken in await asyncio.gather(*bringing)] == [1, 1]
    assert any("next" in line for line in lines)
