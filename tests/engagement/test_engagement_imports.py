from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.engagement import engagement
from outcomes.errors import DataError, FileError, OutcomesError
from outcomes.pipeline.engagement import (
    check_walks,
    import_incidents,
    import_walks,
    walk_measures,
)
from outcomes.sheets import Reading
from outcomes.store import read_facts, read_imports
from outcomes.study import open_study

SHIPPED = Path(__file__).resolve().parents[2] / "walk_rules.toml"
STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-03-31
time_zone = "America/Chicago"

[[places]]
code = "east"
name = "East"
role = "focus"
start = 2026-01-05

[[places]]
code = "north"
name = "North"
role = "comparison"
"""
WALKS = (
    "place,type,start,minutes,coordinator,officers,sergeants,reached\n"
    "east,officer,2026-01-05 10:00,20,officer,2,0,7\n"
    "east,squad,2026-01-06 10:00,20,sergeant,1,1,3\n"
)
INCIDENTS = (
    "place,at,kind\neast,2026-02-03 21:00,shooting\nnorth,2026-02-04 21:00,homicide\n"
    "east,2026-02-05 10:00,robbery\n"
)
GOOD = {"walks": WALKS, "incidents": INCIDENTS}
STEPS = {"walks": import_walks, "incidents": import_incidents}


@pytest.fixture
def study(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "walk_rules.toml").write_bytes(SHIPPED.read_bytes())
    yield (opened := open_study(tmp_path))
    opened.store.dispose()


def written(tmp_path, text, *, name="file.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("table", ["walks", "incidents"])
def test_importing_twice_changes_nothing(study, tmp_path, table):
    path = written(tmp_path, GOOD[table])
    first = STEPS[table](study, path)
    before = read_facts(study.store, table)
    second = STEPS[table](study, path)
    assert (first.new, first.known) == (first.read, 0)
    assert (second.new, second.known) == (0, first.read)
    pd.testing.assert_frame_equal(read_facts(study.store, table), before)


@pytest.mark.parametrize("table", ["walks", "incidents"])
def test_an_excel_file_reads_like_the_csv_even_under_the_name_of_one(study, tmp_path, table):
    STEPS[table](study, written(tmp_path, GOOD[table]))
    for name in ("file.xlsx", "file-from-excel.csv"):
        excel = tmp_path / "made.xlsx"
        pd.read_csv(written(tmp_path, GOOD[table])).to_excel(excel, index=False)
        path = tmp_path / name
        path.write_bytes(excel.read_bytes())
        again = STEPS[table](study, path)
        assert (again.new, again.known) == (0, again.read)


WRONG = [
    ("walks", WALKS.replace("minutes", "length"), "row 1: there is no column 'minutes'"),
    ("walks", WALKS.replace("2026-01-06", "06.01.2026"), "row 3, column start"),
    ("walks", WALKS.replace("east,squad", "est,squad"), "row 3, column place.*'east'"),
    ("walks", WALKS.replace("squad", "sqad"), "row 3, column type.*'squad'"),
    ("walks", WALKS + WALKS.splitlines()[1] + "\n", "row 4, column coordinator: the same"),
    ("walks", WALKS.replace(",20,off", ",-20,off"), "row 2, column minutes"),
    ("walks", "", "the file is empty"),
    ("walks", WALKS.splitlines()[0] + "\n", "the file holds no rows"),
    ("incidents", INCIDENTS.replace(",at,", ",when,"), "row 1: there is no column 'at'"),
    ("incidents", INCIDENTS.replace("2026-02-04 21:00", "Feb 4"), "row 3, column at: 'Feb 4'"),
    ("incidents", INCIDENTS.replace("north", "nrth"), "row 3, column place.*'north'"),
    ("incidents", INCIDENTS + INCIDENTS.splitlines()[1] + "\n", "row 5, column kind: the same"),
    ("incidents", "", "the file is empty"),
]


@pytest.mark.parametrize(("table", "text", "message"), WRONG)
def test_a_wrong_file_is_refused_in_one_sentence_and_nothing_is_stored(
    study, tmp_path, table, text, message
):
    with pytest.raises(FileError, match=rf"file\.csv.*{message}"):
        STEPS[table](study, written(tmp_path, text))
    assert read_facts(study.store, table).empty
    assert read_imports(study.store).empty


@pytest.mark.parametrize("table", ["walks", "incidents"])
def test_a_wrong_encoding_is_refused_and_the_right_one_read(study, tmp_path, table):
    text = GOOD[table].replace("\n", ",note\n", 1).replace("\neast", "\neast").rstrip("\n")
    lines = [text.splitlines()[0], *(f"{line},café" for line in text.splitlines()[1:])]
    path = written(tmp_path, "\n".join(lines) + "\n", encoding="cp1252")
    with pytest.raises(FileError, match=r"row 2: this is not UTF-8 text.*--encoding cp1252"):
        STEPS[table](study, path)
    assert read_facts(study.store, table).empty
    assert STEPS[table](study, path, reading=Reading(encoding="cp1252")).not_read == ("note",)


def test_good_rows_can_be_stored_without_the_refused_ones(study, tmp_path):
    path = written(tmp_path, WALKS.replace("squad", "sqad"))
    imported = import_walks(study, path, reading=Reading(leave_out_refused=True))
    assert (imported.read, imported.new, len(imported.refusals)) == (2, 1, 1)


def test_a_changed_walk_is_an_amendment_and_only_if_so_said(study, tmp_path):
    import_walks(study, written(tmp_path, WALKS))
    changed = written(tmp_path, WALKS.replace("20,sergeant", "30,sergeant"))
    with pytest.raises(DataError, match="--amend"):
        import_walks(study, changed)
    assert import_walks(study, changed, amend=True).new == 1
    assert read_facts(study.store, "walks")["minutes"].tolist() == [20.0, 30.0]


def test_incidents_that_ask_for_no_walk_are_said(study, tmp_path):
    imported = import_incidents(study, written(tmp_path, INCIDENTS))
    assert "1 incidents are of kinds that ask for no walk: robbery." in imported.notes


def test_stored_walks_are_checked_and_counted(study, tmp_path):
    import_walks(study, written(tmp_path, WALKS))
    import_incidents(study, written(tmp_path, INCIDENTS))
    shares = {share.measure: share for share in check_walks(study)}
    table = study.read_table("compliance")
    week = table[(table["period"] == "2026-W02") & (table["type"] == "squad")].iloc[0]
    assert (week["required"], week["counted"]) == (3, 0)
    assert week["reasons"] == "1 too short (20 of 30 minutes)"
    assert shares["walks_post_incident"].value == 0
    assert shares["walks_post_incident"].n == 1  # the homicide was in a comparison place
    assert shares["walks_officer"].value == pytest.approx(1 / 36)  # 12 whole weeks of three
    rows = walk_measures(study)
    assert rows[rows["measure"] == "walk_minutes"]["value"].sum() == 40
    assert set(rows["period"]) == {"2026-01", "2026-02", "2026-03"}
    assert set(rows["place"]) == {"east", "north"}


def test_a_study_without_a_walk_log_claims_nothing(study):
    assert check_walks(study) == []
    assert walk_measures(study).empty
    assert study.read_table("compliance").empty


def test_report_times_are_stored_and_asked_for_where_they_are_missing(study, tmp_path):
    import_walks(study, written(tmp_path, WALKS))
    import_incidents(study, written(tmp_path, INCIDENTS))
    rules = SHIPPED.read_text(encoding="utf-8").replace(
        'incident_clock = "incident"', 'incident_clock = "report"'
    )
    study.rules_path.write_text(rules, encoding="utf-8")
    with pytest.raises(DataError, match="lack the time of the report"):
        check_walks(study)
    told = INCIDENTS.replace("kind\n", "kind,reported\n").replace("ing\n", "ing,2026-02-04 08:30\n")
    told = told.replace("homicide\n", "homicide,2026-02-05 08:30\n").replace(
        "robbery\n", "robbery,\n"
    )
    amended = import_incidents(study, written(tmp_path, told), amend=True)
    assert (amended.new, amended.known) == (2, 1)  # the robbery tells nothing new
    assert {share.measure for share in check_walks(study)} >= {"walks_post_incident"}
    table = study.read_table("compliance")
    incident = table[(table["type"] == "post_incident") & (table["required"] == 1)]
    assert incident["period"].tolist() == ["2026-02-04T08:30"]


def test_a_file_without_report_times_is_known_in_a_store_that_has_the_column(study, tmp_path):
    import_incidents(study, written(tmp_path, INCIDENTS))
    empty = INCIDENTS.replace("\n", ",\n").replace("kind,\n", "kind,reported\n")
    again = import_incidents(study, written(tmp_path, empty))
    assert (again.new, again.known) == (0, 3)
    plain = WALKS.replace("\n", ",,\n").replace("reached,,\n", "reached,team,inside_border\n")
    import_walks(study, written(tmp_path, WALKS))
    assert import_walks(study, written(tmp_path, plain)).known == 2
    some = plain.replace(",3,,", ",3,squad 3,no")
    assert import_walks(study, written(tmp_path, some), amend=True).new == 1
    assert read_facts(study.store, "walks")["team"].tolist()[-1] == "squad 3"


def run(*words):
    return CliRunner().invoke(engagement, [str(word) for word in words], catch_exceptions=False)


def test_the_commands_import_and_check(study, tmp_path):
    walks, happened = (written(tmp_path, text, name=f"{n}.csv") for n, text in GOOD.items())
    said = run("import-walks", walks, "--study", tmp_path)
    assert "walks.csv: 2 rows read, 2 stored, 0 already known, 0 refused." in said.output
    assert "3 stored" in run("import-incidents", happened, "--study", tmp_path).output
    assert "walks_squad" in run("check", "--study", tmp_path).output


def test_a_log_is_checked_from_file_to_file(tmp_path):
    walks, happened = (written(tmp_path, text, name=f"{n}.csv") for n, text in GOOD.items())
    out = tmp_path / "out.csv"
    options = ("--rules", SHIPPED, "--incidents", happened, "--out", out)
    said = run("compliance", walks, *options, "--first", "2026-01-05", "--last", "2026-03-01")
    assert "1 places, 2026-01-05 to 2026-03-01 (taken from the log where not given)" in said.stderr
    assert "1 incidents in other places were left out" in said.stderr
    table = pd.read_csv(out)
    assert list(table) == [
        *("place", "type", "period", "required", "done", "counted", "short", "reasons")
    ]
    assert table.groupby("type")["required"].sum()["officer"] == 8 * 3
    assert run("compliance", walks, "--rules", SHIPPED, "--format", "json").stdout.startswith("[{")


def test_a_wrong_log_is_refused_from_file_to_file_and_nothing_is_written(tmp_path):
    walks = written(tmp_path, WALKS.replace("squad", "sqad"))
    out = tmp_path / "out.csv"
    with pytest.raises(OutcomesError, match="row 3, column type"):
        run("compliance", walks, "--rules", SHIPPED, "--out", out)
    assert not out.exists()


def test_call_types_are_mapped_from_file_to_file(tmp_path):
    calls = written(tmp_path, "Type,n\nWALKING BEAT,3\nFOOT PURSUIT,1\n,4\n")
    out = tmp_path / "map.csv"
    run("map-cad", calls, "--column", "Type", "--out", out)
    assert pd.read_csv(out)["suggestion"].tolist() == ["walk", "not a walk"]
    with pytest.raises(FileError, match="there is no column 'Tpye'"):
        run("map-cad", calls, "--column", "Tpye")


@pytest.mark.parametrize("name", sorted(engagement.commands))
def test_every_command_has_help_and_an_example(name):
    said = run(name, "--help").output
    assert "Example: outcomes engagement" in said
