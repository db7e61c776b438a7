"""onrecord eval: the quality gate. Measures question sets, and fails where a figure is below its floor."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal.console import begin, errors, notify, output

if TYPE_CHECKING:
    from retrieval.settings import Settings

_ROOT = Path(__file__).parents[2]
_SAMPLES = _ROOT / "tests" / "samples"
_SHARED = _ROOT.parent / "shared" / "polqa"
_FLOORS = _ROOT / "tests" / "eval" / "floors.json"


@dataclass(frozen=True, slots=True)
class _Set:
    """Articles to ingest, and questions to ask of them."""

    name: str
    articles: tuple[Path, ...]
    questions: Path

    @property
    def there(self) -> bool:
        return all(path.exists() for path in (*self.articles, self.questions))


_SETS = (
    _Set("samples", (_SAMPLES / "articles", _SAMPLES / "namesake"), _SAMPLES / "questions.jsonl"),
    _Set("polqa", (_SHARED / "articles.jsonl",), _SHARED / "questions-dev.jsonl"),
)


def register(app: typer.Typer) -> None:
    app.command("eval")(evaluate)


def evaluate(
    *,
    only: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="Only this set: samples or polqa.")
    ] = None,
    floors: Annotated[
        Path, typer.Option("--floors", metavar="FILE", help="The lowest figures that pass, by set.")
    ] = _FLOORS,
) -> None:
    """Ingest each question set's articles into a library of its own, ask, and compare the figures with the floors.

    Runs from a checkout. A set that is not there is passed over, and says so. Exit status 1 below a floor.
    """
    settings = begin()
    lowest = _read_floors(floors)
    sets = [one for one in _SETS if only in (None, one.name)]
    if not sets:
        raise typer.BadParameter(f"There is no set “{only}”; there are {' and '.join(s.name for s in _SETS)}.")
    below = [fault for one in sets for fault in _run(settings, one, lowest.get(one.name, {}))]
    for fault in below:
        errors.print(fault, style="red", highlight=False)
    raise typer.Exit(1 if below else 0)


def _read_floors(path: Path) -> dict[str, dict[str, float]]:
    try:
        found: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}.") from None
    return found


def _run(settings: "Settings", one: _Set, floors: dict[str, float]) -> Iterator[str]:
    """Print one set's figures; yields a sentence for each that is below its floor."""
    if not one.there:
        notify(f"{one.name}: passed over, because its articles or questions are not there.")
        return
    from rich.table import Table

    figures = _figures(settings, one)
    table = Table("figure", "measured", "floor", title=one.name, title_justify="left", box=None, pad_edge=False)
    for name in sorted({*figures, *floors}):
        table.add_row(name, f"{figures.get(name, 0.0):.3f}", f"{floors[name]:.3f}" if name in floors else "")
    output().print(table)
    for name, floor in floors.items():
        # Floors are written with three decimals.
        if round(figures.get(name, 0.0), 3) < floor:
            yield f"{one.name}: {name} is {figures.get(name, 0.0):.3f}, below its floor of {floor:.3f}."


def _figures(settings: "Settings", one: _Set) -> dict[str, float]:
    from bot.terminal.ingesting import progress
    from bot.terminal.options import open_library
    from ingest.pipeline import ingest
    from ingest.reading import read
    from retrieval.measure import measure, read_questions
    from retrieval.types import Question

    with tempfile.TemporaryDirectory() as home:
        apart = settings.model_copy(update={"home": Path(home), "database_url": None, "chroma_url": None})
        errors.print(f"{one.name}: ingesting its articles", highlight=False)
        with open_library(apart, "eval", make=True) as library:
            with progress() as shown:
                ingest(
                    library,
                    read([str(path) for path in one.articles], max_bytes=settings.max_file_mb * 1_000_000),
                    shown,
                )
            asked = read_questions(one.questions)
            errors.print(f"{one.name}: asking {len(asked)} questions", highlight=False)
            answers = [(question, library.ask(Question(question.question))) for question in asked]
            texts = {article.url: article.text for article in library.record.articles()}
            return measure(answers, texts.get)
