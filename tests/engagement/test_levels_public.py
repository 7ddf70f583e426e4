"""The public page shows no small count, nothing that gives one away, and no reason."""

import pytest

from engagement.level_study import TODAY, keep_contacts, with_communities
from outcomes.pipeline.level_judgements import Judgement, judge_level
from outcomes.pipeline.level_pages import WITHHELD, for_the_public, month_cells, write_levels
from outcomes.pipeline.levels import levels_table, view_levels

YEAR = range(1, 13)
REASON = "The tenants council meets us every month."


@pytest.fixture
def study(study_folder):
    return with_communities(study_folder)


def public_lines(study):
    view = for_the_public(view_levels(study, today=TODAY), smallest=10)
    return view, {(line.measure, line.rule): line for line in view.communities[0].lines}


def test_small_counts_are_withheld_and_so_is_the_trend_that_would_tell_them(study) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 30) | {11: 3}, community="river-families")
    view, lines = public_lines(study)
    line = lines["contacts_new", "named"]
    assert month_cells(line, view.months)[-3:] == ["30", WITHHELD, "30"]
    assert "withheld" in line.trend
    assert not any(each.isdigit() and int(each) < 10 for each in line.trend.split())
    assert 3 not in set(levels_table(view)["value"])


def test_a_part_so_large_that_it_tells_the_small_rest_is_withheld_too(study) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 30), known=40, community="river-families")
    keep_contacts(study, {12: 40}, known=0, community="river-families")
    shown = public_lines(study)[1]
    assert shown["contacts_new", "named"].values[-1] == 70
    # in June only 4 were known before: with 50 shown as new, 54 in all would tell
    keep_contacts(study, {6: 20}, known=0, community="shop-owners")
    keep_contacts(study, {6: 50}, known=4, community="shop-owners")
    view = for_the_public(view_levels(study, today=TODAY), smallest=10)
    lines = {line.measure: line for line in view.communities[2].lines if line.rule == "named"}
    told = [lines[name].values[5] for name in ("contacts_new", "contacts_total")]
    assert None in told


def test_the_public_page_tells_no_reason_and_leaves_surveys_to_the_report(study, tmp_path) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 30) | {11: 3}, community="river-families")
    judged = Judgement(community="river-families", day="2025-12-01", level=3, reason=REASON,
                       judged_by="outreach staff")  # fmt: skip
    judge_level(study, judged, today=TODAY)
    write_levels(study, tmp_path / "public.html", public=True, today=TODAY)
    write_levels(study, tmp_path / "inside.html", today=TODAY)
    public, inside = (
        (tmp_path / f"{name}.html").read_text("utf-8") for name in ("public", "inside")
    )
    assert REASON in inside
    assert REASON not in public
    assert "Judged to be at level 3" in public
    assert "public version" in public
    assert "<td>3</td>" in inside.partition("Month by month")[2].partition("</table>")[0]
    assert "<td>3</td>" not in public.partition("Month by month")[2].partition("</table>")[0]
    assert "<script" not in public


def test_the_page_keeps_approaches_apart_and_adds_nothing_across_them(study, tmp_path) -> None:
    keep_contacts(study, dict.fromkeys((3, 4, 5), 100), community="newcomers")
    keep_contacts(study, dict.fromkeys((3, 4, 5), 1000), community="river-families")
    write_levels(study, tmp_path / "page.html", today=TODAY)
    text = (tmp_path / "page.html").read_text("utf-8")
    broad, tailored = (text.index(f"<caption>{name}") for name in ("Broad-based", "Tailored"))
    assert broad < text.index("3,000 (") < tailored < text.index("300 (")
    assert "3,300" not in text
    assert "1,100" not in text
