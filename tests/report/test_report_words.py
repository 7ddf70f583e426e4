from dataclasses import replace
from math import inf

import pytest

from outcomes.estimate import Estimate
from outcomes.report.tables import change_of, interval_of
from outcomes.report.words import (
    CANNOT_TELL,
    as_shown,
    change_sentence,
    conclusion,
    month_name,
    number,
    reading,
    signed,
    why_not,
)
from outcomes.stats.wording import has_limits, refused


def estimate(low, high, *, p=None, measure="trust", unit="points", warnings=()):
    return Estimate(
        term="t", value=(low + high) / 2, low=low, high=high, p=p, n=30, unit=unit,
        method="m", measure=measure, warnings=warnings,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (estimate(0.1, 0.5), "rose"),
        (estimate(-0.5, -0.1), "fell"),
        (estimate(-0.1, 0.5), CANNOT_TELL),
        (estimate(0.1, 0.5, p=0.01), "rose"),
        (estimate(0.1, 0.5, p=0.2), CANNOT_TELL),
        (estimate(0.1, 0.5, warnings=("no test is possible with 2 against 2",)), CANNOT_TELL),
    ],
)
def test_a_direction_is_claimed_only_where_interval_test_and_design_allow_it(made, said):
    assert conclusion(made) == said


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("trust", "rose (better)"),
        ("worry_about_crime", "rose (worse)"),
        ("complaints", "rose (can be good or bad news)"),
        ("crime_reports", "rose (can be good or bad news)"),
    ],
)
def test_complaints_and_recorded_crime_are_never_called_good_or_bad(measure, said):
    assert reading(estimate(0.1, 0.5, measure=measure)) == said


def test_a_reader_is_told_why_the_data_cannot_tell():
    assert why_not(estimate(-0.1, 0.5)) == (
        "The data fit anything from \u22120.10 to +0.50 points, and zero lies inside."
    )
    blocked = estimate(0.1, 0.5, warnings=("no test is possible with 2 against 2 places",))
    assert why_not(blocked) == "No test is possible with 2 against 2 places."


@pytest.mark.parametrize(("unit", "said"), [("points", "+3.00"), ("times as many tips", "3.00")])
def test_a_figure_that_was_refused_is_shown_as_it_was_seen_without_limits(unit, said):
    made = refused(
        replace(estimate(1, 5, unit=unit), p=0.01), "of this change. Needed: more months"
    )
    assert made.p is None
    assert not has_limits(made)
    assert conclusion(made) == CANNOT_TELL
    assert change_sentence(made) == f"{said} {unit} (as it was seen, no limits can be told)"
    assert why_not(made) == "No test is possible of this change. Needed: more months."
    assert "inf" not in change_of(made) + interval_of(made)
    assert change_of(made).endswith(f"{said}</data> {unit} (as it was seen, no limits can be told)")
    assert interval_of(made) == "as it was seen, no limits can be told"


def test_limits_on_one_side_are_limits():
    assert has_limits(estimate(1, 5))
    assert has_limits(replace(estimate(1, 5), high=inf))
    assert has_limits(replace(estimate(1, 5, unit="times as many tips"), high=inf))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.2345, "share of articles", "23%"),
        (1234.0, "walks", "1,234"),
        (12.34, "tips a month", "12.3"),
        (0.456, "points", "0.46"),
        (3.0, "walks", "3"),
        (float("nan"), "walks", "n/a"),
        (-0.002, "share of articles", "0%"),
        (-0.001, "points", "0.00"),
        (-0.04, "tips a month", "0.0"),
        (-0.22, "share of articles", "\u221222%"),
        (-1234.0, "walks", "\u22121,234"),
    ],
)
def test_numbers_are_rounded_as_their_unit_wants_it(value, unit, text):
    assert number(value, unit) == text


@pytest.mark.parametrize("value", [0.025, 0.225, 0.125, -0.225, 0.345, -0.005])
def test_a_public_report_rounds_a_share_as_the_internal_one_does(value):
    assert number(as_shown(value, "share"), "share") == number(value, "share")
    assert signed(as_shown(value, "share"), "share") == signed(value, "share")


def test_a_change_carries_its_sign_its_unit_and_its_interval():
    assert change_sentence(estimate(0.1, 0.5)) == "+0.30 points (+0.10 to +0.50)"


def test_a_change_of_a_share_is_in_percentage_points():
    made = estimate(0.1, 0.5, unit="share", measure="victimization_reported")
    assert change_sentence(made) == "+30 percentage points (+10 to +50)"


def test_months_are_written_as_people_say_them():
    assert [month_name("2026-03"), month_name("2026-W14"), month_name("pre")] == [
        "Mar 2026", "2026-W14", "pre",
    ]  # fmt: skip


def test_a_ratio_has_no_sign_and_keeps_its_decimals():
    assert signed(0.234, "times as many tips") == "0.23"
    assert as_shown(0.234, "times as many tips") == 0.23
