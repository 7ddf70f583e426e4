"""Trends are said in words that stay honest with small counts, and gaps day by day."""

from datetime import date

import pytest

from outcomes.engagement.continuity import gaps
from outcomes.engagement.count_trends import standing_in_words, trend_in_words
from outcomes.errors import DataError
from outcomes.pipeline.level_evidence import share_trend

FLAT = [20] * 6


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([None] * 12, "no record"),
        ([4, *[None] * 11], "no record in the last six months"),
        ([0, 1, 1, 2, 2, 2],
         "6 in the last three months, 2 in the three before: too few to tell"),
        ([0] * 6, "0 in the last three months, 0 in the three before: too few to tell"),
        ([None, None, None, 4, 5, 6],
         "15 in the last three months, no record in the three before: 3 of the six months hold no "
         "record, so they cannot be compared"),
        ([40, 40, None, 4, 5, 6],
         "15 in the last three months, 80 in the three before: 1 of the six months holds no "
         "record, so they cannot be compared"),
        ([*FLAT, 20, 20, 20, 21, 22, 20],
         "63 in the last three months, 60 in the three before: cannot tell a change from chance"),
        ([*FLAT, 20, 20, 20, 60, 62, 60],
         "182 in the last three months, 60 in the three before: rose"),
        ([*FLAT, 60, 62, 60, 20, 20, 20],
         "60 in the last three months, 182 in the three before: fell"),
        ([2, 90, 1, 60, 3, 1, 1, 2, 90, 70, 100, 2],
         "172 in the last three months, 93 in the three before: cannot tell a change from chance"),
    ],
)  # fmt: skip
def test_a_trend_is_claimed_only_where_chance_does_not_explain_it(values, said) -> None:
    assert trend_in_words(values, ambiguous=False) == said


def test_a_rise_that_can_be_good_or_bad_is_called_neither() -> None:
    said = trend_in_words([*FLAT, 20, 20, 20, 60, 62, 60], ambiguous=True)
    assert said.endswith(": rose (can be good or bad news)")


def test_fewer_than_six_months_are_not_compared() -> None:
    assert "2 of the six months hold no record" in trend_in_words([9, 9, 9, 9], ambiguous=False)


def test_what_goes_on_is_said_as_it_stands() -> None:
    assert standing_in_words([1, 2, None, 3]) == (
        "3 going on in the last month, 1 three months earlier"
    )
    assert standing_in_words([None, None]) == "no record"
    assert standing_in_words([2, None]).startswith("no record in the last month")


def test_shares_are_compared_with_their_errors() -> None:
    calm = [(0.3, 0.1)] * 3
    assert share_trend([*calm, *[(0.4, 0.1)] * 3], ambiguous=False).endswith("from chance")
    assert share_trend([*calm, *[(0.9, 0.01)] * 3], ambiguous=True).endswith(
        ": rose (can be good or bad news)"
    )
    unknown = [(0.3, float("nan"))] * 3
    assert share_trend([*unknown, *[(0.9, 0.01)] * 3], ambiguous=False).endswith("from chance")
    assert "a month is missing" in share_trend([None, *calm[:2], *calm], ambiguous=False)
    assert share_trend([*[None] * 3, *calm], ambiguous=False).startswith("no record")


def test_gaps_are_found_at_both_ends_and_between() -> None:
    days = [date(2025, 2, 1), date(2025, 2, 1), date(2025, 2, 20), date(2025, 4, 1)]
    found = gaps(days, first=date(2025, 1, 1), last=date(2025, 5, 1), weeks=4)
    assert [(gap.first, gap.last, gap.weeks, gap.open) for gap in found] == [
        (date(2025, 1, 1), date(2025, 1, 31), 4, False),
        (date(2025, 2, 21), date(2025, 3, 31), 5, False),
        (date(2025, 4, 2), date(2025, 5, 1), 4, True),
    ]
    assert found[-1].words() == "4 weeks from 2025-04-02 and it goes on"


def test_a_gap_is_as_long_as_asked_for_or_none() -> None:
    where = {"first": date(2025, 1, 1), "last": date(2025, 1, 28)}
    assert len(gaps([], weeks=4, **where)) == 1
    assert gaps([], weeks=5, **where) == []
    assert gaps([date(2025, 1, 28)], weeks=4, **where) == []
    with pytest.raises(DataError):
        gaps([], weeks=0, **where)
