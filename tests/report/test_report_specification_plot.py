"""The picture of one comparison in every way: all ways and choices, no color for good or bad."""

import re
from dataclasses import replace

import pytest

from outcomes.estimate import Estimate
from outcomes.report import plots
from outcomes.report.document import evaluation_report
from outcomes.report.parts import Heading
from outcomes.report.specification_plot import (
    choices_of,
    draw_specifications,
    folded_specifications,
    specification_caption,
)
from outcomes.report.tables import comparison_table


def estimate(value, *, term, analysis="specification", measure="complaints"):
    return Estimate(
        term=term, value=value, low=value - 2, high=value + 2, n=8, unit="complaints", method="m",
        analysis=analysis, measure=measure,
    )  # fmt: skip


def curve(*, turned=1):
    summary = estimate(turned * 2.5, term="Complaints: median", analysis="specification curve")
    each = [
        estimate(
            turned * value,
            term="Complaints: 6 months before, start month counted, difference, mean of months, "
            f"{whom}",
        )
        for value, whom in (
            (1, "all comparison places"),
            (3, "without Hill, Dale"),
            (4, "without C"),
        )
    ]
    return summary, each


@pytest.mark.parametrize("turned", [1, -1])
def test_no_direction_has_a_color_of_its_own(turned) -> None:
    summary, ways = curve(turned=turned)
    svg = draw_specifications(summary, ways)
    colors = {each.upper() for each in re.findall(r"#[0-9a-fA-F]{6}\b", svg)}
    allowed = {plots.BLUE, plots.GRAY, plots.INK, "#999999", "#FFFFFF", "#000000"}
    assert colors <= {each.upper() for each in allowed}


def test_the_same_ways_give_the_same_picture_in_any_order_with_every_value_in_it() -> None:
    summary, ways = curve()
    assert draw_specifications(summary, ways) == draw_specifications(summary, ways)
    assert draw_specifications(summary, ways) != draw_specifications(summary, ways[:2])


def test_the_choices_of_a_way_are_read_from_its_term_and_a_name_may_hold_a_comma() -> None:
    _, ways = curve()
    assert choices_of(ways[1]) == [
        "6 months before", "start month counted", "difference", "mean of months",
        "without Hill, Dale",
    ]  # fmt: skip


def test_the_caption_says_in_words_what_the_picture_shows() -> None:
    told = specification_caption(*curve())
    assert "Complaints from community members: each column is one way of comparing" in told
    assert "(2 of 3)" in told
    assert "+2.5 complaints, and 3 of 3 point the same way" in told


def test_the_caption_says_where_all_ways_together_tell_nothing() -> None:
    summary, ways = curve()
    tested = replace(summary, low=0.5, high=4.5)
    none = replace(tested, warnings=("no test is possible with 2 against 2 places",))
    said = "a filled point by itself says nothing"
    assert said in specification_caption(none, ways)
    assert said not in specification_caption(tested, ways)


def test_an_endless_interval_gets_an_arrow_and_does_not_flatten_the_others(monkeypatch) -> None:
    summary, ways = curve()
    assert "with an arrow" not in specification_caption(summary, ways)
    ways[0] = replace(ways[0], low=-900.0)
    assert "with an arrow where it is longer" in specification_caption(summary, ways)
    monkeypatch.setattr(plots, "svg_of", lambda figure: figure.axes[0].get_ylim()[0])
    assert -10 < draw_specifications(summary, ways) < 0


def test_it_stands_folded_below_the_comparison_and_not_where_none_was_made() -> None:
    heading = Heading(
        name="S", agency="A", first="2025-01-01", last="2025-12-31", generated="", question="Q?",
        primary="complaints", community_part="", start="2025-05", places={"a": "A"},
        focus=("a",), comparison=(), events=(), public=False, floor=0, withheld=0, version="1",
        made="2026-01-01", fingerprint="0",
    )  # fmt: skip
    summary, ways = curve()
    told = [estimate(2, term="Complaints", analysis="panel")]
    html = evaluation_report(heading, told, untold=[], curves={"complaints": [summary, *ways]})
    place = html.index("<summary>Would another way of comparing tell something else?</summary>")
    assert html.index("Change beyond the comparison places") < place
    assert "Would another way" not in evaluation_report(heading, told, untold=[])
    other = evaluation_report(heading, told, untold=[], curves={"tips_received": [summary, *ways]})
    assert "Would another way" not in other
    assert folded_specifications({}) == ()


def test_a_caution_that_concerns_one_measure_names_it() -> None:
    one = estimate(2, term="Complaints", analysis="panel")
    other = estimate(2, term="Tips", analysis="panel", measure="tips_received")
    told = [replace(one, warnings=("of both", "of one")), replace(other, warnings=("of both",))]
    assert comparison_table(told, primary="", caption="x").cautions == (
        "Of both",
        "Complaints from community members: of one",
    )
