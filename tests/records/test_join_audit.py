"""A join to places and months counts what matched and what did not, and says so at every import."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.pipeline.join_audit import audit_joins, audit_table, join_sentence, lost_nothing
from outcomes.records.join_audit import audit_join
from outcomes.store import Source, append
from outcomes.study import open_study

ROOT = Path(__file__).resolve().parents[2]
WHERE = {"of": "walks", "places": ["a", "b"], "months": ["2025-01", "2025-02"]}


def rows(*told):
    return pd.DataFrame(told, columns=["place", "month", "start"])


def test_every_row_is_counted_once_as_one_of_four() -> None:
    found = audit_join(
        rows(
            ("a", "2025-01", "1"),
            ("agency", "2025-02", "1"),
            ("a", "2025-01", "1"),  # once more
            ("x", "2025-01", "1"),  # no such place
            ("x", "2024-12", "1"),  # neither place nor month: counted by its place
            ("a", "2024-12", "1"),  # no such month
            ("a", "2024-12", "1"),
        ),
        dropped=3,
        **WHERE,
    )
    numbers = (found.matched, found.unmatched_place, found.unmatched_month, found.duplicated)
    assert numbers == (2, 2, 2, 1)
    assert sum(numbers) == found.rows
    assert (found.places, found.months, found.empty_places) == (("x",), ("2024-12",), ("b",))
    assert found.sentences()[0] == (
        "Walks joined to places and months: 2 matched, 4 unmatched, 1 duplicated, 3 dropped."
    )
    said = " ".join(found.sentences())
    assert "2 rows name no place of study.toml: x." in said
    assert "in no whole month of the study: 2024-12." in said
    assert said.endswith("No row of walks in: b.")


def test_where_all_matches_one_sentence_is_said() -> None:
    told = audit_join(rows(("a", "2025-01", "1"), ("b", "2025-01", "1")), **WHERE).sentences()
    assert told == [
        "Walks joined to places and months: 2 matched, 0 unmatched, 0 duplicated, 0 dropped."
    ]
    assert len(audit_join(rows(), **WHERE).sentences()) == 1


def test_many_unknown_places_are_named_up_to_five() -> None:
    table = rows(*((f"x{number}", "2025-01", "1") for number in range(8)))
    assert "x0, x1, x2, x3, x4 and 3 more" in " ".join(audit_join(table, **WHERE).sentences())


@pytest.fixture
def study(study_folder):
    return open_study(study_folder)


def walk(key, place, start):
    return {"key": key, "place": place, "type": "officer", "start": start, "minutes": 20.0,
            "coordinator": "officer", "people": {"officers": 2}}  # fmt: skip


def test_all_stored_tables_are_audited(study) -> None:
    told = [
        walk("1", "eastbank", "2025-07-01T10:00"),
        walk("2", "eastbank", "2025-07-01T10:00"),  # as the desk and a file may tell it
        walk("3", "oldtown", "2025-07-01T10:00"),
        walk("4", "eastbank", "2024-12-31T23:00"),
    ]
    append(study.store, "walks", told, source=Source(step="engagement import-walks", read=9,
                                                     refused=5))  # fmt: skip
    row = record_row("event", key=["x"], day="2025-03-01", place="agency", body={"name": "x"})
    level = record_row("level", key=["x"], day="2030-03-01", place="agency", body={"level": 1})
    store_records(study, [row, level], source=Source(step="test", read=2))
    found = {each.table: each for each in audit_joins(study)}
    walks = found["walks"]
    assert (walks.matched, walks.duplicated, walks.dropped) == (1, 1, 5)
    assert (walks.unmatched_place, walks.unmatched_month) == (1, 1)
    assert found["engagement records"].rows == 1  # a judgement of a level joins to no month
    assert found["counts"].rows == found["incidents"].rows == found["counts"].dropped == 0


def test_records_that_say_the_same_are_duplicates(study) -> None:
    same = {"day": "2025-03-01", "place": "agency", "body": {"name": "x", "participants": 3}}
    told = [record_row("event", key=[key], **same) for key in ("x", "y")]
    told.append(record_row("event", key=["z"], **same | {"body": {"name": "x"}}))
    store_records(study, told, source=Source(step="test", read=3))
    assert audit_table(study, "engagement_records").duplicated == 1


def run(*words, study):
    found = CliRunner().invoke(cli, [*words, "--study", str(study.root)])
    assert found.exit_code == 0, f"{found.output}{found.exception!r}"
    return found


def test_the_command_prints_the_table_and_what_is_behind_it(study) -> None:
    append(study.store, "walks", [walk("3", "oldtown", "2025-07-01T10:00")],
           source=Source(step="test", read=1))  # fmt: skip
    found = run("records", "audit", study=study)
    assert "engagement records" in found.stdout
    assert "1 rows name no place of study.toml: oldtown." in found.stderr


def test_an_import_says_what_the_join_keeps(study, tmp_path) -> None:
    shutil.copyfile(ROOT / "walk_rules.toml", study.rules_path)
    path = tmp_path / "incidents.csv"
    path.write_text(
        "place,at,kind\neastbank,2025-07-01 10:00,shooting\neastbank,2024-11-01 10:00,shooting\n"
    )
    said = run("engagement", "import-incidents", str(path), study=study).output
    assert (
        "Joined to places and months: 1 matched, 1 unmatched (in no whole month of the study: "
        "2024-11), 0 duplicated (stored before), 0 dropped (refused)."
    ) in said
    again = run("engagement", "import-incidents", str(path), study=study).output
    assert "2 duplicated (stored before)" in again


def test_counts_by_month_say_it_too(study, tmp_path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("place,month,measure,value\neastbank,2025-01,tips_received,4\n")
    said = run("records", "import", str(path), study=study).output
    assert "Joined to places and months: 1 matched, 0 unmatched, 0 duplicated" in said


@pytest.mark.parametrize(
    ("month", "refused", "whole"),
    [("2025-03", 0, True), ("2024-03", 0, False), ("2025-03", 10, False)],
)
def test_a_run_of_many_files_leaves_out_only_joins_that_lost_nothing(
    study, month, refused, whole
) -> None:
    table = pd.DataFrame({"place": ["eastbank"], "month": [month]})
    assert lost_nothing(join_sentence(study, table, known=3, refused=refused)) is whole
    assert not lost_nothing("walks.csv: 1 rows read, 0 unmatched, 0 dropped (refused).")
