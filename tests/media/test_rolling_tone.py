"""Shares of tone over three months at a time."""

import numpy as np
import pytest

from coded_archive import coded_archive
from outcomes.media.coded import prepare_coded
from outcomes.media.pooled_shares import POOLED
from outcomes.media.rolling_tone import ROLLING, rolling_tone
from outcomes.media.tone import monthly_tone

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]


def rolling(archive, months=MONTHS):
    table, _ = prepare_coded(archive, period="month")
    return rolling_tone(table, months=months)


def true_share(archive, last, tone):
    at = MONTHS.index(last)
    rows = archive[archive["month"].isin(MONTHS[at - 2 : at + 1])]
    return (rows["truth"] == tone).mean()


@pytest.fixture(scope="module")
def archive():
    return coded_archive(5)


@pytest.fixture(scope="module")
def windows(archive):
    return rolling(archive)


def test_every_three_months_in_a_row_have_a_share(windows):
    assert [each.period for each in windows[::4]] == MONTHS[2:]
    assert {each.analysis for each in windows} == {ROLLING}
    assert {each.measure for each in windows[:4]} == {
        "tone_negative", "tone_neutral", "tone_positive", "net_tone",
    }  # fmt: skip
    assert all(each.method == POOLED for each in windows)
    assert all(f"three months to {each.period}" in each.term for each in windows)
    assert all(each.n == 36 for each in windows)


def test_the_true_shares_of_three_months_are_covered_by_narrower_intervals(archive, windows):
    negative = [each for each in windows if each.measure == "tone_negative"]
    truth = [true_share(archive, each.period, -1) for each in negative]
    inside = [e.low <= share <= e.high for e, share in zip(negative, truth, strict=True)]
    assert sum(inside) >= 8
    table, _ = prepare_coded(archive, period="month")
    monthly = [each for each in monthly_tone(table) if each.measure == "tone_negative"]
    width = [np.mean([each.high - each.low for each in some]) for some in (negative, monthly)]
    assert width[0] < width[1]


def test_no_window_reaches_over_a_month_that_is_left_out(archive):
    months = [month for month in MONTHS if month != "2025-06"]
    found = {each.period for each in rolling(archive, months)}
    assert found == {*MONTHS[2:5], *MONTHS[8:]}
    assert rolling(archive, ["2024-01", "2024-02"]) == []
    assert rolling(archive, MONTHS[:2]) == []


def test_a_window_says_which_of_its_months_has_no_codes(archive):
    silent = archive["month"] != "2025-05"
    bare = archive.assign(
        human_tone=archive["human_tone"].where(silent),
        probability=archive["probability"].where(silent),
    )
    told = {
        each.period
        for each in rolling(bare)
        if any("no article of 2025-05 was coded" in warning for warning in each.warnings)
    }
    assert told == {"2025-05", "2025-06", "2025-07"}
