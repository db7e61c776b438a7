"""A claim says who "he" is, in brackets, and is otherwise the article's own words."""

import re

import pytest
from retrieval_parts import article, said

from retrieval.standalone import standalone
from retrieval.types import Resolution, Statement


def told(text: str, content: str, source: str, speaker: str | None, how: Resolution) -> tuple[str, Statement]:
    start = text.index(source)
    statement = said(article("a", text), content, speaker, source=(start, start + len(source)), resolution=how)
    return text, statement


@pytest.mark.parametrize(
    ("text", "source", "how", "shown"),
    [
        ("He urged a higher levy.", "He", Resolution.PRONOUN, "He [Ben Stone] urged a higher levy."),
        (
            "The mayor urged a higher levy.",
            "The mayor",
            Resolution.ROLE,
            "The mayor [Ben Stone] urged a higher levy.",
        ),
        ("Stone urged a higher levy.", "Stone", Resolution.NAME, "Stone urged a higher levy."),
        ("Mayor Stone urged a higher levy.", "Mayor Stone", Resolution.ROLE, "Mayor Stone urged a higher levy."),
        ("He's for a higher levy.", "He", Resolution.PRONOUN, "He's for a higher levy."),
        (
            "Stone came, and he urged a higher levy.",
            "he",
            Resolution.PRONOUN,
            "Stone came, and he urged a higher levy.",
        ),
    ],
)
def test_who_speaks_stands_behind_what_he_is_called_where_no_name_does(
    text: str, source: str, how: Resolution, shown: str
) -> None:
    text, statement = told(text, "a higher levy", source, "Ben Stone", how)
    assert standalone(text, 0, len(text), [statement]) == shown


def test_without_the_brackets_it_is_the_articles_text() -> None:
    text = "She said no. “He said yes,” Quill told us. He added that the levy, he thought, was old."
    statements = [
        told(text, "no", "She", "Ada Quill", Resolution.PRONOUN)[1],
        told(text, "yes", "He", "Ben Stone", Resolution.PRONOUN)[1],
        told(text, "was old", "He added"[:2], "Ben Stone", Resolution.PRONOUN)[1],
    ]
    shown = standalone(text, 0, len(text), statements)
    assert re.sub(r" \[[^\]]*\]", "", shown) == text
    assert "“He said yes,”" in shown


def test_nobody_is_named_where_nobody_is_known() -> None:
    text, statement = told("He urged a higher levy.", "a higher levy", "He", None, Resolution.NONE)
    assert standalone(text, 0, len(text), [statement]) == text
