"""Dates: whole dates in the forms that sources use, nothing made up."""

from datetime import date

import pytest

from ingest.extract.dates import day


@pytest.mark.parametrize(
    "written",
    ["2024-03-05", "2024-03-05T23:30:00-05:00", "2024-03-05T00:10:00Z", "20240305", "March 5, 2024", "5 Mar 2024",
     "Tue, 05 Mar 2024 10:00:00 EST", "03/05/2024", "2024/03/05", "Mar. 5, 2024 at 10:15 a.m. ET", " 2024-03-05 "],
)  # fmt: skip
def test_the_day_is_as_written_in_the_writers_time_zone(written: str) -> None:
    assert day(written) == date(2024, 3, 5)


@pytest.mark.parametrize(
    "written",
    ["", "2024", "March 2024", "March 5", "10:30", "yesterday", "2024-13-45", "Tuesday", "x" * 5000, "9" * 30],
)
def test_what_is_no_whole_date_is_none(written: str) -> None:
    assert day(written) is None
