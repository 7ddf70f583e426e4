"""Records come in from tables: all rows or none, each refusal with its mend, nothing twice."""

from datetime import date

import pytest
from click.testing import CliRunner

from outcomes.cli.engagement import engagement
from outcomes.errors import DataError, FileError, OutcomesError, RowsRefused
from outcomes.pipeline.engagement_records import (
    WITHDRAWN,
    read_records,
    record_versions,
    store_records,
)
from outcomes.pipeline.record_importing import import_records, known_names
from outcomes.sheets import Reading
from outcomes.store import Source
from outcomes.study import open_study

TODAY = date(2025, 12, 1)
EVENTS = (
    "day,place,name,sort,participants,partners\n"
    "2025-07-02,eastbank,open evening,community event,24,YMCA; Hillside Church\n"
    "2025-07-02,agency,coffee with officers,other,9,\n"
)
LETTERS = "day,place,parties,goals,community_input,status,review\n"


@pytest.fixture
def study(study_folder):
    settings = study_folder / "study.toml"
    more = '\n[[communities]]\ncode = "canal"\nname = "Canal Street"\napproach = "broad-based"\n'
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")
    yield (opened := open_study(study_folder))
    opened.store.dispose()


@pytest.fixture
def bring_in(study, tmp_path):
    def bring(text, kind="event", **options):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return import_records(study, path, kind=kind, **{"today": TODAY} | options)

    return bring


def only(study, place):
    """The one record of a place."""
    found = read_records(study)
    return found[found["place"] == place].iloc[0]


def change(study, **changes):
    """Store a newer version of the record in Eastbank, as the desk does."""
    names = ("key", "kind", "day", "place", "community", "body", "by")
    row = only(study, "eastbank")[list(names)].to_dict()
    body = row["body"] | changes
    source = Source(step="desk records", read=1)
    store_records(study, [row | {"body": body, "by": "Ann"}], source=source, amend=True)


def test_a_table_becomes_records_with_their_values(bring_in, study):
    told = bring_in(EVENTS)
    assert (told.read, told.new, told.known) == (2, 2, 0)
    stored = read_records(study, "event")
    assert stored[["day", "place", "community", "by"]].iloc[0].tolist() == [
        "2025-07-02", "eastbank", "", "",
    ]  # fmt: skip
    assert stored["body"][0] == {
        "name": "open evening",
        "sort": "community event",
        "participants": 24,
        "partners": ["YMCA", "Hillside Church"],
    }


def test_the_same_table_again_changes_nothing(bring_in, study):
    bring_in(EVENTS)
    again = bring_in(EVENTS.replace("open evening", "Open evening").replace("Open", "open"))
    assert (again.new, again.known) == (0, 2)
    assert len(read_records(study)) == 2


def test_a_changed_row_needs_to_be_called_a_correction_and_keeps_its_history(bring_in, study):
    bring_in(EVENTS)
    changed = EVENTS.replace(",24,", ",26,")
    with pytest.raises(DataError, match="--amend"):
        bring_in(changed)
    assert bring_in(changed, amend=True).new == 1
    assert only(study, "eastbank")["body"]["participants"] == 26
    versions = next(iter(record_versions(study, "event").values()))
    assert [each.body["participants"] for each in versions] == [24, 26]


def test_a_file_does_not_undo_what_was_corrected_or_withdrawn_at_the_desk(bring_in, study):
    bring_in(EVENTS)
    change(study, participants=30, name="open evening at the library")
    assert bring_in(EVENTS, amend=True).known == 2
    assert only(study, "eastbank")["body"]["participants"] == 30
    renamed = EVENTS.replace("open evening", "open evening at the library").replace(",24,", ",30,")
    assert (bring_in(renamed).new, len(read_records(study))) == (0, 2)
    change(study, **{WITHDRAWN: "a test"})
    assert bring_in(EVENTS).known == 2
    assert len(read_records(study)) == 1


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("2025-12-02,eastbank,fair,,3,", "day", "future"),
        ("1925-12-02,eastbank,fair,,3,", "day", "before 1990"),
        ("someday,eastbank,fair,,3,", "day", "is not a date"),
        ("2025-07-03,westbank,fair,,3,", "place", "Did you mean 'eastbank'"),
        ("2025-07-03,eastbank,,,3,", "name", "it is needed"),
        ("2025-07-03,eastbank,fair,,,", "participants", "it is needed"),
        ("2025-07-03,eastbank,fair,,three,", "participants", "whole number"),
        ("2025-07-03,eastbank,fair,party,3,", "sort", "Allowed: community event"),
        ("2025-07-03,eastbank,talk with pastor Lee,,3,", "name", "a name after a title"),
        ("2025-07-03,eastbank,{fair} 555-201-3344,,3,", "name", "a phone"),
        ("2025-07-03,eastbank,fair,,3,Maria Lopez", "partners", "a common first name"),
        ("2025-07-02,eastbank,OPEN EVENING,,3,", "name", "stand in an earlier row"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_and_nothing_is_stored(
    bring_in, study, row, column, words
):
    with pytest.raises(RowsRefused) as refused:
        bring_in(EVENTS + row + "\n")
    (refusal,) = refused.value.refusals
    assert (refusal.row, refusal.column) == (4, column)
    assert words in str(refusal)
    assert "Lopez" not in str(refusal)
    assert read_records(study).empty
    told = bring_in(EVENTS + row + "\n", reading=Reading(leave_out_refused=True))
    assert (told.new, len(told.refusals)) == (2, 1)


def test_a_community_is_one_of_the_study(bring_in, study):
    rows = EVENTS.replace("name,sort", "community,name,sort").replace("open", "canal,open")
    rows = rows.replace("coffee", ",coffee")
    assert bring_in(rows).new == 2
    assert read_records(study)["community"].tolist() == ["canal", ""]
    with pytest.raises(RowsRefused, match="Did you mean 'canal'"):
        bring_in(rows.replace("canal", "canel"))


def test_a_study_without_communities_says_so(study_folder, tmp_path):
    opened = open_study(study_folder)
    path = tmp_path / "events.csv"
    path.write_text("day,place,community,name,participants\n2025-07-02,agency,x,fair,1\n", "utf-8")
    with pytest.raises(RowsRefused, match="names no community"):
        import_records(opened, path, kind="event", today=TODAY)
    opened.store.dispose()


def test_a_column_of_what_is_never_kept_is_refused_and_may_be_left_out(bring_in, study):
    text = EVENTS.replace("partners\n", "partners,suspect\n").replace(",\n", ",,x\n")
    with pytest.raises(FileError, match="--without suspect"):
        bring_in(text.replace("Church\n", "Church,x\n"))
    assert read_records(study).empty
    told = bring_in(text.replace("Church\n", "Church,x\n"), reading=Reading(without=("suspect",)))
    assert told.new == 2


def test_dates_may_be_written_as_the_file_writes_them(bring_in, study):
    row = "7/2/2025,eastbank,Hillside Church,meet monthly,yes,in force,7/2/2026\n"
    bring_in(LETTERS + row, kind="letter", reading=Reading(date_order="MDY"))
    (record,) = read_records(study).to_dict("records")
    assert (record["day"], record["body"]["review"]) == ("2025-07-02", "2026-07-02")


def test_names_on_record_are_no_secret_in_later_texts(bring_in, study):
    row = "2025-07-02,eastbank,Hillside Church,light the way to Hillside Church,yes,in force,\n"
    with pytest.raises(RowsRefused, match="a capital letter"):
        bring_in(LETTERS + row, kind="letter")
    bring_in(EVENTS)
    assert "Hillside Church" in known_names(study)
    assert bring_in(LETTERS + row, kind="letter").new == 1


def run(*words, study):
    return CliRunner().invoke(engagement, [*words, "--study", str(study.root)])


def test_the_template_of_every_kind_is_explained_and_can_be_imported(study, tmp_path, bring_in):
    out = tmp_path / "letters.csv"
    told = run("template", "--kind", "letter", "--out", str(out), study=study)
    header = out.read_text("utf-8").strip().split(",")
    for name in header:
        assert f"\n  {name}: " in told.output
    row = {"day": "2025-07-02", "place": "agency", "parties": "YMCA", "goals": "meet",
           "community_input": "no", "status": "ended"}  # fmt: skip
    out.write_text(",".join(header) + "\n" + ",".join(row.get(name, "") for name in header) + "\n")
    done = run("import-records", str(out), "--kind", "letter", study=study)
    assert "1 stored" in done.output
    again = run("template", "--kind", "letter", "--out", str(out), study=study)
    assert isinstance(again.exception, OutcomesError)
    assert "already" in str(again.exception)


def test_kinds_and_records_are_listed(study, bring_in):
    bring_in(EVENTS)
    change(study, **{WITHDRAWN: "a test"})
    assert "what people then do" in CliRunner().invoke(engagement, ["kinds"]).output
    asked = CliRunner().invoke(engagement, ["kinds", "--kind", "event", "--format", "json"])
    assert "How many community members came?" in asked.output
    listed = run("records", "--kind", "event", study=study)
    assert "coffee with officers" in listed.output
    assert "open evening" not in listed.output
    assert "1 withdrawn" in listed.output
    assert "2025-07-02" in run("records", study=study).output
