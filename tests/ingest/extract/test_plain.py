"""Plain text: what is joined, what becomes the title, what a saved page loses and what it never loses."""

from datetime import date
from pathlib import Path

import pytest

from ingest.extract import plain
from ingest.extract.draft import Draft, Refusal

FIRST = (
    "The harbor council should double the levy on cargo before the winter, Mayor Dana Fields (I-Quay) said on "
    "Tuesday, because the sea wall cannot wait for another year of talks."
)
SECOND = "“I will not sign a budget without the wall,” Fields told the council, which votes in April."
THIRD = "Councilman Roy Pike called the plan a mistake and asked for a second opinion from the port’s engineers."


def extracted(text: str) -> Draft:
    draft = plain.extract(text.encode())
    assert isinstance(draft, Draft), draft
    return draft


def page(*lines: str) -> Draft:
    return extracted("\n".join(["Mayor Wants Harbor Levy Doubled", "", *lines, FIRST, "", SECOND, THIRD]))


def test_hard_wrapped_lines_become_paragraphs() -> None:
    wrapped = (
        "The harbor council should double the levy on cargo before the winter,\n"
        "Mayor Dana Fields said on Tuesday, because the sea wall cannot wait for\n"
        "another year of talks.\n\n"
        "The council will vote on her plan in April, after the engineers of the\n"
        "port have given their opinion on it.\n"
    )
    assert extracted(wrapped).text == (
        "The harbor council should double the levy on cargo before the winter, Mayor Dana Fields said on Tuesday, "
        "because the sea wall cannot wait for another year of talks.\n\n"
        "The council will vote on her plan in April, after the engineers of the port have given their opinion "
        "on it."
    )


def test_an_indented_line_begins_a_paragraph_of_wrapped_text() -> None:
    wrapped = (
        "   The harbor council should double the levy on cargo before winter,\n"
        "the mayor said on Tuesday, because the wall cannot wait for a year.\n"
        "   The council will vote on her plan in April, after the engineers of\n"
        "the port have given their opinion on it and on its price.\n"
    )
    assert len(extracted(wrapped).text.split("\n\n")) == 2


def test_a_line_for_each_paragraph_stays_a_paragraph() -> None:
    assert extracted(f"{FIRST}\n{SECOND}\n{THIRD}").text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_short_sentences_on_their_own_lines_are_not_joined() -> None:
    lines = [f"Speaker {n} said that the levy was right and should pass now." for n in range(6)]
    assert extracted("\n".join(lines)).text == "\n\n".join(lines)


def test_a_short_first_line_before_a_blank_line_is_the_title() -> None:
    draft = extracted(f"Mayor Wants Harbor Levy Doubled\n\n{FIRST}\n\n{SECOND}")
    assert (draft.title, draft.text) == ("Mayor Wants Harbor Levy Doubled", f"{FIRST}\n\n{SECOND}")


@pytest.mark.parametrize("first", ["Short sentence that ends.", "Dear all,", FIRST])
def test_a_first_line_that_is_a_sentence_is_no_title(first: str) -> None:
    draft = extracted(f"{first}\n\n{FIRST}\n\n{SECOND}")
    assert draft.title is None
    assert draft.text.startswith(first)


def test_text_that_is_no_saved_page_keeps_every_line() -> None:
    lines = [FIRST, "Home", "Search", SECOND, "October 3, 2024", THIRD]
    assert extracted("\n\n".join(lines)).text == "\n\n".join(lines)


def test_a_saved_page_gives_its_headline_byline_and_body() -> None:
    draft = extracted(
        "Mayor Wants Harbor Levy Doubled\n\nThe council is to vote on it in April.\n"
        "Mayor Wants Harbor Levy Doubled\n"
        "Mayor Dana Fields walks along the docks on June 3, 2023. (Jo Marsh/Getty Images\nAda Quill\n"
        "Updated:\n0:00\n\n"
        f"{FIRST}\n\n{SECOND}\n{THIRD}"
    )
    assert draft.title == "Mayor Wants Harbor Levy Doubled"
    assert draft.author == "Ada Quill"
    assert draft.text == f"The council is to vote on it in April.\n\n{FIRST}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize(
    "line",
    [
        "Share",
        "Advertisement",
        "Read more",
        "Read more: Ferry fares to rise",
        "Updated:",
        "Updated: Oct. 24, 2024 at 10:15 a.m. ET",
        "Last updated on 3 March 2024, 09:30 GMT",
        "0:00",
        "0:00 / 4:31",
        "5 min read",
        "Sign up for our newsletter",
        "Sign up for our daily newsletter to get the news from the docks.",
        "© 2024 Quay Post. All rights reserved.",
        "Copyright 2024 The Quay Post",
        "Photo by Jo Marsh/Reuters",
        "A ferry leaves the port. (AP Photo/Jo Marsh)",
        "A ferry leaves the port of Quay on Monday, May 3. Jo Marsh/AFP via Getty Images",
        "We use cookies to make this site work.",
        "Facebook Twitter Email",
        "Follow us on X for more",
        "12 comments",
    ],
)
def test_furniture_of_a_page_goes(line: str) -> None:
    assert page("Share this article", line).text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize(
    "line",
    [
        "Copyright law needs a reform that protects authors, the senator said in 2024.",
        "“Sign up for our newsletter,” the mayor joked as she left.",
        "A sign reads “stop the levy now” at the port. (Jo Marsh/Reuters)",
        "She updated the council on the plan.",
        "Read more carefully, the bill says the opposite.",
        "The plan was first reported by Reuters.",
        "A Reuters/Ipsos poll showed the mayor ahead of all others in the city.",
        "The levy would be the first of its kind on the coast. (AP)",
        "Share prices fell after the vote.",
        "By Monday evening the council had no plan.",
        "We use cookies and milk as bait, the fishermen said.",
        "Published figures show a deficit of 3 million.",
        "May 2024 was the warmest on record for the port.",
        "Subscribe to the theory or not, the newsletter said.",
        "Photo of the year or not, the picture moved her.",
    ],
)
def test_a_line_of_the_article_stays(line: str) -> None:
    assert line in page("Share this article", line).text


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Ada Quill", "Ada Quill"),
        ("By Ada Quill and José de la Cruz", "Ada Quill, José de la Cruz"),
        ("By Ada Quill, Staff Writer", "Ada Quill"),
        ("BY ADA QUILL | Oct. 3, 2024", "ADA QUILL"),
        ("By Martin L. O’Brien Jr.", "Martin L. O’Brien Jr."),
        ("By Reuters", None),
    ],
)
def test_a_byline_names_the_author_and_leaves_the_text(line: str, author: str | None) -> None:
    draft = page(line)
    assert draft.author == author
    assert line not in draft.text


@pytest.mark.parametrize(
    "line", ["White House", "Load More", "World News", "Harbor Levy Plan Of Mayor Fields Again"]
)
def test_capitalised_lines_of_a_page_are_not_authors(line: str) -> None:
    assert page("Updated:", line, "0:00").author is None


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Published: Oct. 3, 2024 at 10:15 a.m. ET", date(2024, 10, 3)),
        ("October 3, 2024", date(2024, 10, 3)),
        ("Published 3 March 2024 | Updated 5 March 2024", date(2024, 3, 3)),
        ("Updated: Oct. 3, 2024", None),
        ("Oct. 3", None),
    ],
)
def test_the_day_of_publication_is_read_but_never_guessed(line: str, published: date | None) -> None:
    assert page("By Ada Quill", line).published == published


def test_menus_and_sections_above_the_headline_go() -> None:
    draft = extracted(
        f"Skip to content\nMenu\nWorld\nMayor Wants Levy Doubled\nBy Ada Quill\nShare\n{FIRST}\n{SECOND}"
    )
    assert (draft.title, draft.text) == ("Mayor Wants Levy Doubled", f"{FIRST}\n\n{SECOND}")


def test_lists_of_other_articles_go_until_the_text_goes_on() -> None:
    draft = extracted(
        f"Mayor Wants Levy\n\nShare\n{FIRST}\nRelated Stories\nFerry fares rise\nPort strike ends\n{SECOND}"
    )
    assert draft.text == f"{FIRST}\n\n{SECOND}"


def test_too_few_words_are_no_article() -> None:
    assert plain.extract(b"Only a few words here.") == Refusal("no article text was found in it")


def test_line_ends_and_control_characters_are_made_plain() -> None:
    assert extracted(f"{FIRST}\r\n\r\n{SECOND}\x0c{THIRD}").text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_the_shared_saved_page_gives_its_article() -> None:
    saved = Path(__file__).parents[3].parent / "shared" / "articles" / "turner.txt"
    if not saved.exists():
        pytest.skip("the shared article is not here")
    text = saved.read_text(encoding="utf-8")
    draft = extracted(text)
    assert draft.title == text.split("\n", 1)[0]
    assert draft.author == "Bill Pan"
    parts = draft.text.split("\n\n")
    assert len(parts) == 17
    assert all(part in text for part in parts)
    assert not any(mark in draft.text for mark in ("Getty", "Updated", "0:00", draft.title or "-"))
