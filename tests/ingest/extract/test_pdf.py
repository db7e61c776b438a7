"""PDF: paragraphs out of lines, without heads and page numbers; scans, passwords and damage are refused."""

import pytest
from fpdf import FPDF

from ingest.extract import pdf
from ingest.extract.draft import Draft, Refusal

SENTENCE = (
    "The council of {0} should double the levy before winter, the mayor of {0} said on Tuesday, because the wall "
    "of {0} cannot wait for another year of talks between the port and the state. "
)
TOWNS = ["Quay", "Upper Marsh Harbor", "Lee", "Fort Saint Ann by the Sea"]


def paragraph_of(page: int, number: int) -> str:
    return f"Point {page}{number}. {SENTENCE.format(TOWNS[page - 1]) * 3}It was late."


def document(
    pages: int = 1, *, title: str | None = None, head: str | None = None, locked: str | None = None
) -> bytes:
    made = FPDF()
    made.set_font("helvetica", size=11)
    if title:
        made.set_title(title)
        made.set_author("Ada Quill")
    for number in range(1, pages + 1):
        made.add_page()
        if head:
            made.cell(0, 10, f"{head} {number}", new_x="LMARGIN", new_y="NEXT")
        for paragraph in range(2):
            made.multi_cell(0, 6, paragraph_of(number, paragraph), new_x="LMARGIN", new_y="NEXT")
            made.ln(6)
        if head:
            made.cell(0, 10, f"{number}", align="C")
    if locked:
        made.set_encryption(owner_password="o" + locked, user_password=locked)
    return bytes(made.output())


def extracted(data: bytes) -> Draft:
    draft = pdf.extract(data)
    assert isinstance(draft, Draft), draft
    return draft


def test_lines_become_paragraphs() -> None:
    parts = extracted(document()).text.split("\n\n")
    assert [part.split(".")[0] for part in parts] == ["Point 10", "Point 11"]
    assert "\n" not in parts[0]


def test_title_and_author_come_from_the_files_metadata() -> None:
    draft = extracted(document(title="Harbor levy"))
    assert (draft.title, draft.author) == ("Harbor levy", "Ada Quill")


def test_a_word_processors_own_title_is_none() -> None:
    assert extracted(document(title="Microsoft Word - levy.docx")).title is None


def test_running_heads_and_page_numbers_go() -> None:
    text = extracted(document(4, head="Quay Post, page")).text
    assert text.split("\n\n") == [paragraph_of(page, number) for page in (1, 2, 3, 4) for number in (0, 1)]


def test_numbers_within_the_text_stay() -> None:
    lines = ["Head", "The wall costs", "3", "million, and so on.", "It is high.", "7"]
    assert pdf.without_running_heads([lines]) == lines[:-1]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["The com-", "mittee met."], "The committee met."),
        (["A long-term plan is a long-", "term plan."], "A long-term plan is a long-term plan."),
        (["The Biden-", "Harris plan."], "The Biden-Harris plan."),
        (["From 3-", "4 people."], "From 3- 4 people."),
    ],
)
def test_a_word_broken_at_a_line_end_is_made_whole(lines: list[str], joined: str) -> None:
    assert pdf.paragraphs(lines) == [joined]


def test_a_password_is_asked_for_by_a_refusal() -> None:
    refused = pdf.extract(document(locked="levy"))
    assert refused == Refusal("an encrypted PDF; save it without a password")


def test_a_scan_is_refused() -> None:
    blank = FPDF()
    blank.add_page()
    refused = pdf.extract(bytes(blank.output()))
    assert isinstance(refused, Refusal)
    assert "scan" in refused.reason


@pytest.mark.parametrize("cut", [9, 200, 700, -300])
def test_damage_is_refused_without_a_word_to_the_user(cut: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert isinstance(pdf.extract(document()[:cut]), Refusal | Draft)
    assert isinstance(pdf.extract(b"no PDF at all " * 50), Refusal)
    assert capfd.readouterr() == ("", "")
