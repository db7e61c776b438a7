"""What a model makes of answers: figures with a scripted model that answers honestly, beside those without one.

    python -m tests.eval.written --library NAME [--questions FILE]...

The library must hold the articles that the questions are about. Two readers stand in for a model, on loopback and
by the same protocol: one that knows which passages answer, as a good model may, and one that goes by words alone:
it takes the evidence that has most of the question's. Both say what their evidence says.
"""

import argparse
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.terminal.options import open_library
from retrieval.measure import Asked as Known
from retrieval.measure import hits, measure, read_questions
from retrieval.settings import Settings, load
from retrieval.types import Answer, Question
from retrieval.understanding.wording import content, stem
from retrieval.writing.chat import NO_MODEL
from tests.retrieval.chat_double import Asked, Evidence, Say, chatting, claims

ROOT = Path(__file__).parents[2]
QUESTIONS = (ROOT.parent / "shared" / "polqa" / "questions-dev.jsonl", ROOT / "tests" / "eval" / "questions.jsonl")
# A question's words that evidence must have, for the reader who goes by words.
SHARE = 0.5

Pick = Callable[[Known, list[Evidence]], list[Evidence]]


def knowing(known: Known, evidence: list[Evidence]) -> list[Evidence]:
    """The evidence that answers."""
    return [e for e in evidence if any(hits(e.text, gold.passage) for gold in known.gold)]


def by_words(known: Known, evidence: list[Evidence]) -> list[Evidence]:
    """The evidence with most of the question's words, else the best."""
    wanted = {stem(word) for word in content(known.question)}
    held = [(e, len(wanted & {stem(word) for word in content(f"{e.text} {e.speaker}")})) for e in evidence]
    return [e for e, n in held if n >= SHARE * len(wanted)] or evidence[:1]


def worded(evidence: Evidence) -> str:
    """What one piece of evidence says, as a claim: its first sentences without quotation marks."""
    text = re.sub(r"[\"“”‘«»\[\](){}@#*_|<>]|''", "", evidence.text)
    first = re.split(r"(?<=[a-z][.!?])\s", " ".join(text.split()))[0][:300]
    return f"{evidence.speaker} said {first[0].lower()}{first[1:]}" if evidence.speaker and first else first


def asked_of(settings: Settings, library: str, known: list[Known], pick: Pick | None) -> dict[str, float]:
    """The figures of one reader over some questions; without one, of the answers without a model."""
    by_question = {" ".join(one.question.split()): one for one in known}

    def script(asked: Asked) -> Say:
        chosen = pick(by_question[" ".join(asked.question.split())], asked.evidence) if pick else []
        return Say(claims(*((worded(e), e.speaker, [e.key]) for e in chosen[:4]), answers=bool(chosen)))

    with chatting(script) as server:
        model = {"openai_api_key": "k", "openai_base_url": server.url, "chat_tokens_per_user": 0}
        chosen = settings.model_copy(update=_model(model) if pick else {"chat_model": NO_MODEL})
        with open_library(chosen, library) as opened:
            answers: list[tuple[Known, Answer]] = [
                (one, opened.ask(Question(one.question)))
                for one in track(known, "asking", console=Console(stderr=True), transient=True)
            ]
            texts = {article.url: article.text for article in opened.record.articles()}
    shown = [claim for _, answer in answers for claim in answer.claims]
    figures = measure(answers, texts.get)
    return figures | {"in the model's words": sum(c.worded for c in shown) / max(1, len(shown))}


def _model(options: Mapping[str, object]) -> dict[str, object]:
    from pydantic import SecretStr

    return {**options, "openai_api_key": SecretStr("k"), "chat_model": None, "chat_tokens_per_day": 0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True)
    parser.add_argument("--questions", type=Path, action="append")
    options = parser.parse_args()
    settings = load()
    with open_library(settings, options.library) as opened:
        texts = {article.url: article.text for article in opened.record.articles()}
    readers: dict[str, Pick | None] = {"without a model": None, "by words": by_words, "knowing": knowing}
    for path in options.questions or QUESTIONS:
        if not path.exists():
            continue
        known = read_questions(path, texts.get)
        found = {name: asked_of(settings, options.library, known, pick) for name, pick in readers.items()}
        table = Table("figure", *found, title=path.name, title_justify="left", box=None, pad_edge=False)
        for figure in sorted({figure for figures in found.values() for figure in figures}):
            table.add_row(figure, *(f"{figures.get(figure, 0.0):.3f}" for figures in found.values()))
        Console().print(table)


if __name__ == "__main__":
    main()
