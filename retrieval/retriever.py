"""A library as a LangChain retriever, for any program that is built of Runnables.

It finds and ranks, and decides nothing: whether a question is answered at all, `Library.ask` tells.
"""

from collections.abc import Iterator
from datetime import date

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from retrieval.evidence import Candidate
from retrieval.library import Library
from retrieval.runs import run
from retrieval.sentences import Span
from retrieval.showing import in_turn
from retrieval.types import Question


class StatementRetriever(BaseRetriever):
    """The k best statements and passages of a library for a question, best first; of several asked, each in turn.

    `page_content` is whole sentences, `article.text[start:end]` letter for letter, and no two documents overlap in
    an article. `metadata` has the keys url, title, outlet, author, published, speaker, said_on, second_hand,
    start, end and score; days are ISO dates, and what is not known is None. A passage in the article's own words
    has no speaker. `person`, `since`, `until` and `as_of` restrict every question, as in `Question`; a question
    that restricts itself to a time ("since June") gets nothing else. Safe to use from several threads while the
    library is open. Raises OnrecordError.
    """

    library: Library
    k: int = Field(8, ge=1)
    person: str | None = None
    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        question = Question(query, self.person, self.since, self.until, self.as_of)
        with self.library.record.snapshot():
            understood, ranked = self.library.search(question)
        on_time = [c for c in ranked if not (understood.strict and c.features.off)]
        apart = _apart(in_turn(on_time, len(understood.asked)))
        return [_document(candidate, span) for (candidate, span), _ in zip(apart, range(self.k), strict=False)]


def _apart(ranked: list[Candidate]) -> Iterator[tuple[Candidate, Span]]:
    """Each candidate with the sentences that it shows; left out are those that overlap with a better one's."""
    shown: dict[int, list[Span]] = {}
    for candidate in ranked:
        start, end = run(candidate)
        taken = shown.setdefault(candidate.opened.id, [])
        if not any(low < end and start < high for low, high in taken):
            taken.append((start, end))
            yield candidate, (start, end)


def _document(candidate: Candidate, span: Span) -> Document:
    article, (start, end) = candidate.article, span
    said = candidate.statement.statement if candidate.statement else None
    return Document(
        id=f"{article.url}#{start}-{end}",
        page_content=article.text[start:end],
        metadata={
            "url": article.url,
            "title": article.title,
            "outlet": article.outlet,
            "author": article.author,
            "published": article.published and article.published.isoformat(),
            "speaker": said and said.speaker,
            "said_on": said and said.said_on and said.said_on.isoformat(),
            "second_hand": bool(said and said.second_hand),
            "start": start,
            "end": end,
            "score": candidate.score,
        },
    )
