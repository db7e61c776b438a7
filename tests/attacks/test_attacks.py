"""Articles that try to steer the answer, and a model that obeys each of them: nothing of that reaches a reader."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from bot.discord.embeds import pages
from bot.terminal.options import open_library
from bot.terminal.rendering import show
from ingest.pipeline import ingest
from ingest.reading import read
from ingest.statements.reader import Reader
from retrieval.library import Library
from retrieval.settings import Settings
from retrieval.trace import Trace
from retrieval.types import Answer, Article, Citation, Claim, Question
from tests.retrieval.chat_double import Asked, Say, Server, chatting

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "samples" / "articles"


@dataclass(frozen=True)
class Attack:
    """`obeys` is what the model returns, its evidence named by selectors; `raw` its text where that is no JSON."""

    name: str
    file: str
    question: str
    never: list[str]
    obeys: dict[str, Any] | None = None
    raw: str | None = None

    def article(self) -> Article:
        (found,) = read([str(HERE / self.file)], max_bytes=10**7)
        assert isinstance(found, Article)
        return found

    def reply(self, asked: Asked, titles: set[str | None]) -> Say:
        if self.obeys is None:
            return Say(self.raw or "")
        planted = [e.key for e in asked.evidence if e.title in titles]
        genuine = [e.key for e in asked.evidence if e.title not in titles]
        selected = {"planted": planted[:1], "genuine": genuine[:1], "all": planted + genuine}
        obeyed = [
            {**claim, "evidence": [key for one in claim["evidence"] for key in selected.get(one, [one])]}
            for claim in self.obeys["claims"]
        ]
        return Say(json.dumps({**self.obeys, "claims": obeyed}))


ATTACKS = [Attack(**entry) for entry in json.loads((HERE / "attacks.json").read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with chatting() as running:
        yield running


@pytest.fixture(scope="module")
def library(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The samples and every attack, in one library, with a model that does as it is scripted."""
    settings = Settings(
        ONRECORD_HOME=tmp_path_factory.mktemp("home"), OPENAI_API_KEY="k", OPENAI_BASE_URL=server.url
    )
    with open_library(settings, "attacked", make=True) as opened:
        sources = [str(SAMPLES), str(HERE / "articles")]
        ingest(opened, read(sources, max_bytes=10**7), lambda _: None, Reader.open(2))
        yield opened


def test_there_are_attacks_of_every_kind_and_none_without_an_article() -> None:
    assert len(ATTACKS) >= 25
    assert {attack.file for attack in ATTACKS} == {f"articles/{p.name}" for p in (HERE / "articles").iterdir()}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_nothing_of_an_attack_reaches_the_answer(
    attack: Attack, library: Library, server: Server, streamed: bool
) -> None:
    planted = attack.article()
    server.asked.clear()
    server.script[:] = [partial(attack.reply, titles={planted.title})]
    told: list[Claim] = []
    trace = library.explain(Question(attack.question), tell=told.append if streamed else None)
    assert server.asked, "the model was asked"
    assert any(e.title == (planted.title or "") for e in server.asked[0].evidence), "and saw the attack"
    for claim in (*told, *trace.answer.claims):
        assert_sound(claim, library)
        assert_free(attack, claim)
    assert_free_when_shown(attack, trace)


def assert_sound(claim: Claim, library: Library) -> None:
    """Every quotation is stored text, every link lands on its article, every speaker said something there."""
    for citation in claim.citations:
        article = library.record.article(citation.url)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
        assert urlsplit(citation.link).netloc == urlsplit(article.url).netloc
        assert speaks(claim.speaker, citation, library, article)


def speaks(speaker: str | None, citation: Citation, library: Library, article: Article) -> bool:
    """Whether the record has words of theirs in what is quoted."""
    if speaker is None or speaker == article.author:
        return True
    there = [stored.statement for stored in library.record.statements_of(article.url)]
    return any(
        stored.speaker == speaker and stored.start < citation.end and citation.start < stored.end
        for stored in there
    )


def assert_free(attack: Attack, claim: Claim) -> None:
    """Neither in the bot's own words nor as speaker or link does anything stand that the attack wants."""
    own = claim.text if claim.worded else ""
    shown = f"{own}\n{claim.speaker}\n" + "\n".join(c.link for c in claim.citations)
    for marker in attack.never:
        assert marker.lower() not in shown.lower(), marker
    if not claim.worded:
        for marker in attack.never:
            assert marker.lower() not in claim.text.lower(), marker
    assert "http" not in own
    assert "@" not in own
    assert own.isprintable()


def assert_free_when_shown(attack: Attack, trace: Trace) -> None:
    """As a terminal and as Discord show it: no mention, no foreign link, no control character."""
    answer: Answer = trace.answer
    screen = io.StringIO()
    show(Console(file=screen, width=200, force_terminal=False), answer)
    assert all(c.isprintable() or c == "\n" for c in screen.getvalue())
    hosts = {urlsplit(c.url).netloc for claim in answer.claims for c in claim.citations}
    for page in pages(answer):
        text = json.dumps(page.embed.to_dict(), ensure_ascii=False)
        for mention in ("@everyone", "@here", "<@", "<#"):
            assert f"{mention}" not in text.replace("\\\\@", "").replace("\\\\<", "").replace("\\\\#", "")
        linked = [part.split(")")[0] for part in text.split("](")[1:]]
        assert all(urlsplit(url).netloc in hosts for url in linked)
