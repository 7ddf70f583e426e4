from pathlib import Path

import pytest
from click.testing import CliRunner

from outcomes.cli.engagement import engagement
from outcomes.cli.records import records
from outcomes.errors import FileError
from outcomes.pipeline.engagement import import_incidents, import_walks
from outcomes.pipeline.records import import_counts
from outcomes.sheets import Reading
from outcomes.store import read_facts, read_imports
from outcomes.study import open_study

RULES = Path(__file__).resolve().parents[2] / "walk_rules.toml"
WALKS = (
    "place,type,start,minutes,coordinator,officers,{}\n"
    "eastbank,officer,2025-07-07 10:00,20,officer,2,x\n"
)
INCIDENTS = "place,at,{}\neastbank,2025-07-07 21:00,shooting\n"
COUNTS = "place,month,tips_received,{}\neastbank,2025-07,4,3\n"


@pytest.fixture
def study(study_folder):
    (study_folder / "walk_rules.toml").write_bytes(RULES.read_bytes())
    yield (opened := open_study(study_folder))
    opened.store.dispose()


def written(tmp_path, text):
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("column", ["Suspect", "resident_name", "Religión", "fi_number", "DOB"])
def test_a_walk_log_with_such_a_column_is_refused_and_nothing_is_stored(study, tmp_path, column):
    path = written(tmp_path, WALKS.format(column))
    with pytest.raises(FileError, match=f"column '{column}'.*--without"):
        import_walks(study, path)
    assert read_facts(study.store, "walks").empty
    assert read_imports(study.store).empty


def test_the_column_left_out_unread_lets_the_rest_in_and_the_account_says_so(study, tmp_path):
    path = written(tmp_path, WALKS.format("Suspect Name"))
    imported = import_walks(study, path, reading=Reading(without=("Suspect Name",)))
    assert imported.new == 1
    assert "Left out unread, as you said: Suspect Name." in imported.sentences()
    assert "Suspect Name" not in imported.not_read


def test_leaving_out_a_column_that_is_not_there_is_answered_with_those_that_are(study, tmp_path):
    path = written(tmp_path, WALKS.format("Suspect"))
    with pytest.raises(FileError, match="Did you mean 'Suspect'"):
        import_walks(study, path, reading=Reading(without=("suspct",)))


def test_a_needed_column_cannot_be_left_out(study, tmp_path):
    path = written(tmp_path, WALKS.format("weather"))
    with pytest.raises(FileError, match="there is no column 'minutes'"):
        import_walks(study, path, reading=Reading(without=("minutes",)))


def test_a_new_name_does_not_hide_what_a_column_is(study, tmp_path):
    path = written(tmp_path, INCIDENTS.format("Suspect Name"))
    with pytest.raises(FileError, match="column 'Suspect Name'"):
        import_incidents(study, path, reading=Reading(rename={"Suspect Name": "kind"}))


def test_a_stored_column_is_looked_at_by_its_content(study, tmp_path):
    path = written(tmp_path, "place,at,kind\neastbank,2025-07-07 21:00,Maria Lopez\n")
    with pytest.raises(FileError, match="people's names in 1 of 1") as refused:
        import_incidents(study, path)
    assert "Lopez" not in str(refused.value)
    assert read_facts(study.store, "incidents").empty


def test_an_ordinary_file_comes_in_as_before(study, tmp_path):
    assert import_walks(study, written(tmp_path, WALKS.format("weather"))).new == 1
    assert import_incidents(study, written(tmp_path, INCIDENTS.format("kind"))).new == 1
    assert import_counts(study, written(tmp_path, COUNTS.format("arrests"))).new == 1


def test_a_table_of_counts_may_count_arrests_and_may_name_nobody(study, tmp_path):
    path = written(tmp_path, COUNTS.format("officer name"))
    with pytest.raises(FileError, match="who somebody is"):
        import_counts(study, path)
    found = import_counts(study, path, reading=Reading(without=("officer name",)))
    assert "Left out unread, as you said: officer name." in found.notes


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (engagement.commands["import-walks"], WALKS),
        (engagement.commands["import-incidents"], INCIDENTS.replace("{}", "kind,{}", 1)),
        (records.commands["import"], COUNTS),
    ],
)
def test_every_import_of_engagement_takes_the_option_that_its_refusal_names(
    study, tmp_path, command, text
):
    text = text.replace("shooting", "shooting,x")
    path = str(written(tmp_path, text.format("first name")))
    said = [path, "--study", str(study.root)]
    assert CliRunner().invoke(command, said).exit_code == 1
    result = CliRunner().invoke(command, [*said, "--without", "first name"])
    assert result.exit_code == 0, result.output
    assert "Left out unread" in result.output
