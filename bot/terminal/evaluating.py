"""onrecord eval: the quality gate. Measures sets of questions, statements, claims and copies against floors."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from bot.terminal.console import begin, errors, notify, output

if TYPE_CHECKING:
    from retrieval.settings import Settings

_ROOT = Path(__file__).parents[2]
_SAMPLES = _ROOT / "tests" / "samples"
_EVAL = _ROOT / "tests" / "eval"
_SHARED = _ROOT.parent / "shared"
_FLOORS = _EVAL / "floors.json"


class _Set(Protocol):
    """Something to measure: files that may be there, and the figures that they give."""

    @property
    def name(self) -> str: ...

    @property
    def files(self) -> tuple[Path, ...]: ...

    def figures(self, settings: "Settings") -> dict[str, float]: ...


@dataclass(frozen=True, slots=True)
class _Questions:
    """Articles to ingest into a library of their own, and questions to ask of them.

    `more` are questions of another author about the same articles; their figures are called "more …".
    """

    name: str
    articles: tuple[Path, ...]
    questions: Path
    more: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        return (*self.articles, self.questions)

    def figures(self, settings: "Settings") -> dict[str, float]:
        from bot.terminal.ingesting import progress
        from bot.terminal.options import open_library
        from ingest.pipeline import ingest
        from ingest.reading import read
        from retrieval.measure import measure, read_questions
        from retrieval.types import Question

        with tempfile.TemporaryDirectory() as home:
            apart = settings.model_copy(update={"home": Path(home), "database_url": None, "chroma_url": None})
            errors.print(f"{self.name}: ingesting its articles", highlight=False)
            with open_library(apart, "eval", make=True) as library:
                with progress() as shown:
                    paths = [str(path) for path in self.articles]
                    ingest(library, read(paths, max_bytes=settings.max_file_mb * 1_000_000), shown)
                texts = {article.url: article.text for article in library.record.articles()}
                figures: dict[str, float] = {}
                for prefix, path in (("", self.questions), ("more ", self.more)):
                    if path is None:
                        continue
                    asked = read_questions(path, texts.get)
                    errors.print(f"{self.name}: asking {len(asked)} {prefix}questions", highlight=False)
                    answers = [(question, library.ask(Question(question.question))) for question in asked]
                    figures |= {prefix + name: value for name, value in measure(answers, texts.get).items()}
                return figures


@dataclass(frozen=True, slots=True)
class _Statements:
    """Articles whose statements are known."""

    name: str
    articles: Path

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.articles,)

    def figures(self, settings: "Settings") -> dict[str, float]:
        from rich.progress import track

        from bot.terminal.statements import as_json
        from ingest.reading import read
        from ingest.statements.measure import measure, read_known
        from ingest.statements.reader import Reader
        from retrieval.types import Article

        reader = Reader.open(settings.threads)
        errors.print(f"{self.name}: reading its statements", highlight=False)
        items = read([str(self.articles)], max_bytes=settings.max_file_mb * 1_000_000)
        shown = track(items, self.name, console=errors, transient=True, disable=not errors.is_terminal)
        found = {a.url: as_json(reader.read(a).statements) for a in shown if isinstance(a, Article)}
        return measure((line, found.get(line["id"], ())) for line in read_known(self.articles))


@dataclass(frozen=True, slots=True)
class _Claims:
    """Claims in a model's words, true and false, with their evidence."""

    name: str
    claims: Path

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.claims,)

    def figures(self, settings: "Settings") -> dict[str, float]:  # noqa: ARG002 - the checks have no settings
        from retrieval.writing.measure import measure

        return measure(self.claims)


@dataclass(frozen=True, slots=True)
class _Copies:
    """Articles of which it is known which are copies of one text."""

    name: str
    articles: Path

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.articles,)

    def figures(self, settings: "Settings") -> dict[str, float]:  # noqa: ARG002 - copies are found without settings
        from ingest.measure import measure, read_known

        return measure(read_known(self.articles))


_SETS: tuple[_Set, ...] = (
    _Questions("samples", (_SAMPLES / "articles", _SAMPLES / "namesake"), _SAMPLES / "questions.jsonl"),
    _Statements("cases", _EVAL / "statements.jsonl"),
    _Claims("claims", _EVAL / "claims.jsonl"),
    _Copies("copies", _EVAL / "copies" / "stories.jsonl"),
    _Questions(
        "polqa",
        (_SHARED / "polqa" / "articles.jsonl",),
        _SHARED / "polqa" / "questions-dev.jsonl",
        _EVAL / "questions.jsonl",
    ),
    _Statements("polnear", _SHARED / "attribution" / "dev.jsonl"),
)
_NAMES = ", ".join(one.name for one in _SETS)


def register(app: typer.Typer) -> None:
    app.command("eval")(evaluate)


def evaluate(
    *,
    only: Annotated[str | None, typer.Option("--set", metavar="NAME", help=f"Only this set, of {_NAMES}.")] = None,
    floors: Annotated[
        Path, typer.Option("--floors", metavar="FILE", help="The lowest figures that pass, by set.")
    ] = _FLOORS,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Let the chat model of the settings word the answers; it costs.")
    ] = False,
) -> None:
    """Measure how questions are answered, statements read and copies found; compare the figures with the floors.

    A question set's articles are ingested into a library of its own. Runs from a checkout. A set that is not there
    is passed over, and says so. Exit status 1 below a floor.
    """
    settings = begin()
    if not with_model:
        from retrieval.writing.chat import NO_MODEL

        settings = settings.model_copy(update={"chat_model": NO_MODEL})
    lowest = _read_floors(floors)
    sets = [one for one in _SETS if only in (None, one.name)]
    if not sets:
        raise typer.BadParameter(f"There is no set “{only}”; there are {_NAMES}.")
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
    if not all(path.exists() for path in one.files):
        notify(f"{one.name}: passed over, because its files are not there.")
        return
    from rich.table import Table

    figures = one.figures(settings)
    table = Table("figure", "measured", "floor", title=one.name, title_justify="left", box=None, pad_edge=False)
    for name in sorted({*figures, *floors}):
        table.add_row(name, f"{figures.get(name, 0.0):.3f}", f"{floors[name]:.3f}" if name in floors else "")
    output().print(table)
    for name, floor in floors.items():
        # Floors are written with three decimals.
        if round(figures.get(name, 0.0), 3) < floor:
            yield f"{one.name}: {name} is {figures.get(name, 0.0):.3f}, below its floor of {floor:.3f}."
