from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select

from outcomes.cli.engagement_keeping import retention
from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.errors import DataError
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.engagement_records import read_records, record_row, store_records
from outcomes.pipeline.engagement_retention import (
    due_texts,
    erase_due_texts,
    first_day_kept,
    free_texts,
    rule_in_words,
)
from outcomes.pipeline.record_importing import import_records
from outcomes.store import Source
from outcomes.store.engagement_erasing import MARK
from outcomes.store.schema import RECORDS
from outcomes.study import open_study

TODAY = date(2025, 12, 31)
SOURCE = Source(step="test", read=1)
OLD = "the owner of the corner shop asked for light"


@pytest.fixture
def make(study_folder):
    opened = []

    def made(months="retention_months = 6"):
        settings = study_folder / "study.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(f"{text}\n[engagement]\n{months}\n", encoding="utf-8")
        opened.append(open_study(study_folder))
        return opened[-1]

    yield made
    for study in opened:
        study.store.dispose()


def put(study, kind, day, body, *, key="1", amend=False, community=""):
    row = record_row(
        kind, key=[day, key], day=day, place="eastbank", community=community, body=body, by="Ana"
    )
    return store_records(study, [row], source=SOURCE, amend=amend)


def bodies(study):
    with study.store.connect() as connection:
        return [dict(body) for body in connection.execute(select(RECORDS.c.body)).scalars()]


def test_notes_go_and_counts_stay_in_every_version(make):
    study = make()
    put(study, "walk_report", "2025-03-01", {"note": "an older wording", "handouts": 12})
    put(study, "walk_report", "2025-03-01", {"note": OLD, "handouts": 14}, amend=True)
    put(study, "walk_report", "2025-12-01", {"note": "a newer note", "handouts": 3})
    (due,) = due_texts(study, today=TODAY)
    assert (due.records, due.texts, due.oldest) == (1, 2, "2025-03-01")
    assert erase_due_texts(study, user="Ana", today=TODAY) == [due]
    first, second, kept = bodies(study)
    assert [first["note"], second["note"]] == ["", ""]
    assert [first["handouts"], second["handouts"]] == [12, 14]
    assert first[MARK] == second[MARK] == "2025-12-31"
    assert kept == {"note": "a newer note", "handouts": 3}
    assert due_texts(study, today=TODAY) == []
    assert erase_due_texts(study, user="Ana", today=TODAY) == []


def forgets(connection, _):
    """Let SQLite leave what it lets go on the disk; some builds overwrite it unasked."""
    connection.execute("PRAGMA secure_delete=OFF").close()


def raw(study):
    """All bytes of the store, those of its write-ahead log included."""
    return b"".join(path.read_bytes() for path in sorted((study.root / "data").glob("study.db*")))


def test_nothing_of_an_erased_note_is_left_in_the_store_or_in_its_log(make):
    study = make()
    event.listen(study.store, "connect", forgets)
    note = f"{OLD}; " * 500  # of several pages, which are let go whole
    put(study, "walk_report", "2025-03-01", {"note": note})
    with study.store.connect() as other:  # somebody else has the store open: its log stays
        assert OLD.encode() in raw(study)
        erase_due_texts(study, user="Ana", today=TODAY)
        assert (study.root / "data" / "study.db-wal").exists()
        assert OLD.encode() not in raw(study)
        other.invalidate()
    assert OLD.encode() not in raw(study)


def bring(study, tmp_path, *, goals="quiet nights", status="in force", amend=False):
    path = tmp_path / "letters.csv"
    head = "day,place,parties,goals,community_input,status\n"
    path.write_text(f"{head}2025-03-01,eastbank,Eastbank Tenants,{goals},yes,{status}\n", "utf-8")
    return import_records(study, path, kind="letter", amend=amend, today=TODAY)


@pytest.mark.parametrize("goals", ["quiet nights", "an older wording"])
@pytest.mark.parametrize("amend", [False, True])
def test_an_old_file_again_brings_no_erased_text_back(make, tmp_path, goals, amend):
    study = make()
    bring(study, tmp_path, goals="an older wording")
    bring(study, tmp_path, amend=True)
    erase_due_texts(study, user="Ana", today=TODAY)
    again = bring(study, tmp_path, goals=goals, amend=amend)
    assert (again.new, again.known) == (0, 1)
    assert [body["goals"] for body in bodies(study)] == ["", ""]


def test_a_correction_after_the_texts_were_erased_is_stored_without_them(make, tmp_path):
    study = make()
    bring(study, tmp_path)
    erase_due_texts(study, user="Ana", today=TODAY)
    with pytest.raises(DataError, match="--amend"):
        bring(study, tmp_path, status="ended")
    assert bring(study, tmp_path, status="ended", amend=True).new == 1
    (letter,) = read_records(study)["body"]
    assert letter["status"] == "ended"
    assert "goals" not in letter
    again = bring(study, tmp_path, goals="words of a third file", status="ended", amend=True)
    assert (again.new, again.known) == (0, 1)
    assert due_texts(study, today=TODAY) == []


def test_no_hash_of_an_erased_note_stays_by_which_it_could_be_guessed(make):
    study = make()
    put(study, "walk_report", "2025-03-01", {"note": "Ann"})
    query = select(RECORDS.c.content)
    with study.store.connect() as connection:
        (before,) = connection.execute(query).scalars()
    erase_due_texts(study, user="Ana", today=TODAY)
    with study.store.connect() as connection:
        (after,) = connection.execute(query).scalars()
    assert after != before


def test_what_records_are_counted_and_told_apart_by_stays(make):
    study = make()
    body = {"name": "open evening", "participants": 40, "academy": "spring-class"}
    put(study, "event", "2025-03-01", body)
    assert due_texts(study, today=TODAY) == []
    for kind in shipped_kinds().values():
        told_by = {*kind.key, *(one.filled for one in kind.counted)}
        assert not told_by & set(free_texts(kind))
    assert "goals" in free_texts(shipped_kinds()["letter"])


def test_a_judgement_keeps_its_reason_and_a_withdrawn_record_stays_withdrawn(make):
    study = make()
    put(study, "level", "2025-03-01", {"level": 2, "reason": "few contacts"}, community="east")
    put(study, "walk_report", "2025-03-02", {"handouts": 1, "withdrawn": "stored by mistake"})
    (due,) = erase_due_texts(study, user="Ana", today=TODAY)
    assert due.kind == "walk reports"
    level, walk = bodies(study)
    assert level["reason"] == "few contacts"
    assert walk["withdrawn"] == "(erased)"
    assert list(read_records(study)["kind"]) == ["level"]
    assert due_texts(study, today=TODAY) == []


def test_without_an_end_in_the_settings_nothing_is_ever_due(make):
    study = make("")
    put(study, "walk_report", "1999-01-01", {"note": OLD})
    assert due_texts(study, today=TODAY) == erase_due_texts(study, user="", today=TODAY) == []
    assert "without end" in rule_in_words(study, today=TODAY)


@pytest.mark.parametrize(
    ("months", "today", "first"),
    [
        (1, date(2025, 3, 31), date(2025, 3, 1)),
        (1, date(2025, 3, 28), date(2025, 2, 28)),
        (1, date(2025, 3, 1), date(2025, 2, 1)),
        (12, date(2024, 2, 29), date(2023, 3, 1)),
    ],
)
def test_a_note_is_kept_through_the_last_day_of_its_months(make, months, today, first):
    study = make(f"retention_months = {months}")
    assert first_day_kept(study, today=today) == first


def test_the_command_says_first_and_erases_only_when_told_to(make):
    study = make()
    put(study, "walk_report", "2025-01-01", {"note": OLD})
    said = CliRunner().invoke(retention, ["--study", str(study.root)]).output
    assert "walk reports: 1 text(s) of 1 record(s), 2025-01-01." in said
    assert "Say --erase" in said
    assert bodies(study)[0]["note"] == OLD
    assert not read_audit(study.store)
    said = CliRunner().invoke(retention, ["--study", str(study.root), "--erase"]).output
    assert "These were erased." in said
    assert "data/raw" in said
    assert OLD not in said
    assert bodies(study)[0]["note"] == ""
    (row,) = read_audit(study.store)
    assert (row.action, row.detail) == ("erased engagement notes", "1 texts of 1 records")
