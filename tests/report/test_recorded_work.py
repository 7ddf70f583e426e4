"""What the report tells of work beside walks: all of it inside, no small number to the public."""

import re
import shutil
from datetime import date
from math import isnan

import pandas as pd
import pytest

from outcomes.pipeline.engagement_export import gather_engagement
from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.pipeline.published_sums import record_sums
from outcomes.pipeline.recorded_work import recorded_work, work_sums
from outcomes.pipeline.report import write_report
from outcomes.report.recorded_work import Work
from outcomes.store import Source
from outcomes.study import open_study

SOURCE = Source(step="test", read=1)


@pytest.fixture
def study(study_folder):
    """Two places; walks began in July 2025."""
    return open_study(study_folder)


def measured(study, *cells):
    """Write results/measures.csv, as an evaluation does."""
    columns = ["stream", "unit", "place", "period", "measure", "value", "se", "n"]
    rows = [
        ["engagement", place, place, month, code, n, None, 1] for code, place, month, n in cells
    ]
    study.write_table("measures", pd.DataFrame(rows, columns=columns))


def put(study, kind, day, place, **body):
    row = record_row(kind, key=[day, place], day=day, place=place, body=body)
    store_records(study, [row], source=SOURCE)


def told(study, **how):
    sums = work_sums(study, start="2025-07", public=how.get("public", False))
    found = recorded_work(study, sums, start="2025-07")
    return {(each.name, each.place): (each.before, each.since) for each in found}


def test_outputs_are_added_up_before_and_since_the_start_and_outcomes_stand_elsewhere(study):
    measured(
        study,
        ("events_staged", "eastbank", "2025-05", 2),
        ("events_staged", "eastbank", "2025-06", 1),
        ("events_staged", "eastbank", "2025-07", 4),
        ("events_staged", "northgate", "2025-07", 0),
        ("walks", "eastbank", "2025-07", 9),
        ("walk_people_partners", "eastbank", "2025-07", 3),
        ("initiatives_community", "eastbank", "2025-07", 3),
    )
    assert told(study) == {
        ("Community events staged", "Eastbank"): (3.0, 4.0),
        ("Partners on walks", "Eastbank"): (0.0, 3.0),
    }


def test_trainings_notices_and_handouts_are_told_though_they_are_no_measures(study):
    measured(study, ("events_staged", "eastbank", "2025-07", 1))
    put(study, "training", "2025-06-20", "agency", topic="languages", minutes=90, officers=12,
        partners=3)  # fmt: skip
    put(study, "notice", "2025-06-21", "eastbank", channel="meeting", reached=40)
    put(study, "walk_report", "2025-07-09", "eastbank", handouts=25)
    put(study, "walk_report", "2025-07-10", "eastbank", note="quiet")
    put(
        study, "training", "2024-06-20", "agency", topic="languages", officers=7
    )  # before the study
    found = told(study)
    assert found["Trainings", "The agency"] == (1.0, 0.0)
    assert found["People at trainings", "The agency"] == (15.0, 0.0)
    assert found["Notices to the community", "Eastbank"] == (1.0, 0.0)
    assert found["Handouts given on walks", "Eastbank"] == (0.0, 25.0)


def test_a_small_number_is_not_shown_nor_what_would_tell_of_it(study):
    floor = study.settings.publish.smallest_cell
    places = (("eastbank", 3, 40), ("northgate", 30, 50))
    cells = [
        ("events_staged", place, month, n)
        for place, before, since in places
        for month, n in (("2025-05", before), ("2025-07", since))
    ]
    measured(study, *cells)
    put(study, "training", "2025-06-20", "agency", topic="languages", officers=floor - 1)
    found = told(study, public=True)
    for before, since in found.values():
        assert isnan(before)  # with one cell of four shown, the others follow from the totals
        assert isnan(since) or since == 0
    assert told(study)["Community events staged", "Eastbank"] == (3.0, 40.0)


def test_the_public_report_withholds_just_what_the_public_export_withholds(example):
    export = gather_engagement(example, today=pd.Timestamp("2026-01-02").date(), public=True)
    cells = export.tables["measures"]
    sums = work_sums(example, start="2025-07", public=True)
    report = recorded_work(example, sums, start="2025-07")
    events = {each.place: each for each in report if each.name == "Community events staged"}
    names = {"eastbank": "Eastbank", "millrow": "Millrow", "agency": "The agency"}
    seen = 0
    for row in cells[cells["measure"] == "events_staged"].to_dict("records"):
        if row["place"] in names:
            work = events[names[row["place"]]]
            value = work.since if row["period"] >= "2025-07" else work.before
            assert isnan(value) == bool(row["withheld"])
            seen += 1
    assert seen == 6


def test_the_section_on_what_was_done_tells_of_it_in_both_versions(example, tmp_path):
    shutil.copytree(example.root, tmp_path / "study")
    study = open_study(tmp_path / "study")
    for public in (False, True):
        text = write_report(study, public=public).read_text(encoding="utf-8")
        done = re.search(r"What was done</h2>.*?</section>", text, re.DOTALL)[0]
        assert "<td>Community contacts</td><td>Eastbank</td>" in done
        assert "<td>People at trainings</td><td>The agency</td><td>38</td>" in done
        assert ("not shown" in done) == public


def test_a_study_without_walks_has_one_column_for_all_of_it():
    from outcomes.report.parts import Heading
    from outcomes.report.recorded_work import work_table

    words = dict.fromkeys(
        ("name", "agency", "first", "last", "generated", "question", "primary", "community_part",
         "start", "version", "made", "fingerprint"), ""
    )  # fmt: skip
    heading = Heading(
        **words, places={}, focus=(), comparison=(), events=(), public=False, floor=0, withheld=0
    )
    table = work_table(heading, [Work(name="Events", place="Eastbank", before=0.0, since=1200.0)])
    assert table.head == ("What", "Place", "Whole study")
    assert table.rows == (("Events", "Eastbank", "1,200"),)


def test_few_more_events_since_the_last_public_report_are_not_told_by_the_next(study):
    places = (("eastbank", 30, 40), ("northgate", 30, 50))
    cells = [
        ("events_staged", place, month, n)
        for place, before, since in places
        for month, n in (("2025-05", before), ("2025-07", since))
    ]
    measured(study, *cells)
    sums = work_sums(study, start="2025-07", public=True)
    record_sums(study, sums.table, sums.kept_back, day=date(2025, 8, 1))
    measured(study, *cells, ("events_staged", "eastbank", "2025-08", 3))
    again = work_sums(study, start="2025-07", public=True)
    assert again.as_before >= 1
    rows = {each.place: each for each in recorded_work(study, again, start="2025-07")}
    assert rows["Eastbank"].since == 40.0  # as it was told in July
    renewed = work_sums(study, start="2025-07", public=True, renew=True)
    rows = {each.place: each for each in recorded_work(study, renewed, start="2025-07")}
    assert rows["Eastbank"].since == 43.0
