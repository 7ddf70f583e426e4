"""The public page shows no small count, nothing that gives one away, and no reason."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from engagement.level_study import TODAY, keep, keep_contacts, with_communities
from outcomes.pipeline.engagement_export import gather_engagement
from outcomes.pipeline.level_judgements import Judgement, judge_level
from outcomes.pipeline.level_pages import WITHHELD, month_cells, write_levels
from outcomes.pipeline.level_public import public_levels
from outcomes.pipeline.levels import levels_table, reach_of

ROOT = Path(__file__).resolve().parents[2]

YEAR = range(1, 13)
REASON = "The tenants council meets us every month."


@pytest.fixture
def study(study_folder):
    return with_communities(study_folder)


def public_lines(study, *, code="river-families", today=TODAY):
    view = public_levels(study, community=code, today=today)
    return view, {(line.measure, line.rule): line for line in view.communities[0].lines}


def month_rows(view, line):
    """Months of a public line that are told, by month."""
    told = zip(view.months, line.values, strict=True)
    return {month: value for month, value in told if value is not None}


def test_small_counts_are_withheld_and_so_is_the_trend_that_would_tell_them(study) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 30) | {11: 3}, community="river-families")
    view, lines = public_lines(study)
    line = lines["contacts_new", "named"]
    assert month_cells(line, view.months)[10] == WITHHELD
    assert "withheld" in line.trend
    assert not any(each.isdigit() and int(each) < 10 for each in line.trend.split())
    assert 3 not in set(levels_table(view)["value"])


def test_the_sum_of_the_year_that_the_public_export_tells_gives_no_month_away(
    study,
) -> None:
    shutil.copyfile(ROOT / "walk_rules.toml", study.rules_path)
    by_month = dict.fromkeys(YEAR, 30) | {3: 4, 11: 3}
    keep_contacts(study, by_month, community="river-families", place="eastbank")
    export = gather_engagement(study, today=TODAY, public=True).tables["measures"]
    known = export[export["measure"] == "contacts_new"].set_index("period")["value"]
    assert {154, 153} <= set(known)  # both halves of the year, on either side of the start
    view, lines = public_lines(study)
    told = month_rows(view, lines["contacts_new", "named"])
    for half in (view.months[:6], view.months[6:]):
        assert len([month for month in half if month not in told]) > 1


def test_a_month_that_has_left_the_page_is_still_protected(study_folder) -> None:
    text = (study_folder / "study.toml").read_text(encoding="utf-8")
    longer = text.replace("last = 2025-12-31", "last = 2026-12-31").replace(
        "2025-07-01", "2025-01-01"
    )
    (study_folder / "study.toml").write_text(longer, encoding="utf-8")
    study = with_communities(study_folder)
    by_month = {month: 10 * month + 10 for month in YEAR} | {1: 3}
    keep_contacts(study, by_month, community="river-families")
    keep(study, "contact", "2026-01-10", community="river-families", new=40, known=0)
    first = public_lines(study)
    second = public_lines(study, today=date(2026, 2, 10))
    told = {**month_rows(first[0], first[1]["contacts_new", "named"]),
            **month_rows(second[0], second[1]["contacts_new", "named"])}  # fmt: skip
    assert second[0].months[0] == "2025-02"
    assert {"2025-01", "2025-02"} <= set(first[0].months) - set(told)


def test_a_count_that_changes_by_few_is_shown_as_it_was_published(study) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 30), community="river-families")
    view, lines = public_lines(study)
    assert month_rows(view, lines["contacts_new", "named"])["2025-11"] == 30
    keep_contacts(study, {11: 1}, community="river-families")
    view, lines = public_lines(study)
    line = lines["contacts_new", "named"]
    assert month_rows(view, line) == dict.fromkeys(view.months, 30)
    assert not {"31", "91"} & set(line.trend.split())
    assert reach_of(view.communities[0])["contacts_total"].startswith("360 ")
    keep_contacts(study, {11: 20}, community="river-families")
    view, lines = public_lines(study)
    assert month_rows(view, lines["contacts_new", "named"])["2025-11"] == 51


def test_a_part_so_large_that_it_tells_the_small_rest_is_withheld_too(study) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 30), known=40, community="river-families")
    keep_contacts(study, {12: 40}, known=0, community="river-families")
    shown = public_lines(study)[1]
    assert shown["contacts_new", "named"].values[-1] == 70
    # in June only 4 were known before: with 50 shown as new, 54 in all would tell
    keep_contacts(study, {6: 20}, known=0, community="shop-owners")
    keep_contacts(study, {6: 50}, known=4, community="shop-owners")
    lines = public_lines(study, code="shop-owners")[1]
    told = [lines[name, "named"].values[5] for name in ("contacts_new", "contacts_total")]
    assert None in told


def test_initiatives_that_the_police_support_do_not_tell_the_few_that_they_do_not(study) -> None:
    how = {"community": "river-families"}
    for who, many in (("community leads, police support", 12), ("community leads alone", 2)):
        for number in range(many):
            keep(study, "initiative", "2025-12-03", name=f"{who} {number}", who=who, **how)
    lines = public_lines(study)[1]
    told = [lines[f"initiatives_{name}", "named"].values[-1]
            for name in ("led_or_supporting", "police_supported")]  # fmt: skip
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
