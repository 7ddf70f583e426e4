import csv
import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.engagement_keeping import export, export_log
from outcomes.engagement.log import PEOPLE
from outcomes.errors import FileError
from outcomes.pipeline.audit import break_in, read_audit
from outcomes.pipeline.engagement_export import gather_engagement, write_export
from outcomes.pipeline.engagement_public import public_measures
from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.pipeline.published_sums import Past, published_sums, record_sums
from outcomes.store import Source, append
from outcomes.study import open_study

RULES = Path(__file__).resolve().parents[2] / "walk_rules.toml"
TODAY = date(2025, 12, 31)
EVENT = {"name": "=1+1 evening", "participants": 40, "partners": ["@Tenants", "Library"]}


def walk(day, *, minutes=20.0):
    start = f"{day}T10:00:00"
    return {
        "key": f"eastbank|officer|{start}|officer",
        "place": "eastbank",
        "type": "officer",
        "start": start,
        "minutes": minutes,
        "coordinator": "officer",
        "people": {"officers": 2, "reached": 7},
    }


@pytest.fixture
def study(study_folder):
    (study_folder / "walk_rules.toml").write_bytes(RULES.read_bytes())
    opened = open_study(study_folder)
    days = [f"2025-07-{day:02d}" for day in range(7, 27)]
    append(opened.store, "walks", [walk(day) for day in days], source=Source(step="test", read=20))
    rows = [
        ("event", EVENT, "Ana Coordinator"),
        ("walk_report", {"note": "+people asked for light", "handouts": 5}, "Ana Coordinator"),
    ]
    records = [
        record_row(kind, key=["1"], day="2025-07-07", place="eastbank", body=body, by=by)
        for kind, body, by in rows
    ]
    store_records(opened, records, source=Source(step="test", read=2))
    yield opened
    opened.store.dispose()


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_tables_hold_the_record_and_no_name_of_staff(study):
    files = gather_engagement(study, today=TODAY, notes=True).files()
    assert {"walks.csv", "records-event.csv", "compliance.csv", "measures.csv", "README.txt"} <= {
        *files
    }
    walks = rows_of(files["walks.csv"])
    assert len(walks) == 20
    assert (walks[0]["officers"], walks[0]["reached"]) == ("2", "7")
    assert not any(b"Ana" in content for content in files.values())


def test_the_columns_of_people_stand_in_one_order_however_the_walks_are_stored(study):
    rows = [
        walk("2025-08-01") | {"people": {"reached": 1, "partners": 2, "officers": 3}},
        walk("2025-08-02") | {"people": {"captains": 1, "lieutenants": 2}},
    ]
    append(study.store, "walks", rows, source=Source(step="test", read=2))
    walks = rows_of(gather_engagement(study, today=TODAY).files()["walks.csv"])
    told = [name for name in walks[0] if name in PEOPLE]
    assert told == [name for name in PEOPLE if name in told]
    assert [walks[20][name] for name in ("reached", "partners", "officers")] == ["1", "2", "3"]
    assert (walks[21]["captains"], walks[21]["officers"]) == ("1", "0")


def test_every_measure_says_whether_it_is_an_output_or_an_outcome(study):
    measures = rows_of(gather_engagement(study, today=TODAY).files()["measures.csv"])
    roles = {row["measure"]: row["role"] for row in measures}
    assert roles["walks"] == "output"
    assert set(roles.values()) <= {"output", "outcome", "context"}


def test_notes_are_left_out_unless_asked_for(study):
    without = gather_engagement(study, today=TODAY)
    assert not any(b"asked for light" in content for content in without.files().values())
    assert b"left out" in without.files()["README.txt"]
    asked = gather_engagement(study, today=TODAY, notes=True).files()
    assert b"asked for light" in asked["records-walk-report.csv"]


def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(study):
    files = gather_engagement(study, today=TODAY, notes=True).files()
    (event,) = rows_of(files["records-event.csv"])
    assert (event["name"], event["partners"]) == ("'=1+1 evening", "'@Tenants; Library")
    (report,) = rows_of(files["records-walk-report.csv"])
    assert report["note"].startswith("'+people")


def test_the_public_version_holds_sums_only_and_no_small_cell(study):
    found = gather_engagement(study, today=TODAY, notes=True, public=True)
    assert list(found.tables) == ["measures"]
    table = found.tables["measures"]
    shown = table[table["withheld"] == ""]
    assert ((shown["value"] == 0) | (shown["value"] >= 10)).all()
    assert table["period"].isin(["2025-01 to 2025-06", "2025-07 to 2025-12"]).all()
    assert not any(b"evening" in content for content in found.files().values())


def cells(*rows):
    columns = ["measure", "role", "place", "period", "value"]
    return pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows])


def test_a_small_sum_is_withheld_with_one_beside_it_and_the_minutes_behind_it():
    table = cells(
        ("walks", "output", "a", "2025-07", 3),
        ("walks", "output", "b", "2025-07", 30),
        ("walks", "output", "c", "2025-07", 40),
        ("walk_minutes", "output", "a", "2025-07", 60),
        ("walk_minutes", "output", "b", "2025-07", 600),
        ("walk_minutes", "output", "c", "2025-07", 800),
        ("walk_types", "output", "a", "2025-07", 1),
    )
    sums = public_measures(table, smallest=10)
    found, withheld = sums.table, sums.withheld
    by = found.set_index(["measure", "place"])["withheld"]
    assert by["walks", "a"]
    assert by["walks"].ne("").sum() > 1
    assert list(by["walk_minutes"].ne("")) == list(by["walks"].ne(""))
    assert "walk_types" not in set(found["measure"])
    assert withheld == found["value"].isna().sum() == found["withheld"].ne("").sum()


def test_walks_of_a_few_types_cannot_be_worked_out_from_the_others():
    table = cells(
        ("walks", "output", "a", "2025-07", 60),
        ("walks_officer", "output", "a", "2025-07", 57),
        ("walks_unit", "output", "a", "2025-07", 3),
    )
    found = public_measures(table, smallest=10).table
    shown = found.loc[found["withheld"] == "", "measure"]
    assert "walks_unit" not in set(shown)
    assert {"walks", "walks_officer"} - set(shown)


def test_a_cell_that_no_known_sum_leaves_open_is_still_no_difference_of_two_that_are_shown():
    by_type = {"walks": 31, "walks_officer": 1, "walks_unit": 30}
    months = ("2025-03", "2025-08")  # in which 2 officer walks add up: whoever knew it knows all
    table = cells(
        *((name, "output", "a", month, n) for month in months for name, n in by_type.items())
    )
    found = public_measures(table, smallest=10, start="2025-07").table
    for _, span in found.groupby("period"):
        assert (span["withheld"] != "").sum() >= 2


@pytest.mark.parametrize(
    ("whole", "part", "values"),
    [
        ("contacts_total", "contacts_new", (35, 30)),  # 5 that were known before
        ("contacts_total", "contacts_through_sponsor", (35, 30)),
        ("contacts_new", "academy_contacts_new", (40, 38)),
    ],
)
def test_what_is_left_of_a_whole_beside_a_part_cannot_be_worked_out(whole, part, values):
    months = ("2025-03", "2025-08")
    pairs = list(zip((whole, part), values, strict=True))
    table = cells(*((name, "output", "a", month, n) for month in months for name, n in pairs))
    found = public_measures(table, smallest=10, start="2025-07").table
    for _, span in found.groupby("period"):
        assert set(span["measure"]) == {whole, part}
        assert (span["withheld"] != "").any()
    large = table.assign(value=table["value"] * 10)
    assert public_measures(large, smallest=10, start="2025-07").withheld == 0


def test_what_goes_on_for_months_is_not_added_up_and_so_passes_for_many():
    going_on = ("partnerships", "initiatives_led_or_supporting", "initiatives_police_supported")
    months = [f"2025-{month:02d}" for month in range(1, 7)]
    names = (*going_on, "partnerships_developed")
    table = cells(*((name, "outcome", "a", month, 3) for name in names for month in months))
    found = public_measures(table, smallest=10).table
    assert list(found["measure"]) == ["partnerships_developed"]


def month_by_month(*counts, place="a"):
    return cells(
        *(("walks", "output", place, f"2025-{7 + at:02d}", n) for at, n in enumerate(counts))
    )


def as_seen(table):
    """What the public has seen once a table is out."""
    rows = table.itertuples(index=False)
    return {
        (r.measure, r.role, r.place, r.period[:7]): [Past(r.period, r.value, True)] for r in rows
    }


def test_few_walks_since_the_last_export_are_not_told_by_two_tables_together():
    first = public_measures(month_by_month(40, 20), smallest=10)
    seen = as_seen(first.table)
    later = public_measures(month_by_month(40, 20, 3), smallest=10, earlier=seen)
    (row,) = later.table.to_dict("records")
    assert (row["period"], row["value"], row["withheld"]) == ("2025-07 to 2025-08", 60.0, "")
    assert later.as_before == 1
    enough = public_measures(month_by_month(40, 20, 3, 7), smallest=10, earlier=seen)
    (row,) = enough.table.to_dict("records")
    assert (row["period"], row["value"]) == ("2025-07 to 2025-10", 70.0)
    assert enough.as_before == 0


def test_a_small_correction_of_an_earlier_month_is_not_told_either():
    seen = as_seen(public_measures(month_by_month(40, 20), smallest=10).table)
    (row,) = public_measures(month_by_month(38, 20), smallest=10, earlier=seen).table["value"]
    assert row == 60.0


def test_two_types_that_grew_by_few_are_not_worked_out_from_the_sum_of_all():
    def table(*more):
        return cells(
            *((name, "output", "a", "2025-07", n) for name, n in WALKED.items()),
            *((name, "output", "a", "2025-08", n) for name, n in zip(WALKED, more, strict=True)),
        )

    seen = as_seen(public_measures(table(0, 0, 0), smallest=10).table)
    later = public_measures(table(30, 28, 2), smallest=10, earlier=seen).table
    new = set(later.loc[later["value"].ne(later["measure"].map(WALKED)), "measure"])
    assert "walks_unit" not in new  # 2 since July
    assert new != {"walks", "walks_officer"}  # 30 less 28


def test_what_was_withheld_to_protect_another_is_not_shown_a_month_later(study):
    shown = public_measures(month_by_month(12), smallest=10).table
    withheld = shown.assign(value=float("nan"), withheld="withheld")
    record_sums(study, withheld, shown[["measure", "role", "place", "period", "value"]], day=TODAY)
    for more, told in ((0, False), (3, False), (10, True)):
        table = month_by_month(12, more)
        found = public_measures(table, smallest=10, earlier=published_sums(study)).table
        assert found["value"].notna().tolist() == [told]


def later(study, days, *, out):
    """Store walks, and export for the public."""
    walks = [walk(day) for day in days]
    append(study.store, "walks", walks, source=Source(step="test", read=len(walks)))
    found = gather_engagement(study, today=TODAY, public=True)
    write_export(study, found, out=out, user="Ana")
    table = found.tables["measures"]
    here = table["place"].eq("eastbank") & table["period"].ge("2025-07")
    return table[here].set_index("measure")["value"]


def test_two_public_exports_do_not_tell_by_their_difference(study, tmp_path):
    first = later(study, ["2025-08-01"], out=tmp_path / "1")
    assert first["walks"] == 21
    second = later(study, ["2025-08-02"], out=tmp_path / "2")  # one more: 7 people, too few
    assert second["walks"] == first["walks"]
    assert "stand as they were" in (tmp_path / "2" / "README.txt").read_text(encoding="utf-8")
    third = later(study, [f"2025-08-{day:02d}" for day in range(3, 16)], out=tmp_path / "3")
    assert third["walks"] == 35  # many more since


WALKED = {"walks": 100, "walks_officer": 60, "walks_unit": 40}


def test_an_export_to_the_public_is_remembered(study, tmp_path):
    write_export(
        study, gather_engagement(study, today=TODAY, public=True), out=tmp_path / "a", user="Ana"
    )
    known = published_sums(study)
    table = gather_engagement(study, today=TODAY, public=True).tables["measures"]
    told = table[table["withheld"].eq("") & table["measure"].ne("walk_minutes")]
    shown = {key: [past for past in pasts if past.shown] for key, pasts in known.items()}
    assert as_seen(told) == {key: pasts for key, pasts in shown.items() if pasts}
    write_export(study, gather_engagement(study, today=TODAY), out=tmp_path / "b", user="Ana")
    assert published_sums(study) == known  # what stays inside the agency is not


def test_every_export_is_in_the_log_before_its_files_are_there(study, tmp_path):
    found = gather_engagement(study, today=TODAY)
    out = tmp_path / "out"
    paths = write_export(study, found, out=out, user="Ana")
    assert sorted(paths) == sorted(out.iterdir())
    (row,) = read_audit(study.store)
    assert (row.user, row.action) == ("Ana", "exported engagement")
    assert "walks 20" in row.detail
    assert "notes left out" in row.detail
    assert break_in([row]) is None


def test_a_folder_that_holds_something_is_not_written_into_and_nothing_is_logged(study, tmp_path):
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileError, match="empty folder"):
        write_export(study, gather_engagement(study, today=TODAY), out=tmp_path, user="Ana")
    assert [path.name for path in tmp_path.iterdir() if path.suffix] == ["kept.txt"]
    assert not read_audit(study.store)


def test_the_commands_write_log_and_show_the_log(study, tmp_path):
    where = ["--study", str(study.root)]
    assert "Nothing was exported yet" in CliRunner().invoke(export_log, where).output
    done = CliRunner().invoke(export, [*where, "--out", str(tmp_path / "a"), "--with-notes"])
    assert done.exit_code == 0, done.output
    public = CliRunner().invoke(export, [*where, "--out", str(tmp_path / "b"), "--public"])
    assert public.exit_code == 0, public.output
    assert "cells were withheld" in public.output
    assert {path.name for path in (tmp_path / "b").iterdir()} == {"measures.csv", "README.txt"}
    shown = CliRunner().invoke(export_log, where).output
    assert "public version" in shown
    assert "notes in" in shown
    assert "(terminal)" in shown
    refused = CliRunner().invoke(
        export, [*where, "--out", str(tmp_path / "c"), "--public", "--with-notes"]
    )
    assert refused.exit_code == 1
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("public", [False, True])
def test_a_study_without_any_engagement_gives_empty_tables(study_folder, public):
    (study_folder / "walk_rules.toml").write_bytes(RULES.read_bytes())
    study = open_study(study_folder)
    found = gather_engagement(study, today=TODAY, public=public)
    assert all(table.empty for table in found.tables.values())
    assert "README.txt" in found.files()
    study.store.dispose()
