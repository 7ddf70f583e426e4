"""What the weekly review sheet finds in the record of a small study."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from outcomes.engagement.walk_rules import RuleSettings
from outcomes.errors import DataError, FileError, OutcomesError
from outcomes.pipeline.engagement import check_walks, import_incidents, import_walks
from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.pipeline.week_span import week_days, weeks_begun
from outcomes.pipeline.weekly import weekly_facts, weekly_pdf, write_weekly
from outcomes.report.weekly import sheet_html
from outcomes.report.weekly_facts import TypeRow, Week
from outcomes.store import Source
from outcomes.study import Study, open_study

ROOT = Path(__file__).resolve().parents[2]
LATER = datetime(2026, 1, 15, 9, 0)
HEAD = "place,type,start,minutes,coordinator,officers,sergeants,partners,reached"
WALKS = (
    "eastbank,squad,2025-09-01 10:00,35,sergeant,2,1,0,6",
    "eastbank,squad,2025-09-02 10:00,25,sergeant,2,1,1,4",
    "eastbank,officer,2025-09-04 15:00,20,officer,2,0,0,3",
    "eastbank,ad_hoc,2025-09-05 15:00,15,other,1,0,0,0",
    "eastbank,squad,2025-09-08 10:00,35,sergeant,2,1,0,6",
)


@pytest.fixture
def study(study_folder: Path) -> Study:
    """A study with walks in Eastbank since July 2025, and none stored yet."""
    shutil.copyfile(ROOT / "walk_rules.toml", study_folder / "walk_rules.toml")
    return open_study(study_folder)


@pytest.fixture
def log(study: Study, tmp_path: Path) -> Callable[..., None]:
    """log(rows) -> these walks are stored; log(incidents=rows) -> these incidents."""

    def store(rows: Sequence[str] = (), *, incidents: Sequence[str] = ()) -> None:
        for head, lines, step in (
            (HEAD, rows, import_walks),
            ("place,at,kind", incidents, import_incidents),
        ):
            if lines:
                path = tmp_path / f"{step.__name__}.csv"
                path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
                step(study, path)

    return store


def week_36(study: Study, **options: object) -> Week:
    return weekly_facts(study, "2025-W36", **{"now": LATER, **options})  # type: ignore[arg-type]


def row_of(week: Week, code: str) -> TypeRow:
    (found,) = [each for each in week.rows if each.code == code]
    return found


def record(study: Study, kind: str, day: str, *, place: str = "eastbank", **body: object) -> None:
    row = record_row(kind, key=[day, str(body)], day=day, place=place, body=body, by="Ana")
    store_records(study, [row], source=Source(step="test", read=1))


def test_each_type_says_what_was_asked_for_done_and_counted_and_why_not_more(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    squad = row_of(week_36(study), "squad")
    assert (squad.required, squad.done, squad.counted, squad.short) == (3, 2, 1, 2)
    assert squad.why == "1 too short (25 of 30 minutes)"
    assert squad.asked == "3 a week"
    assert (squad.coordinator, squad.place) == ("a sergeant", "Eastbank")


def test_squads_that_owe_walks_each_are_added_up_and_none_is_set_beside_another(
    study: Study, tmp_path: Path
) -> None:
    rules = study.rules_path.read_text(encoding="utf-8")
    each = rules.replace('frequency_per = "place"', 'frequency_per = "coordinator"')
    study.rules_path.write_text(each, encoding="utf-8")
    days = [("squad 1", day) for day in (1, 2, 3, 4)] + [("squad 2", 1)]
    rows = [f"eastbank,squad,2025-09-0{day} 1{team[-1]}:00,35,sergeant,2,1,0,6,{team}"
            for team, day in days]  # fmt: skip
    (tmp_path / "teams.csv").write_text("\n".join([f"{HEAD},team", *rows]), encoding="utf-8")
    import_walks(study, tmp_path / "teams.csv")
    squad = row_of(week_36(study), "squad")
    assert (squad.required, squad.done, squad.met) == (6, 5, 4)
    assert "squad 1" not in sheet_html(week_36(study))


def test_a_walk_without_a_rule_is_listed_and_nothing_is_asked_for(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    ad_hoc = row_of(week_36(study), "ad_hoc")
    assert (ad_hoc.required, ad_hoc.done, ad_hoc.asked) == (0, 1, "")


def test_the_month_so_far_stands_beside_what_the_month_asks_for(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    district = row_of(week_36(study), "district")
    assert district.asked == "2 a month, Sep 2025 so far"
    assert district.open_still


def test_both_months_are_shown_where_a_month_ends_in_the_week(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    week = weekly_facts(study, "2025-W40", now=LATER)  # 29 September to 5 October
    told = [each.asked for each in week.rows if each.code == "district"]
    assert told == ["2 a month, Sep 2025", "2 a month, Oct 2025 so far"]


@pytest.mark.parametrize("label", ["2025-W27", "2025-W36", "2025-W37", "2025-W52"])
def test_looking_only_at_the_days_around_a_week_changes_no_number(
    study: Study, log: Callable[..., None], label: str
) -> None:
    log(WALKS)
    check_walks(study)
    whole = study.read_table("compliance").fillna("")
    whole = whole[whole["period"] == label].set_index("type")
    rows = {each.code: each for each in weekly_facts(study, label, now=LATER).rows}
    for code in ("officer", "squad", "shift", "captain", "unit"):
        known = whole.loc[code]
        shown = rows.get(code)
        told = (shown.required, shown.done, shown.counted, shown.why) if shown else (0, 0, 0, "")
        if shown is None:
            assert (known.required, known.done) == (0, 0)
        else:
            assert told == (known.required, known.done, known.counted, known.reasons)


def test_ranks_are_counted_over_everybody_and_nobody_is_told_apart(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    week = week_36(study)
    ranks = {each.name: (each.walks, each.times) for each in week.ranks}
    assert ranks == {"Officers": (4, 7), "Sergeants": (2, 2), "Partners from outside": (1, 1)}
    assert "captains" in week.absent
    assert "officers" not in week.absent


def test_minutes_partners_and_people_reached_are_summed_by_place(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    (sums,) = week_36(study).sums
    assert (sums.walks, sums.minutes, sums.police, sums.partners, sums.reached) == (4, 95, 9, 1, 13)


def test_a_week_that_is_not_over_says_so_and_leaves_out_what_came_later(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    week = week_36(study, now=datetime(2025, 9, 2, 20, 0))
    assert week.until == "Tuesday, September 2"
    assert row_of(week, "squad").required == 3
    assert row_of(week, "squad").open_still
    assert not any(each.code == "ad_hoc" for each in week.rows)
    assert "up to Tuesday, September 2" in sheet_html(week)


def test_incidents_say_late_missing_or_still_open_with_their_hours(
    study: Study, log: Callable[..., None]
) -> None:
    walk = "eastbank,post_incident,2025-09-03 09:00,30,unit,1,1,1,9"
    incidents = ("eastbank,2025-08-31 22:00,shooting", "eastbank,2025-09-06 22:00,homicide")
    log([*WALKS, walk], incidents=incidents)
    first, second = week_36(study).incidents
    assert (first.state, first.before) == ("late", True)
    assert "59.0 hours" in first.told
    assert (second.state, second.before) == ("none", False)
    (_, open_still) = week_36(study, now=datetime(2025, 9, 7, 8, 0)).incidents
    assert open_still.state == "still open"
    assert open_still.told == "homicide, no walk yet after 10 hours, 24 allowed"


def test_a_walk_after_the_week_still_answers_an_incident_in_it(
    study: Study, log: Callable[..., None]
) -> None:
    walk = "eastbank,post_incident,2025-09-08 15:00,30,unit,1,1,1,9"
    log([*WALKS, walk], incidents=["eastbank,2025-09-07 23:00,shooting"])
    (told,) = week_36(study).incidents
    assert told.state == "did not count"  # in time, without executives and detectives
    assert "16.0 hours" in told.told


def test_without_a_list_of_incidents_the_sheet_says_that_it_cannot_tell(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    week = week_36(study)
    assert not week.incidents_known
    assert "no list of incidents is stored" in sheet_html(week)


def test_a_number_of_walks_that_leaps_is_flagged_and_one_that_wobbles_is_not(
    study: Study, log: Callable[..., None]
) -> None:
    few = [f"eastbank,ad_hoc,2025-08-{day:02d} 10:00,15,other,1,0,0,0" for day in (5, 13, 20, 27)]
    many = [f"eastbank,ad_hoc,2025-09-01 {hour:02d}:00,15,other,1,0,0,0" for hour in range(8, 20)]
    log([*few, *many])
    (place,) = week_36(study).weeks
    assert [each.walks for each in place.weeks] == [1, 1, 1, 1, 12]
    assert place.change is not None
    assert place.change > 3
    (place,) = weekly_facts(study, "2025-W35", now=LATER).weeks
    assert place.change is not None
    assert abs(place.change) < 3


def test_weeks_before_the_start_are_not_compared_with(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    (place,) = weekly_facts(study, "2025-W29", now=LATER).weeks
    assert place.change is None
    assert not place.weeks[0].due


def test_a_note_that_may_say_who_somebody_is_stays_off_the_sheet(study: Study) -> None:
    record(study, "walk_report", "2025-09-02", note="Maria Lopez of 12 Elm Street was glad.")
    for day in range(1, 7):
        record(study, "walk_report", f"2025-09-0{day}", note=f"People asked about light {day}.")
    week = week_36(study)
    assert week.notes == tuple(f"People asked about light {day}." for day in (6, 5, 4, 3, 2))
    assert (week.notes_held, week.notes_more) == (1, 1)
    assert "Lopez" not in sheet_html(week)


def test_planned_walks_stand_beside_those_done(study: Study, log: Callable[..., None]) -> None:
    log(WALKS)
    plan = {"minutes": 30, "type": "squad", "coordinator": "sergeant", "status": "planned"}
    for day, clock in (("2025-09-01", "10:30"), ("2025-09-03", "10:00"), ("2025-09-06", "10:00")):
        record(study, "planned_walk", day, **{**plan, "from": clock})
    record(study, "planned_walk", "2025-09-05", **{**plan, "from": "09:00", "status": "cancelled"})
    planned = week_36(study, now=datetime(2025, 9, 5, 12, 0)).planned
    assert planned is not None
    assert (planned.planned, planned.done, planned.ahead) == (3, 1, 1)
    assert planned.missed == ("Squad walk, Eastbank, Wed, Sep 3",)


def test_other_engagement_is_counted_and_what_people_did_in_return_is_not(study: Study) -> None:
    record(study, "event", "2025-09-03", name="Block party", participants=45)
    record(study, "event", "2025-09-04", name="Coffee", participants=5)
    record(study, "event", "2025-09-09", name="Next week", participants=5)
    record(study, "event", "2025-09-04", place="northgate", name="Elsewhere", participants=5)
    assert week_36(study).also == ("2 events",)


def test_strategies_other_than_walks_stand_beside_what_is_asked_for(study: Study) -> None:
    with study.rules_path.open("a", encoding="utf-8") as rules:
        rules.write(
            """
[[strategies]]
code = "party"
name = "Block party"
kind = "event"
at_least = { participants = 10 }
times = 2
per = "month"
places = ["eastbank", "agency"]
"""
        )
    record(study, "event", "2025-09-03", name="Block party", participants=45)
    record(study, "event", "2025-09-04", name="Coffee", participants=5)  # too few
    record(study, "event", "2025-09-20", name="Later", participants=45)  # after the week
    assert week_36(study).also == (
        "2 events",
        "Block party, the agency, Sep 2025: 0 of 2",
        "Block party, Eastbank, Sep 2025: 1 of 2",
    )
    assert "Eastbank, Sep 2025: 1 of 2" in sheet_html(week_36(study))
    assert week_36(study, public=True).also == ()


def test_dated_events_of_the_week_are_named_in_the_places_they_touch(study: Study) -> None:
    week = weekly_facts(study, "2025-W38", now=LATER)
    assert week.events == ("Tue, Sep 16: New street lights (other work going on)",)
    assert week_36(study).events == ()


@pytest.mark.parametrize(
    "label", ["2025-W54", "2025W36", "36", "2025-W36x", "0000-W01", "٢٠٢٥-W36"]
)
def test_a_wrong_label_is_answered_with_a_right_one(study: Study, label: str) -> None:
    with pytest.raises(DataError, match=r"is no week\. Write .* as 2026-W14"):
        weekly_facts(study, label, now=LATER)


def test_a_week_outside_the_study_or_ahead_is_refused(study: Study) -> None:
    with pytest.raises(DataError, match="outside the study, 2025-01-01 to 2025-12-31"):
        weekly_facts(study, "2026-W14", now=LATER)
    with pytest.raises(DataError, match="has not begun: its first day is 2025-09-01"):
        week_36(study, now=datetime(2025, 8, 31, 23, 0))


def test_a_place_without_walks_is_refused(study: Study) -> None:
    with pytest.raises(DataError, match="'northgate' is no focus place"):
        week_36(study, places=("northgate",))


def test_no_label_means_the_last_week_that_is_over(study: Study) -> None:
    assert weekly_facts(study, now=datetime(2025, 9, 10, 8, 0)).label == "2025-W36"
    assert weekly_facts(study, now=LATER).label == "2026-W01"  # its days begin in 2025
    assert weeks_begun(study, now=datetime(2025, 1, 7, 8, 0)) == ["2025-W02", "2025-W01"]
    assert weeks_begun(study, now=datetime(2024, 1, 7, 8, 0)) == []


def test_a_week_that_starts_on_sunday_has_the_number_of_its_fourth_day() -> None:
    sunday = RuleSettings(week_starts="sunday")
    assert week_days("2025-W36", sunday) == (date(2025, 8, 31), date(2025, 9, 6))
    assert week_days("2025-W36", RuleSettings()) == (date(2025, 9, 1), date(2025, 9, 7))


def test_a_study_without_walks_or_without_places_still_gives_a_sheet(
    study: Study, example_settings: str, tmp_path: Path
) -> None:
    assert "No walk was ever entered" in sheet_html(week_36(study))
    bare = tmp_path / "bare"
    bare.mkdir()
    about = example_settings.partition("[plan]")[0]
    (bare / "study.toml").write_text(about, encoding="utf-8")
    shutil.copyfile(ROOT / "walk_rules.toml", bare / "walk_rules.toml")
    week = weekly_facts(open_study(bare), "2025-W36", now=LATER)
    assert "names no focus place" in sheet_html(week)
    assert weekly_pdf(week).startswith(b"%PDF")


def test_it_is_written_as_html_or_pdf_and_as_nothing_else(
    study: Study, log: Callable[..., None], tmp_path: Path
) -> None:
    log(WALKS)
    week = week_36(study)
    write_weekly(week, tmp_path / "out" / "sheet.pdf")
    write_weekly(week, tmp_path / "sheet.html")
    assert (tmp_path / "out" / "sheet.pdf").read_bytes() == weekly_pdf(week)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["sheet.pdf"]
    with pytest.raises(OutcomesError, match=r"must be \.html or \.pdf"):
        write_weekly(week, tmp_path / "sheet.docx")
    for name in ("sheet.pdf", "sheet.html"):  # a file stands where a folder is needed
        with pytest.raises(FileError, match="cannot be written"):
            write_weekly(week, tmp_path / "sheet.html" / name)


@pytest.mark.parametrize("places", [4, 30])
def test_many_places_incidents_and_long_notes_fit_on_the_page(
    study: Study, log: Callable[..., None], places: int
) -> None:
    log(WALKS, incidents=["eastbank,2025-09-06 22:00,homicide"])
    week = week_36(study)
    names = [f"Neighborhood {number}" for number in range(places)]
    crowd = replace(
        week,
        places=tuple(names),
        rows=tuple(replace(row, place=name) for name in names for row in week.rows),
        incidents=week.incidents * 20,
        sums=tuple(replace(week.sums[0], place=name) for name in names),
        weeks=tuple(replace(week.weeks[0], place=name) for name in names),
        notes=("A note as long as one may be. " * 15,) * 5,
    )
    assert weekly_pdf(crowd).startswith(b"%PDF")


def test_the_public_version_has_no_notes_no_reasons_and_no_questions(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS, incidents=["eastbank,2025-09-02 22:00,shooting"])
    record(study, "walk_report", "2025-09-02", note="People asked about light.")
    week = week_36(study, public=True)
    text = sheet_html(week)
    assert week.public
    assert (week.notes, week.incidents, week.weeks, week.absent, week.planned) == (
        (), (), (), (), None,
    )  # fmt: skip
    for word in ("People asked", "too short", "shooting", "What to ask next"):
        assert word not in text


def crew(week: int, walks: int, reached: int, *, place: str = "eastbank") -> list[str]:
    """Give so many walks on the Tuesday of a week, one an hour."""
    day = date.fromisocalendar(2025, week, 2)
    return [
        f"{place},squad,{day} {8 + number:02}:00,30,sergeant,2,1,0,{reached}"
        for number in range(walks)
    ]


def told(week: Week) -> dict[str, int | None]:
    (sums,) = week.sums
    names = ("walks", "minutes", "reached")
    return {name: None if name in sums.withheld else getattr(sums, name) for name in names}


def test_the_public_version_tells_of_no_type_or_rank_and_of_no_small_number(
    study: Study, log: Callable[..., None]
) -> None:
    log([row for week in range(30, 40) for row in crew(week, 12, 3)] + crew(40, 2, 1))
    week = week_36(study, public=True)
    assert told(week) == {"walks": 12, "minutes": 360, "reached": 36}
    assert week.ranks == ()
    assert "Sergeants" not in sheet_html(week)
    (row,) = week.rows
    assert (row.required, row.met, row.asked) == (17, 3, "")  # of all types together
    few = weekly_facts(study, "2025-W40", now=LATER, public=True)
    assert told(few) == {"walks": None, "minutes": None, "reached": None}


def test_all_weeks_together_do_not_give_a_small_one_away(
    study: Study, log: Callable[..., None]
) -> None:
    log([row for week in range(30, 40) for row in crew(week, 12, 3)] + crew(40, 2, 1))
    sheets = [
        weekly_facts(study, f"2025-W{week}", now=LATER, public=True) for week in range(30, 41)
    ]
    withheld = [told(sheet)["reached"] for sheet in sheets].count(None)
    assert withheld > 1  # else the sum of the year, which the export tells, less the others


def test_a_week_that_changes_by_few_is_shown_as_it_was_published(
    study: Study, log: Callable[..., None]
) -> None:
    log([row for week in range(30, 40) for row in crew(week, 12, 3)])
    before = week_36(study, public=True)
    log(["eastbank,officer,2025-09-04 15:00,20,officer,2,0,0,3"])
    assert told(week_36(study, public=True)) == told(before)
    assert told(weekly_facts(study, "2025-W35", now=LATER, public=True))["walks"] == 12


def test_the_public_is_shown_each_week_once_whole_and_over(
    study: Study, log: Callable[..., None]
) -> None:
    log(WALKS)
    with pytest.raises(DataError, match=r"2025-W36 is not over.*could be subtracted"):
        week_36(study, now=datetime(2025, 9, 6, 12, 0), public=True)
    with pytest.raises(DataError, match=r"all focus places together.*could be subtracted"):
        week_36(study, places=("eastbank",), public=True)


def test_a_week_without_walks_is_shown_to_the_public_as_nothing_done(
    study: Study, log: Callable[..., None]
) -> None:
    log(crew(37, 12, 3))
    assert told(week_36(study, public=True)) == {"walks": 0, "minutes": 0, "reached": 0}
    assert weekly_pdf(week_36(study, public=True)).startswith(b"%PDF")
