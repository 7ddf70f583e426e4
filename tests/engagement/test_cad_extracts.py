import pandas as pd
import pytest

from outcomes.engagement.cad_extract import ExtractColumns, count_types, read_extract
from outcomes.engagement.cad_pieces import column_names, pieces
from outcomes.engagement.cad_visits import Ground, minutes_between, read_visits, visit_rows
from outcomes.errors import FileError
from outcomes.sheets import Reading

COLUMNS = ExtractColumns(call="No", type="Type", place="Beat", start="From", end="To", units="Unit")
CONFIRMED = {"WALKING BEAT": "walk", "Meeting": "community", "BURGLARY": "not a walk"}
GROUND = Ground(
    places=["eastbank", "northgate"],
    beats={"E1": "eastbank", "N1": "elsewhere"},
    time_zone="America/Chicago",
    key=b"key",
)
WALK = "1,WALKING BEAT,E1,2025-08-04 10:00,2025-08-04 10:40,A1\n"


@pytest.fixture
def extract(tmp_path):
    def write(text, name="calls.csv", header="No,Type,Beat,From,To,Unit\n", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes((header + text).encode(encoding))
        return path

    return write


def visits(path, *, stored=None, ground=GROUND, reading=None):
    how = {"reading": reading} if reading else {}
    found = read_extract(path, COLUMNS, confirmed=CONFIRMED, stored=stored or {}, **how)
    return read_visits(found, ground, **how)


def test_only_calls_of_confirmed_types_are_kept_and_the_others_counted(extract):
    path = extract(
        WALK
        + "2,burglary,E1,2025-08-05 09:00,,A1\n3,ROBBERY,E1,2025-08-06 09:00,,A1\n"
        + "4, meeting ,E1,2025-08-03 18:00,2025-08-03 19:00,A2\n5,,E1,2025-08-03 18:00,,\n"
    )
    found = read_extract(path, COLUMNS, confirmed=CONFIRMED)
    assert found.read == 5
    assert found.calls["call"].tolist() == ["1", "4"]
    assert found.not_confirmed == {"ROBBERY": 1}
    assert (min(found.days), max(found.days)) == ("2025-08-03", "2025-08-06")


def test_columns_that_nobody_named_are_not_read_and_the_sensitive_ones_said(extract):
    path = extract(
        "1,WALKING BEAT,E1,2025-08-04 10:00,2025-08-04 10:40,A1,J. Doe,12 Elm St\n",
        header="No,Type,Beat,From,To,Unit,Officer Name,Address\n",
    )
    found = read_extract(path, COLUMNS, confirmed=CONFIRMED)
    assert found.not_read == ("Officer Name", "Address")
    assert "Officer Name" in found.sensitive()
    assert "Doe" not in found.calls.to_csv()
    assert "Elm" not in found.calls.to_csv()


def test_a_column_of_officers_cannot_stand_for_units(extract):
    path = extract("1,W,E,2025-08-04,,x\n", header="No,Type,Beat,From,To,Badge Number\n")
    columns = ExtractColumns(
        call="No", type="Type", place="Beat", start="From", units="Badge Number"
    )
    with pytest.raises(FileError, match=r"who somebody is.*Name another column"):
        read_extract(path, columns, confirmed=CONFIRMED)


def test_minutes_come_from_the_two_times_or_from_their_own_column(extract):
    assert visits(extract(WALK)).sheet.table["minutes"].tolist() == [40]
    columns = ExtractColumns(
        call="No", type="Type", place="Beat", start="From", minutes="To", gps="Unit"
    )
    path = extract(
        "1,WALKING BEAT,E1,2025-08-04 10:00,35,33.5\n2,WALKING BEAT,E1,2025-08-04 11:00,,\n"
    )
    table = read_visits(read_extract(path, columns, confirmed=CONFIRMED), GROUND).sheet.table
    assert table["minutes"].fillna(-1).tolist() == [35, -1]
    assert table["gps"].fillna(-1).tolist() == [33.5, -1]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2025-03-09T01:50:00", "2025-03-09T03:10:00", 20),  # an hour is skipped in spring
        ("2025-11-02T00:50:00", "2025-11-02T02:10:00", 140),  # an hour occurs twice in the fall
        ("2025-11-02T01:50:00", "2025-11-02T01:10:00", 20),  # the end is in the second of them
        ("2025-08-04T23:50:00", "2025-08-05T00:20:00", 30),  # midnight
        ("2025-08-04T10:00:00", "2025-08-04T09:00:00", -60),  # wrong on any other day
    ],
)
def test_minutes_are_real_minutes_when_the_clock_is_changed(start, end, minutes):
    found = minutes_between(pd.Series([start]), pd.Series([end]), time_zone="America/Chicago")
    assert found.tolist() == [minutes]


def test_times_with_an_offset_become_local_times(extract):
    path = extract("1,WALKING BEAT,E1,2025-08-04 15:00Z,2025-08-04 15:30+00:00,A1\n")
    row = visits(path).sheet.table.iloc[0]
    assert (row["start"], row["minutes"]) == ("2025-08-04T10:00:00", 30)


def test_unknown_beats_are_counted_and_never_guessed(extract):
    path = extract(
        WALK
        + "2,WALKING BEAT,N1,2025-08-04 11:00,,\n3,WALKING BEAT,E2,2025-08-04 11:00,,\n"
        + "4,WALKING BEAT,E2,2025-08-04 12:00,,\n5,WALKING BEAT,NORTHGATE,2025-08-04 12:00,,\n"
        + "6,WALKING BEAT,1204 Elm Street,2025-08-04 12:00,,\n"
    )
    found = visits(path)
    assert found.sheet.table["place"].tolist() == ["eastbank", "northgate"]
    assert found.unknown == {"E2": 2, "1204 Elm Street": 1}
    told = " ".join(found.sentences())
    assert "3 calls lie in 2 beats that nobody said the place of" in told
    assert "1 calls lie in beats that are elsewhere" in told
    assert "E2" in told
    assert "Elm" not in told  # an address is not shown


def test_rows_of_further_units_make_one_visit_and_other_times_are_refused(extract):
    again = WALK.replace("A1", "B7; c3")
    other = "1,WALKING BEAT,E1,2025-08-04 10:00,2025-08-04 10:55,A9\n"
    found = visits(extract(WALK + again))
    assert found.merged == 1
    assert len(found.sheet.table["units"].iloc[0]) == 3
    refused = visits(extract(WALK + again + other)).sheet.refusals
    assert [(refusal.row, refusal.column) for refusal in refused] == [(4, "call")]


def test_a_unit_is_kept_as_a_code_that_only_the_key_can_make(extract):
    path = extract(WALK)
    (mine,) = visit_rows(visits(path))[0]["units"]
    (small,) = visit_rows(visits(extract(WALK.replace("A1", " a1 "))))[0]["units"]
    other = Ground(places=["eastbank"], beats=GROUND.beats, time_zone="", key=b"other")
    (another,) = visit_rows(visits(path, ground=other))[0]["units"]
    assert mine == small != another
    assert "a1" not in mine


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (WALK.replace("10:40", "09:40"), "end"),
        (WALK.replace("2025-08-04 10:00", "soon"), "start"),
        (WALK.replace("1,", f"{'9' * 90},", 1), "call"),
        (WALK.removeprefix("1"), "call"),
    ],
)
def test_rows_that_break_a_rule_are_refused_with_their_number(extract, row, column):
    refused = visits(extract(row)).sheet.refusals
    assert [(refusal.row, refusal.column) for refusal in refused] == [(2, column)]


def test_a_stored_call_that_is_no_walk_in_a_later_extract_is_named(extract):
    path = extract(WALK.replace("WALKING BEAT", "LARCENY") + WALK.replace("1,", "2,", 1))
    found = visits(path, stored={"1": "Walking beat", "2": "WALKING BEAT"})
    assert found.amended_away == ["1"]
    rows = {row["call"]: row for row in visit_rows(found)}
    assert (rows["1"]["call_type"], rows["1"]["start"], rows["1"]["minutes"]) == ("", "", None)
    elsewhere = visits(extract(WALK.replace("E1", "N1")), stored={"1": "WALKING BEAT"})
    assert elsewhere.amended_away == ["1"]


def test_a_stored_call_whose_type_lost_its_meaning_is_left_alone(extract):
    path = extract(WALK.replace("WALKING BEAT", "BURGLARY"))
    assert visits(path, stored={"1": "Burglary"}).amended_away == []


def test_an_extract_is_read_the_same_in_pieces_of_any_size_and_kind(extract, tmp_path):
    rows = "".join(f'{n},"TYPE, {n % 3}",E1,2025-08-04 10:{n % 60:02},,\n' for n in range(5000))
    path = extract(rows)
    whole = pd.concat(pieces(path, ["Type", "No"]))
    small = pd.concat(pieces(path, ["Type", "No"], at_once=100))
    pd.testing.assert_frame_equal(whole, small)
    assert whole.columns.tolist() == ["Type", "No"]
    assert whole.index.tolist() == list(range(2, 5002))
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, write in (("p.parquet", table.to_parquet), ("x.xlsx", table.head(50).to_excel)):
        write(tmp_path / name, index=False)
        other = pd.concat(pieces(tmp_path / name, ["Type", "No"], at_once=700))
        pd.testing.assert_frame_equal(other, whole.head(len(other)))
        assert column_names(tmp_path / name, encoding="utf-8") == list(table)
    assert count_types(path, "Type") == {"TYPE, 0": 1667, "TYPE, 1": 1667, "TYPE, 2": 1666}


@pytest.mark.parametrize(
    ("text", "how", "message"),
    [
        ("1,W,E1\n", {}, "row 2: the row has 3 cells, and the header 6"),
        (WALK + WALK.replace("E1", "E,1"), {}, "row 3: the row has 7 cells, and the header 6"),
        ("", {}, "a header and no rows"),
        ("1,caf\xe9,E1,2025-08-04,,\n", {"encoding": "cp1252"}, "this is not UTF-8 text"),
        (
            WALK,
            {"header": "No,Type,Beat,From,Until,Unit\n"},
            "no column 'To'.*Did you mean|Allowed",
        ),
        (WALK, {"header": "No,Type,Beat,From,To,To\n"}, "more than one column 'To'"),
    ],
)
def test_a_file_that_is_no_even_table_is_refused(extract, text, how, message):
    with pytest.raises(FileError, match=message) as told:
        read_extract(extract(text, **how), COLUMNS, confirmed=CONFIRMED)
    assert "10:00" not in str(told.value)  # what a row holds is never shown


def test_an_older_encoding_and_other_separators_are_read(extract):
    path = extract("1;caf\xe9\n", header="No;Type\n", encoding="cp1252")
    assert count_types(path, "Type", encoding="cp1252") == {"caf\xe9": 1}
    with pytest.raises(FileError, match="no encoding of text is called"):
        count_types(path, "Type", encoding="utf-99")


def test_dates_in_another_order_are_read_where_it_is_said(extract):
    path = extract("1,WALKING BEAT,E1,8/4/2025 10:00 AM,8/4/2025 10:40 AM,A1\n")
    found = visits(path, reading=Reading(date_order="MDY"))
    assert found.sheet.table["start"].tolist() == ["2025-08-04T10:00:00"]
    assert visits(path).sheet.refusals[0].column == "start"
