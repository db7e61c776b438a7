"""Titles are no names; two forms are one person's only where surname and first name allow it."""

import pytest

from retrieval.names import same_name, untitled


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Rep. Mike Turner", "Mike Turner"),
        ("Ukrainian President Volodymyr Zelenskyy", "Volodymyr Zelenskyy"),
        ("Vice President Kamala Harris", "Kamala Harris"),
        ("Turner’s", "Turner"),
        ("Mike Turner of Ohio", "Mike Turner"),
        ("Bank of America", "Bank of America"),
        ("Robert Kennedy Jr.", "Robert Kennedy"),
        ("Meanwhile Ada Quill", "Ada Quill"),
        ("The", ""),
    ],
)
def test_a_name_stands_without_titles_and_what_goes_with_them(written: str, name: str) -> None:
    assert " ".join(untitled(written)) == name


@pytest.mark.parametrize(
    ("asked", "speaker"),
    [
        ("Turner", "Michael Turner"),
        ("turner", "Michael Turner"),
        ("Mike Turner", "Michael Turner"),
        ("Rep. Turner", "Mike Turner"),
        ("Bernie Sanders", "Bernard Sanders"),
        ("Volodymyr Zelenskyy", "Zelenskyy"),
        ("George Bush", "George W. Bush"),
    ],
)
def test_forms_of_one_name_may_mean_one_person(asked: str, speaker: str) -> None:
    assert same_name(asked, speaker)


@pytest.mark.parametrize(
    ("asked", "speaker"),
    [
        ("Nina Turner", "Mike Turner"),
        ("Turner", "Turnbull"),
        ("Kim", "Kimberly Ross"),
        ("Turner", "Ada Quill"),
        ("Tim Scott", "Tim Walz"),
        ("", "Ada Quill"),
        ("The", "Ada Quill"),
    ],
)
def test_different_names_never_mean_one_person(asked: str, speaker: str) -> None:
    assert not same_name(asked, speaker)
