from datetime import date

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError, RowsRefused
from outcomes.pipeline.cad import confirm_codes, import_extract, known_codes, suggest_codes
from outcomes.pipeline.cad_dose import verified_measures, verify_dose
from outcomes.pipeline.engagement import import_walks
from outcomes.pipeline.folder import new_study
from outcomes.sheets import Reading
from outcomes.store import read_facts
from outcomes.study import open_study

COLUMNS = {"call": "No", "type": "Type", "place": "Beat", "start": "From", "end": "To"}
HEADER = "No,Type,Beat,From,To,Unit,Officer Name,Address\n"
ROW = "{},{},{},{},{},{},J. Doe,12 Elm Street\n"


@pytest.fixture
def study(study_folder, tmp_path):
    rules = new_study(tmp_path / "other").rules_path
    (study_folder / "walk_rules.toml").write_text(rules.read_text(encoding="utf-8"), "utf-8")
    with (study_folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[engagement.cad.beats]\nE1 = "eastbank"\nN1 = "northgate"\n')
    return open_study(study_folder)


@pytest.fixture
def write(tmp_path):
    def extract(*rows, name="calls.csv", header=HEADER):
        path = tmp_path / name
        path.write_text(header + "".join(ROW.format(*row) for row in rows), encoding="utf-8")
        return path

    return extract


def walk(number, *, day=4, start="10:00", end="10:40", kind="WALKING BEAT", beat="E1"):
    when = f"2025-08-{day:02} "
    return (number, kind, beat, when + start, when + end, f"A{number}")


def confirm(study, tmp_path, **means):
    path = tmp_path / "map.csv"
    rows = {"WALKING BEAT": "walk", "MEETING": "community", "BURGLARY": "not a walk", **means}
    pd.DataFrame({"call_type": rows.keys(), "means": rows.values()}).to_csv(path, index=False)
    return confirm_codes(study, path, today=date(2025, 9, 1))


def test_a_person_confirms_a_map_once_and_is_only_asked_about_new_types(study, write, tmp_path):
    path = write(walk(1), walk(2, kind="CAPTAIN WALK"), walk(3, kind="OUT OF CAR - WALKING"))
    table, account = suggest_codes(path, "Type", study=study)
    assert table["means"].tolist() == ["walk", "captain", ""]
    table.to_csv(tmp_path / "map.csv", index=False)
    stored = confirm_codes(study, tmp_path / "map.csv", today=date(2025, 9, 1))
    assert (stored.read, stored.new, stored.known) == (len(table), 2, 0)
    assert "1 call types stay open" in stored.notes[0]
    assert "1 need a decision" in account[1]
    again, account = suggest_codes(write(walk(1), walk(4, kind="Bike ride")), "Type", study=study)
    assert again["call_type"].tolist() == ["Bike ride"]
    assert account[0] == "2 call types, 1 of them confirmed before."
    assert known_codes(study).confirmed == {"WALKING BEAT": "walk", "CAPTAIN WALK": "captain"}


def test_a_map_is_suggested_without_a_study_too(write):
    table, account = suggest_codes(write(walk(1), walk(2, kind="CAPTAIN WALK")), "Type")
    assert table["suggestion"].tolist() == ["walk", "walk"]
    assert account == ["2 call types, 0 of them confirmed before."]


def test_a_confirmed_meaning_changes_only_as_an_amendment_and_the_first_is_kept(study, tmp_path):
    assert confirm(study, tmp_path).new == 3
    same = confirm_codes(study, tmp_path / "map.csv", today=date(2025, 10, 1))
    assert (same.new, same.known) == (0, 3)
    with pytest.raises(DataError, match="--amend"):
        confirm(study, tmp_path, MEETING="not a walk")
    confirm_codes(study, tmp_path / "map.csv", amend=True)
    assert known_codes(study).confirmed["MEETING"] == "not a walk"
    with study.store.connect() as connection:
        rows = connection.exec_driver_sql("SELECT means FROM cad_codes WHERE call_type='MEETING'")
        assert [row[0] for row in rows] == ["community", "not a walk"]


def test_a_meaning_that_is_none_is_refused_with_the_right_ones(study, tmp_path):
    with pytest.raises(RowsRefused, match=r"'walks' is not a known meaning.*Did you mean 'walk'"):
        confirm(study, tmp_path, MEETING="walks")
    assert known_codes(study).confirmed == {}


def test_only_confirmed_calls_are_stored_and_nothing_else_of_them(study, write, tmp_path):
    confirm(study, tmp_path)
    path = write(
        walk(1),
        walk(2, kind="BURGLARY"),
        walk(3, kind="MEETING"),
        walk(4, beat="Z9"),
        walk(5, kind="LARCENY"),
    )
    imported = import_extract(study, path, columns={**COLUMNS, "units": "Unit"})
    assert (imported.read, imported.new, imported.known) == (5, 2, 0)
    facts = read_facts(study.store, "cad_visits")
    assert facts["call"].tolist() == ["1", "3"]
    assert facts["place"].tolist() == ["eastbank", "eastbank"]
    told = " ".join(imported.sentences())
    for sentence in (
        "2 rows are calls of other types",
        "Not read, for they look like enforcement or people: Officer Name",
        "1 call types (1 rows) were never confirmed: 'LARCENY'",
        "1 calls lie in 1 beats that nobody said the place of, and were not stored: Z9",
    ):
        assert sentence in told
    content = (study.root / "data" / "study.db").read_bytes()
    content += (
        (study.root / "data" / "study.db-wal").read_bytes()
        if (study.root / "data" / "study.db-wal").exists()
        else b""
    )
    for word in (b"J. Doe", b"Elm Street", b"LARCENY", b"BURGLARY Z9", b'"A1"'):
        assert word not in content


def test_the_same_extract_twice_changes_nothing(study, write, tmp_path):
    confirm(study, tmp_path)
    path = write(walk(1), walk(2))
    import_extract(study, path, columns=COLUMNS)
    before = {name: read_facts(study.store, name) for name in ("cad_visits", "cad_extracts")}
    again = import_extract(study, path, columns=COLUMNS, amend=True)
    assert (again.new, again.known) == (0, 2)
    for name, facts in before.items():
        pd.testing.assert_frame_equal(read_facts(study.store, name), facts)


def test_an_amended_extract_is_refused_whole_and_with_amend_stored_with_its_history(
    study, write, tmp_path
):
    confirm(study, tmp_path)
    import_extract(study, write(walk(1), walk(2)), columns=COLUMNS)
    later = write(walk(1, end="10:55"), walk(2, kind="BURGLARY"), walk(3))
    with pytest.raises(DataError, match=r"'cad \d' is stored already with other content"):
        import_extract(study, later, columns=COLUMNS)
    assert len(read_facts(study.store, "cad_visits")) == 2
    imported = import_extract(study, later, columns=COLUMNS, amend=True)
    assert imported.new == 3
    facts = read_facts(study.store, "cad_visits").set_index("call")
    assert facts.loc["1", "minutes"] == 55
    assert facts.loc["2", "call_type"] == ""  # it is no visit now
    assert "1 calls that were stored as visits are none in this extract: 2" in str(imported.notes)
    with study.store.connect() as connection:
        rows = connection.exec_driver_sql("SELECT minutes FROM cad_visits WHERE call='1'")
        assert [row[0] for row in rows] == [40, 55]


def test_nothing_is_stored_where_a_row_is_refused_unless_it_may_be_left_out(study, write, tmp_path):
    confirm(study, tmp_path)
    path = write(walk(1), walk(2, end="09:00"))
    with pytest.raises(RowsRefused, match="row 3"):
        import_extract(study, path, columns=COLUMNS)
    assert read_facts(study.store, "cad_visits").empty
    reading = Reading(leave_out_refused=True)
    imported = import_extract(study, path, columns=COLUMNS, reading=reading)
    assert (imported.new, len(imported.refusals)) == (1, 1)


def test_an_extract_is_not_imported_before_a_person_confirmed_a_type(study, write):
    with pytest.raises(DataError, match=r"no call type was confirmed.*map-cad"):
        import_extract(study, write(walk(1)), columns=COLUMNS)


def test_columns_and_beats_may_stand_in_study_toml(study, write, tmp_path):
    confirm(study, tmp_path)
    with (study.root / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[engagement.cad.columns]\ncall = "No"\ntype = "Type"\nplace = "Beat"\n')
    told = open_study(study.root)
    with pytest.raises(DataError, match=r"which column holds the start\? Say --start"):
        import_extract(told, write(walk(1)), columns={})
    assert import_extract(told, write(walk(1)), columns={"start": "From", "end": "To"}).new == 1
    with pytest.raises(DataError, match="named for two things"):
        import_extract(told, write(walk(1)), columns={"start": "From", "end": "From"})


def test_a_place_that_is_none_of_the_study_is_refused_before_anything_is_read(
    study, write, tmp_path
):
    confirm(study, tmp_path)
    beats = tmp_path / "beats.csv"
    beats.write_text("beat,place\nE2,eastbnk\n")
    with pytest.raises(RowsRefused, match="Did you mean 'eastbank'"):
        import_extract(study, write(walk(1)), columns=COLUMNS, place_map=beats)
    path = study.root / "study.toml"
    path.write_text(path.read_text("utf-8").replace('E1 = "eastbank"', 'E1 = "west"'), "utf-8")
    with pytest.raises(FileError, match=r"study.toml, \[engagement.cad.beats\] E1"):
        import_extract(open_study(study.root), write(walk(1)), columns=COLUMNS)


def typed(study, tmp_path, *starts):
    path = tmp_path / "walks.csv"
    rows = [f"eastbank,officer,2025-08-{start},60,officer,2\n" for start in starts]
    path.write_text("place,type,start,minutes,coordinator,officers\n" + "".join(rows))
    import_walks(study, path)


def test_verified_minutes_stand_beside_typed_ones_and_only_for_months_covered_wholly(
    study, write, tmp_path
):
    assert verify_dose(study) is None
    assert verified_measures(study).empty
    confirm(study, tmp_path)
    typed(study, tmp_path, "04 10:10", "05 10:00")
    edges = [
        (n, "OTHER", "", f"2025-{day} 00:00", "", "") for n, day in ((8, "08-01"), (9, "09-15"))
    ]
    import_extract(study, write(walk(1), walk(3, kind="MEETING"), *edges), columns=COLUMNS)
    dose = verify_dose(study)
    row = dose.table.set_index(["place", "period"]).loc[("eastbank", "2025-08")]
    assert (row["walks_typed"], row["matched"], row["typed_only"], row["cad_only"]) == (2, 1, 1, 0)
    assert (row["minutes_typed"], row["minutes_verified"]) == (120, 40)
    measures = verified_measures(study).set_index(["measure", "place", "period"])["value"]
    assert measures.to_dict() == {
        ("walk_minutes_verified", "eastbank", "2025-08"): 40,
        ("walk_minutes_verified", "northgate", "2025-08"): 0,
        ("cad_community_visits", "eastbank", "2025-08"): 1,
        ("cad_community_visits", "northgate", "2025-08"): 0,
    }
    assert pd.read_csv(study.results / "cad_dose.csv")["matched"].sum() == 1
    odd = pd.read_csv(study.results / "cad_outliers.csv")
    assert odd["what"].tolist() == ["typed longer than seen"]
    assert "22 of 24 months of a place no extract holds every day" in dose.sentences[2]


def test_a_month_with_a_matched_walk_of_unknown_length_is_missing_and_not_short(
    study, write, tmp_path
):
    confirm(study, tmp_path)
    typed(study, tmp_path, "04 10:10")
    edges = [
        (n, "OTHER", "", f"2025-{day} 00:00", "", "") for n, day in ((8, "08-01"), (9, "08-31"))
    ]
    import_extract(study, write(walk(1), *edges), columns={**COLUMNS, "end": ""})
    measures = verify_dose(study).measures
    minutes = measures[measures["measure"] == "walk_minutes_verified"]
    assert minutes["place"].tolist() == ["northgate"]


def test_visits_of_a_type_that_nobody_confirmed_are_not_counted_as_none(study, write, tmp_path):
    confirm(study, tmp_path, MEETING="")
    rows = [walk(1), walk(2, kind="MEETING"), walk(3, day=1), walk(4, day=31)]
    import_extract(study, write(*rows), columns=COLUMNS)
    assert "cad_community_visits" not in set(verified_measures(study)["measure"])
    said = confirm(study, tmp_path, MEETING="community").notes
    assert "import them again" in said[0]
    import_extract(study, write(*rows), columns=COLUMNS)
    measures = verified_measures(study).set_index(["measure", "place"])["value"]
    assert measures["cad_community_visits", "eastbank"] == 1


def test_a_code_that_is_confirmed_anew_changes_the_dose_without_a_new_import(
    study, write, tmp_path
):
    confirm(study, tmp_path)
    typed(study, tmp_path, "04 10:10")
    import_extract(study, write(walk(1)), columns=COLUMNS)
    assert verify_dose(study).table["matched"].sum() == 1
    path = tmp_path / "anew.csv"
    path.write_text("call_type,means\nwalking beat,not a walk\n")
    confirm_codes(study, path, amend=True)
    assert verify_dose(study).table["matched"].sum() == 0


def test_the_commands_go_from_an_extract_to_the_dose(study, write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(walk(1), walk(2, kind="BURGLARY"))

    def run(line):
        result = CliRunner().invoke(cli, ["engagement", *line.split()])
        assert result.exit_code == 0, result.output
        return result.output

    folder = f"--study {study.root}"
    assert "No CAD extract" in run(f"cad-dose {folder}")
    assert "WALKING BEAT" in run(f"map-cad calls.csv --column Type {folder}")
    run(f"map-cad calls.csv --column Type --out map.csv {folder}")
    assert "2 stored" in run(f"confirm-cad map.csv {folder}")
    columns = "--call No --type Type --place Beat --start From --end To"
    assert "1 stored" in run(f"import-cad calls.csv {columns} {folder}")
    assert "northgate" in run(f"cad-dose {folder}")


def test_a_broken_study_around_stops_no_map_unless_it_was_named(write, tmp_path, monkeypatch):
    (tmp_path / "study.toml").write_text("not = [toml", encoding="utf-8")
    inside = tmp_path / "downloads"
    inside.mkdir()
    monkeypatch.chdir(inside)
    asked = ["engagement", "map-cad", str(write(walk(1))), "--column", "Type"]
    around = CliRunner().invoke(cli, asked)
    assert around.exit_code == 0, around.output
    assert "WALKING BEAT" in around.stdout
    assert "The study around was left out" in around.stderr
    named = CliRunner().invoke(cli, [*asked, "--study", str(tmp_path)])
    assert named.exit_code != 0
