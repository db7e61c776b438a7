"""Which embedding a library is made with, behind LangChain's interface, and the name that it is remembered by."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from retrieval.errors import ConfigurationError, ModelError
from retrieval.record import Vectors

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from retrieval.settings import Settings

T = TypeVar("T")
# The name of the embedding that needs no key.
MINILM = "all-MiniLM-L6-v2@53aa5117"
# OpenAI takes 2,048 texts and 300,000 tokens a request, and 8,191 tokens a text. A token is taken for three bytes,
# which counts a third too many (English has four or more). A tenth of the tokens is sent at once, so that a server
# without a GPU answers within TIMEOUT: on two cores all-MiniLM-L6-v2 embeds 6,900 tokens a second, and a model ten
# times as large 30,000 in 43 s.
INPUTS, TOKENS, BYTES = 2048, 30_000, 3
# Bytes: a text has never more tokens than these. Of 1,281 passages and statements the longest had 1,517.
LONGEST = 8191
# Seconds, and how often a provider's client asks again, as long after as Retry-After says. Nothing else retries.
TIMEOUT, RETRIES = 60.0, 2
_NOT_ONE_EACH = "The embedding model's answer is not one vector for each text."


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text that is embedded: where it stands in the text, and what it says alone."""

    spans: tuple[tuple[int, int], ...]
    alone: str


@runtime_checkable
class InContext(Protocol):
    """A model that embeds parts of a text as it reads them there."""

    def embed_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Sequence[tuple[int, int]]]]
    ) -> tuple[Vectors, list[Vectors]]: ...


@dataclass(frozen=True, slots=True)
class Embedder:
    """An embedding model and its name, with the revision where there is one. Two names never share a library."""

    name: str
    model: "Embeddings"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """float32 [len(texts), dimension], each of length 1. Raises ModelError."""
        found = [self._request(some) for some in _requests(texts)] or [_normalised([], 0)]
        if len({matrix.shape[-1] for matrix in found}) > 1:
            raise ModelError(_NOT_ONE_EACH)
        return np.concatenate(found)

    def _request(self, texts: list[str]) -> Vectors:
        return _normalised(_called(lambda: self.model.embed_documents(texts)), len(texts))

    def with_parts(self, texts: Sequence[str], parts: Sequence[Sequence[Part]]) -> tuple[Vectors, list[Vectors]]:
        """The texts' vectors, and for each text those of its parts [n, dimension]. Raises ModelError.

        A model that can embeds a part as it stands in its text; any other is given what the part says alone.
        """
        model = self.model
        if isinstance(model, InContext):
            spans = [[part.spans for part in its] for its in parts]
            whole, found = _called(lambda: model.embed_parts(texts, spans))
            return _normalised(whole, len(texts)), [_normalised(some, len(some)) for some in found]
        alone = list(dict.fromkeys([*texts, *(part.alone for its in parts for part in its)]))
        row = {text: n for n, text in enumerate(alone)}
        matrix = self.passages(alone)

        def rows(some: Iterable[str]) -> Vectors:
            picked: Vectors = matrix[np.array([row[text] for text in some], int)]
            return picked

        return rows(texts), [rows(part.alone for part in its) for its in parts]

    def question(self, text: str) -> Vectors:
        """float32 [dimension], of length 1. Raises ModelError."""
        vectors: Vectors = _normalised([_called(lambda: self.model.embed_query(_cut(text)))], 1)[0]
        return vectors


def embedder_name(settings: "Settings") -> str:
    """The name under which a library remembers the embedder that the settings choose; loads no model."""
    if settings.embedding:
        return settings.embedding
    return MINILM


def open_embedder(settings: "Settings") -> Embedder:
    """The embedder that the settings choose. Raises ConfigurationError or ModelError."""
    name = embedder_name(settings)
    if not settings.embedding:
        from retrieval.minilm import MiniLM

        return Embedder(name, MiniLM(settings.threads))
    return Embedder(name, _provider(settings))


def _provider(settings: "Settings") -> "Embeddings":
    from langchain.embeddings import init_embeddings

    options: dict[str, Any] = {}
    if settings.embedding and settings.embedding.startswith("openai:"):
        if settings.openai_api_key is None:
            raise ConfigurationError(
                "ONRECORD_EMBEDDING names an OpenAI model, but OPENAI_API_KEY is not set.",
                hint="See .env.example.",
            )
        options = {
            "api_key": settings.openai_api_key,
            # Text, not token numbers: other servers take no numbers, and to make them a tokenizer is downloaded.
            "check_embedding_ctx_length": False,
            "chunk_size": INPUTS,
            "timeout": TIMEOUT,
            "max_retries": RETRIES,
        }
        if settings.openai_base_url:
            options["base_url"] = settings.openai_base_url
    try:
        return init_embeddings(settings.embedding or "", **options)
    except (ImportError, ValueError) as error:
        raise ConfigurationError(
            f"ONRECORD_EMBEDDING names {settings.embedding}, which cannot be loaded here.",
            hint=f"{error}",
        ) from None


def _requests(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, in requests of at most INPUTS texts and about TOKENS tokens."""
    request: list[str] = []
    size = 0
    for text in map(_cut, texts):
        more = len(text.encode(errors="replace"))
        if request and (len(request) == INPUTS or size + more > TOKENS * BYTES):
            yield request
            request, size = [], 0
        request.append(text)
        size += more
    if request:
        yield request


def _cut(text: str) -> str:
    """As much of a text as every model of OpenAI's takes."""
    data = text.encode(errors="replace")
    return text if len(data) <= LONGEST else data[:LONGEST].decode(errors="ignore")


def _called(call: Callable[[], T]) -> T:
    """Providers raise many kinds of error; none of their texts is safe to show, for it may hold a key."""
    try:
        return call()
    except ModelError:
        raise
    except Exception as error:  # noqa: BLE001 - anything; nor may a log that shows the cause show its text
        raise ModelError(
            "The embedding model does not answer.", hint=f"{type(error).__name__} from the model; onrecord doctor."
        ) from None


def _normalised(vectors: Sequence[Sequence[float]] | Vectors, n: int) -> Vectors:
    """Raises ModelError for anything but n vectors of numbers, all as long as one another."""
    try:
        matrix = np.asarray(vectors, np.float32)
    except (TypeError, ValueError):
        matrix = np.empty(0, np.float32)
    if n and (matrix.ndim != 2 or len(matrix) != n or not matrix.size or not np.isfinite(matrix).all()):
        raise ModelError(_NOT_ONE_EACH)
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    lengths[lengths == 0] = 1
    scaled: Vectors = matrix / lengths
    return scaled
