import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from outcomes.store import GroupWriter, NotSaved, Submission, open_store, read_submissions
from outcomes.store import group_writer as group_writer_module


def sent(instance: str, *, body: str = "{}") -> Submission:
    return Submission(
        wave="pre",
        place="agency",
        instance=instance,
        part="form",
        respondent="r",
        body=body,
        digest="d",
        way="tablet",
        language="en",
        instrument="academy",
        instrument_version="1.0",
        instrument_hash="h",
        day="2026-03-02",
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "study.db"


@pytest.fixture
def engine(database: Path) -> Engine:
    return open_store(f"sqlite:///{database}")


@pytest.fixture
def writer(engine: Engine) -> Iterator[GroupWriter]:
    writer = GroupWriter(engine)
    writer.start()
    yield writer
    writer.stop()


def stored(engine: Engine) -> list[str]:
    return [one.instance for one in read_submissions(engine, "pre")]


def refusal(reply: "Future[str]") -> str:
    with pytest.raises(NotSaved) as caught:
        reply.result(timeout=20)
    return str(caught.value)


def test_on_a_full_disk_nothing_is_acknowledged_and_afterwards_the_writer_goes_on(
    engine: Engine,
) -> None:
    limit = {"pages": 60}  # SQLite says "disk is full" at its own limit, as at the disk's

    @event.listens_for(engine, "connect")
    def _small(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={limit['pages']}")

    writer = GroupWriter(engine)
    writer.start()
    replies = [writer.submit(sent(f"big-{n}", body="x" * 60_000)) for n in range(8)]
    said = [reply.exception(timeout=20) for reply in replies]
    full = [one for one in said if one is not None]
    assert full
    assert "the disk is full. Make room on it, keep this page, and send it again" in str(full[0])
    acknowledged = [f"big-{n}" for n, one in enumerate(said) if one is None]
    assert stored(engine) == acknowledged
    limit["pages"] = 100_000
    assert writer.submit(sent("later", body="x" * 60_000)).result(timeout=20) == "new"
    writer.stop()
    assert stored(engine) == [*acknowledged, "later"]


def test_while_another_program_holds_the_store_nothing_is_acknowledged(
    database: Path,
    engine: Engine,
    writer: GroupWriter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_writer_module, "PATIENCE", 200)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        replies = [writer.submit(sent(f"held-{n}")) for n in range(3)]
        for reply in replies:
            assert "not saved: another program holds the store" in refusal(reply)
        other.execute("ROLLBACK")
    assert writer.submit(sent("later")).result(timeout=20) == "new"
    assert stored(engine) == ["later"]


def test_the_writer_waits_three_seconds_for_another_program() -> None:
    assert group_writer_module.PATIENCE == 3000


def test_on_a_store_that_may_only_be_read_nothing_is_acknowledged(
    engine: Engine, writer: GroupWriter
) -> None:
    closed = {"yes": True}

    @event.listens_for(engine, "connect")
    def _only_read(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA query_only={'ON' if closed['yes'] else 'OFF'}")

    assert "not saved: the store may not be written to" in refusal(writer.submit(sent("first")))
    closed["yes"] = False
    assert writer.submit(sent("later")).result(timeout=20) == "new"
    assert stored(engine) == ["later"]


def test_the_same_submission_can_be_sent_again_after_it_was_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    monkeypatch.setattr(group_writer_module, "PATIENCE", 100)
    writer = GroupWriter(engine)
    writer.start()
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refusal(writer.submit(sent("one")))
    assert [writer.submit(sent("one")).result(timeout=20) for _ in range(2)] == ["new", "same"]
    writer.stop()
    assert stored(engine) == ["one"]


def test_a_fault_after_the_commit_makes_nothing_double(engine: Engine) -> None:
    faults = iter(["after commit"])

    def fail_once(moment: str) -> None:
        if moment == "after commit" and next(faults, ""):
            raise OSError("the machine had a fit")

    writer = GroupWriter(engine, at=fail_once)
    with engine.begin():
        writer.start()
        replies = [writer.submit(sent(f"i-{n}")) for n in range(4)]
    first = replies[0].exception(timeout=20)  # unless it was a batch of its own
    others = [reply.result(timeout=20) for reply in replies[1:]]
    writer.stop()
    assert first is None or isinstance(first, NotSaved)
    assert set(others) <= {"new", "same"}
    assert sorted(stored(engine)) == [f"i-{n}" for n in range(4)]


def test_the_writer_syncs_at_every_commit_and_keeps_a_log(engine: Engine) -> None:
    """Killing a process says nothing about a power cut; these two settings do."""
    settings = {}
    writer = GroupWriter(engine)

    def look(_moment: str) -> None:
        connection = writer._connection
        if connection is not None:
            for name in ("synchronous", "journal_mode", "busy_timeout"):
                settings[name] = connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    writer._at = look
    writer.start()
    assert writer.submit(sent("one")).result(timeout=20) == "new"
    writer.stop()
    assert settings == {"synchronous": 2, "journal_mode": "wal", "busy_timeout": 3000}
