"""What an extractor gives back: a draft, or a refusal with its reason. Values only, no format and no file."""

from dataclasses import dataclass
from datetime import date

# Fewer words than this are a stub, a caption or an error page: the shortest briefs of news agencies have more.
FEWEST_WORDS = 25

NO_TEXT = "no article text was found in it"


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as far as its file tells it; the rest comes from the person or stays unknown."""

    text: str
    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file gives no article, lower case, in words for the person who gave it."""

    reason: str


def enough(draft: Draft) -> Draft | Refusal:
    """The draft, or a refusal where its text is too short to be an article."""
    if len(draft.text.split()) < FEWEST_WORDS:
        return Refusal(NO_TEXT)
    return draft
