"""Counts far below what is usual, and silences too long to be chance."""

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.long_silence import long_silences
from outcomes.stats.unusually_few import unusually_few


def test_the_chance_of_a_count_is_the_negative_binomial_tail():
    """All others equal: spread .04, and its own error .04 + 1/100 over four periods."""
    chance, usual = unusually_few([40, 100, 100, 100, 100], [30] * 5)
    size = 1 / (0.04 + (0.04 + 0.01) * np.pi / 2 / 4)
    assert usual[0] == pytest.approx(100)
    assert chance[0] == pytest.approx(stats.nbinom.cdf(40, size, size / (size + 100)))


def test_a_month_at_a_third_of_the_usual_number_is_found_and_others_are_not():
    counts = [61, 55, 70, 58, 19, 66, 49, 63]
    chance, usual = unusually_few(counts, [30] * 8)
    assert chance[4] < 0.001
    assert np.delete(chance, 4).min() > 0.05
    assert usual[4] == pytest.approx(61)


def test_few_days_looked_at_are_no_reason_for_suspicion():
    chance, usual = unusually_few([60, 60, 60, 60, 10], [30, 30, 30, 30, 5])
    assert usual[4] == pytest.approx(10)
    assert chance[4] > 0.4


def test_false_alarms_are_rare_where_counts_vary_as_counts_of_news_do():
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(200):
        rates = 40 * rng.gamma(25, 1 / 25, size=12)
        alarms += int((unusually_few(rng.poisson(rates), [30] * 12)[0] < 0.001).sum())
    assert alarms <= 12  # of 2,400 months


def test_too_few_periods_say_nothing():
    chance, usual = unusually_few([1, 50, 60], [30, 30, 30])
    assert np.isnan(chance).all()
    assert np.isnan(usual).all()
    assert np.isnan(unusually_few([5, 5, 5, 5, 5], [30, 0, 30, 30, 0])[0]).all()


@pytest.mark.parametrize(("counts", "exposure"), [([1, 2], [1]), ([-1], [1]), ([1], [np.nan])])
def test_what_is_no_count_is_refused(counts, exposure):
    with pytest.raises(DataError):
        unusually_few(counts, exposure)


def test_three_weeks_of_silence_of_a_daily_outlet_are_found():
    days = [day for day in range(180) if not 60 <= day <= 80]
    assert long_silences(days, last=179) == [(60, 80)]


def test_silence_before_the_first_and_after_the_last_is_found():
    assert long_silences(range(60, 120), last=179) == [(0, 59), (120, 179)]


def test_a_weekly_paper_that_misses_an_issue_is_not_silent():
    days = [day for day in range(0, 364, 7) if day != 182]
    assert long_silences(days, last=363) == []


def test_few_days_tell_nothing_of_silence():
    assert long_silences(range(9), last=400) == []
    assert long_silences([], last=400) == []


def test_silences_are_found_by_chance_in_fewer_than_one_outlet_in_a_hundred():
    rng = np.random.default_rng(7)
    false = 0
    for _ in range(500):
        days = np.flatnonzero(rng.random(365) < 0.3)
        false += bool(long_silences(days, last=364))
    assert false <= 5


def test_a_day_outside_is_refused():
    with pytest.raises(DataError, match="between 0 and 9"):
        long_silences([10], last=9)
