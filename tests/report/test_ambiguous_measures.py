"""What can be good or bad news has neither color nor verdict, in words, tables and figures (1E)."""

import re

import pytest
from matplotlib.colors import to_hex

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report import plots, tables
from outcomes.report.changes_table import changes_table
from outcomes.report.document import evaluation_report
from outcomes.report.parts import Heading
from outcomes.report.words import change_sentence, reading

AMBIGUOUS = [code for code, known in MEASURES.items() if known.direction == "ambiguous"]
VERDICT = re.compile(r"\b(better|worse|improv\w*|worsen\w*|success\w*|good news|bad news)\b")
NEUTRAL = {plots.BLUE, plots.GRAY, plots.INK}
MONTHS = [f"2025-{month:02}" for month in range(1, 9)]


def changed(measure, by, *, analysis="panel"):
    return Estimate(
        term=measure, value=by, low=by - 1, high=by + 1, p=0.001, n=40,
        unit=MEASURES[measure].unit, method="m", analysis=analysis, measure=measure, place="a",
    )  # fmt: skip


def monthly(measure, *, rising):
    values = range(1, 9) if rising else range(8, 0, -1)
    return [
        Estimate(
            term="mean",
            value=value + shift,
            low=value + shift,
            high=value + shift,
            n=2,
            unit=MEASURES[measure].unit,
            method="count",
            analysis="series",
            measure=measure,
            place=place,
            period=month,
        )
        for place, shift in (("focus", 3), ("comparison", 0))
        for month, value in zip(MONTHS, values, strict=True)
    ]


def without_the_only_allowed_words(text):
    return text.replace("can be good or bad news", "").replace("never called better or worse", "")


def colors(svg):
    return {each.upper() for each in re.findall(r"#[0-9a-fA-F]{6}\b", svg)}


def test_the_registry_holds_what_section_1e_names() -> None:
    assert {"complaints", "crime_reports", "complaints_force", "incidents"} <= set(AMBIGUOUS)
    assert all(MEASURES[code].direction == "ambiguous" for code in MEASURES if "complaint" in code)
    assert all(MEASURES[code].direction == "ambiguous" for code in MEASURES
               if code.startswith("crime_reports"))  # fmt: skip


@pytest.mark.parametrize("measure", AMBIGUOUS)
@pytest.mark.parametrize("by", [5.0, -5.0])
def test_words_and_tables_give_no_verdict(measure, by) -> None:
    told = changed(measure, by)
    one = tables.comparison_table([told], primary=measure, caption="x")
    other = changes_table([told], sizes=[])
    shown = [reading(told), change_sentence(told), *(str(cell) for cell in one.rows[0]),
             *(str(cell) for cell in other.rows[0])]  # fmt: skip
    assert "can be good or bad news" in shown[0]
    assert not VERDICT.search(without_the_only_allowed_words(" ".join(shown)))
    assert not re.search(r"color|style=|green|red\b", " ".join(shown).replace("recorded", ""))


@pytest.mark.parametrize("measure", AMBIGUOUS)
def test_a_cell_looks_the_same_whether_it_rose_or_fell(measure) -> None:
    def markup(by):
        (row,) = tables.comparison_table([changed(measure, by)], primary="", caption="x").rows
        return re.findall(r'class="(\w+)"', str(row[-1]))

    assert markup(5.0) == markup(-5.0) == ["told"]


def test_no_color_of_a_figure_tells_of_direction_for_any_ambiguous_measure(monkeypatch) -> None:
    def drawn(figure):  # the colors of what would be drawn, without the time that drawing takes
        found = {to_hex(each.get_color()).upper() for each in figure.axes[0].get_lines()}
        return found | {to_hex(each.get_color()).upper() for each in figure.axes[0].texts}

    monkeypatch.setattr(plots, "svg_of", drawn)
    for measure in AMBIGUOUS:
        for rising in (True, False):
            found = plots.draw_monthly(monthly(measure, rising=rising), start="2025-05")
            assert found == {each.upper() for each in NEUTRAL}, measure


def test_the_drawn_figure_has_no_other_color_either() -> None:
    rising = plots.draw_monthly(monthly("complaints", rising=True), start="2025-05")
    assert colors(rising) <= {each.upper() for each in NEUTRAL} | {"#999999", "#FFFFFF", "#000000"}


def test_changes_are_drawn_in_one_color_whatever_their_direction() -> None:
    told = [changed(measure, by) for measure in ("complaints", "trust") for by in (5.0, -5.0)]
    svg = plots.draw_changes(told, labels=list("abcd"), title="x", unit="points")
    assert plots.ORANGE.upper() not in colors(svg)
    assert plots.GREEN.upper() not in colors(svg)


def test_a_neutral_tone_which_is_neither_good_nor_bad_is_gray() -> None:
    assert {code for code in plots.TONES if MEASURES[code].direction == "ambiguous"} == {
        "tone_neutral"
    }
    assert plots.TONES["tone_neutral"] == plots.GRAY


def test_a_whole_report_of_ambiguous_measures_calls_none_better_or_worse() -> None:
    heading = Heading(
        name="S", agency="A", first="2025-01-01", last="2025-12-31", generated="", question="Q?",
        primary="complaints", community_part="", start="2025-05", places={"a": "A"},
        focus=("a",), comparison=(), events=(), public=False, floor=0, withheld=0, version="1",
        made="2026-01-01", fingerprint="0",
    )  # fmt: skip
    told = [changed(measure, by) for measure in AMBIGUOUS for by in (5.0, -5.0)]
    html = evaluation_report(heading, told, untold=[])
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", html, flags=re.DOTALL)
    body = body.replace("never called better or worse", "")
    # the table that tells what each direction means is no verdict on a change
    rows = [row for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL) if "<td>" in row]
    assert len(rows) > len(AMBIGUOUS)
    assert not VERDICT.search(without_the_only_allowed_words(body))


def test_the_guard_would_notice_a_verdict() -> None:
    told = reading(changed("trust", 5.0))
    assert VERDICT.search(told)
