"""The picture of a change by time since the start, and where the report shows it."""

import re
from dataclasses import replace

import pytest

from outcomes.analyses.panel_table import panel_of_table
from outcomes.analyses.staggered import staggered
from outcomes.errors import DataError
from outcomes.report.event_plot import draw_event_study, since_start
from outcomes.report.plan_section import plan_section
from outcomes.report.plots import BLUE, GRAY
from outcomes.simulate.monthly_calls import generated_calls


@pytest.fixture(scope="module")
def found():
    starts = {f"place {n}": (5, 7, 9, 0)[n % 4] for n in range(1, 13)}
    table = generated_calls(starts, change=-3.0, months=12)
    panel = panel_of_table(table, "calls", unit="place", time="month", start="began")
    return staggered(panel)


@pytest.mark.parametrize(
    ("period", "read"),
    [
        ("3 months before the start", (-3, "month")),
        ("1 period after the start", (1, "period")),
        ("the week of the start", (0, "week")),
        ("2025-01 to 2026-02", None),
        ("3 months before the start of term", None),
    ],
)
def test_the_distance_from_the_start_is_read_from_the_period(period, read):
    assert since_start(period) == read


def test_each_time_since_the_start_is_drawn_once_and_the_average_is_not(found):
    picture = draw_event_study(found, title="Calls")
    times = [since_start(each.period) for each in found]
    before = sum(1 for each in times if each is not None and each[0] < 0)
    after = sum(1 for each in times if each is not None and each[0] >= 0)
    assert times[0] is None
    assert before > 3
    assert after > 3
    lines = re.findall(
        r'<path d="M [^"]+" clip-path[^>]*style="fill: none; stroke: (#\w+)', picture
    )
    assert lines.count(GRAY.lower()) == before
    assert lines.count(BLUE.lower()) == after
    assert picture == draw_event_study(found, title="Calls")


def test_without_a_time_since_the_start_nothing_is_drawn(found):
    with pytest.raises(DataError, match="no estimate says"):
        draw_event_study(found[:1], title="Calls")


def test_the_report_shows_it_where_the_plan_names_staggered_starts(found):
    named = [replace(each, measure="tips_received") for each in found]
    account = (("frozen", "The plan was frozen on 2025-05-02."),)
    section = plan_section(account, public=True, answers=named)
    assert section is not None
    assert len(section.figures) == 1
    assert len(section.tables[0].rows) == 1
    plain = plan_section(account, public=True, answers=named[:1])
    assert plain is not None
    assert not plain.figures
