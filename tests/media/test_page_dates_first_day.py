"""A page that only tells a year or a month is not dated to the first day of it."""

from datetime import UTC, datetime

import pytest

from outcomes.media.extraction import extract_page
from outcomes.media.page_dates import Reading

READING = Reading(seen=datetime(2026, 3, 2, tzinfo=UTC), zone="America/New_York")


def published(words: str) -> str:
    text = "<p>Officers walked through the park and spoke with residents. </p>" * 12
    page = f"<title>A walk in the park</title><h1>A walk in the park today</h1>{words}{text}"
    return extract_page(page.encode(), reading=READING).published


@pytest.mark.parametrize(
    "words",
    [
        "<p>Officers walked the street in 2019.</p>",
        "<footer>© 2024 Courier</footer>",
        "<p>In March 2025 officers walked.</p>",
        "<img src='/wp-content/uploads/2025/03/a.jpg'>",
        "<meta property='article:published_time' content='2026-03-31T18:00:00+00:00'>",
    ],
)
def test_a_month_or_a_year_is_no_day(words: str):
    assert published(words) == ""


@pytest.mark.parametrize(
    "words",
    [
        "<p>January 1, 2025: officers walked.</p>",
        "<p>Jan. 1st, 2025: officers walked.</p>",
        "<p>1 January 2025: officers walked.</p>",
        "<p>Posted 01/01/2025</p>",
        "<p>Posted 2025-01-01</p>",
        "<img src='/photos/20250101/a.jpg'><p>Posted 20250101</p>",
    ],
)
def test_the_first_of_a_month_that_is_told_is_a_day(words: str):
    assert published(words) == "2025-01-01"
