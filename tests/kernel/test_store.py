import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from outcomes.errors import DataError, OutcomesError
from outcomes.store import (
    FACTS,
    Appended,
    Source,
    append,
    fingerprint,
    open_store,
    read_facts,
    read_imports,
)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_store(f"sqlite:///{tmp_path / 'study.db'}")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "tips.csv"
    path.write_text("place,month,count\n", encoding="utf-8")
    return Source(step="records import", file=path, read=3, refused=1)


def count(key: str, value: int = 1, **changes: Any) -> dict[str, Any]:
    row = {"key": key, "place": "eastbank", "month": "2025-01", "measure": "tips_received"}
    return {**row, "value": value, **changes}


def values(engine: Engine) -> list[int]:
    return list(read_facts(engine, "counts")["value"])


def test_new_rows_are_stored_and_read_in_their_order(engine: Engine, source: Source) -> None:
    appended = append(engine, "counts", [count("b", 2), count("a", 1)], source=source)
    assert appended == Appended(new=2, known=0)
    facts = read_facts(engine, "counts")
    assert list(facts.columns) == ["key", "place", "month", "measure", "value"]
    assert facts["key"].tolist() == ["b", "a"]


def test_rows_that_are_known_word_for_word_are_not_stored_again(
    engine: Engine, source: Source
) -> None:
    append(engine, "counts", [count("a")], source=source)
    again = append(engine, "counts", [count("a"), count("b")], source=source)
    assert again == Appended(new=1, known=1)
    assert values(engine) == [1, 1]


def test_changed_content_is_refused_without_amend_and_nothing_of_it_is_stored(
    engine: Engine, source: Source
) -> None:
    append(engine, "counts", [count("a", 1)], source=source)
    with pytest.raises(DataError, match=r"tips.csv: 'a' is stored already.*--amend"):
        append(engine, "counts", [count("z", 5), count("a", 2), count("y", 6)], source=source)
    assert values(engine) == [1]
    assert len(read_imports(engine)) == 1


def test_an_error_of_the_database_in_the_middle_leaves_nothing(
    engine: Engine, source: Source
) -> None:
    with pytest.raises(IntegrityError):
        append(engine, "counts", [count("a"), count("b", place=None)], source=source)
    assert values(engine) == []
    assert read_imports(engine).empty


def test_an_amendment_is_a_new_version_and_readers_see_the_newest(
    engine: Engine, source: Source
) -> None:
    append(engine, "counts", [count("a", 1), count("b", 7)], source=source)
    assert append(engine, "counts", [count("a", 2)], source=source, amend=True).new == 1
    assert append(engine, "counts", [count("a", 3)], source=source, amend=True).new == 1
    facts = read_facts(engine, "counts").set_index("key")
    assert facts["value"].to_dict() == {"a": 3, "b": 7}
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT version, value FROM counts WHERE key = 'a'")
        assert kept.fetchall() == [(1, 1), (2, 2), (3, 3)]


def test_every_import_is_logged_with_the_name_of_its_file_and_no_path(
    engine: Engine, source: Source
) -> None:
    append(engine, "counts", [count("a")], source=source)
    log = read_imports(engine).iloc[0]
    assert (log["step"], log["file"]) == ("records import", "tips.csv")
    assert (log["read"], log["new"], log["known"], log["refused"]) == (3, 1, 0, 1)
    content = source.file.read_bytes()
    assert log["sha256"] == hashlib.sha256(content).hexdigest()
    assert log["at"].endswith("+00:00")


def test_the_fingerprint_changes_with_a_fact_or_an_amendment_and_not_otherwise(
    engine: Engine, source: Source
) -> None:
    seen = [fingerprint(engine)]
    for rows in ([count("a")], [count("b")], [count("b", 2)]):
        append(engine, "counts", rows, source=source, amend=True)
        seen.append(fingerprint(engine))
    append(engine, "counts", [count("a")], source=source)
    assert fingerprint(engine) == seen[-1]
    assert len({one["counts"] for one in seen}) == 4
    assert len({one["walks"] for one in seen}) == 1
    assert set(seen[0]) == set(FACTS)


@pytest.mark.parametrize(
    "rows",
    [
        [count("a", colour="red")],
        [count("a"), count("b", weight=1)],
        [{name: cell for name, cell in count("a").items() if name != "key"}],
        [count("a"), {"key": "b"}],
        [count("a", version=3)],
    ],
)
def test_rows_that_do_not_hold_the_columns_of_the_table_are_refused(
    engine: Engine, source: Source, rows: list[dict[str, Any]]
) -> None:
    with pytest.raises(DataError, match="each row must have the same ones, `key` among them"):
        append(engine, "counts", rows, source=source)
    assert read_imports(engine).empty


def test_an_import_of_no_rows_is_logged_all_the_same(engine: Engine, source: Source) -> None:
    assert append(engine, "counts", [], source=source) == Appended(new=0, known=0)
    assert len(read_imports(engine)) == 1
    assert "key" in read_facts(engine, "walks").columns


def test_answers_and_people_come_back_as_they_were(engine: Engine, source: Source) -> None:
    walk = {
        "key": "w1",
        "place": "eastbank",
        "type": "officer",
        "start": "2025-07-01T10:00:00",
        "minutes": 20.0,
        "coordinator": "officer",
        "people": {"officer": 2, "Größe": 1},
    }
    append(engine, "walks", [walk], source=source)
    assert read_facts(engine, "walks")["people"].tolist() == [walk["people"]]


def test_what_was_acknowledged_is_on_the_disk(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_reader_does_not_wait_for_a_writer(engine: Engine, source: Source) -> None:
    append(engine, "counts", [count("a")], source=source)
    other = open_store(str(engine.url))
    with engine.begin() as writing:
        writing.exec_driver_sql("DELETE FROM counts")
        began = time.monotonic()
        assert values(other) == [1]
        assert time.monotonic() - began < 5  # far below the ten seconds that a writer would wait
        writing.rollback()
    assert values(engine) == [1]


def test_a_file_that_is_no_store_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    path.write_text("place,count\n" * 200, encoding="utf-8")
    with pytest.raises(OutcomesError, match=r"study.db: the store cannot be opened"):
        open_store(f"sqlite:///{path}")


WRITER = """
import sys
from pathlib import Path
from outcomes.store import Source, append, open_store

database, file, name, batches, size = sys.argv[1:]
engine = open_store(f"sqlite:///{database}")
source = Source(step="test", file=Path(file), read=int(size))
print("ready", flush=True)
for batch in range(int(batches)):
    rows = [
        {"key": f"{name}-{batch}-{row}", "place": "eastbank", "month": "2025-01",
         "measure": "tips_received", "value": row}
        for row in range(int(size))
    ]
    append(engine, "counts", rows, source=source)
    print(batch, flush=True)
"""


def start_writer(database: Path, file: Path, *, name: str, batches: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(database), str(file), name, str(batches), "5"],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path, source: Source) -> None:
    database = tmp_path / "both.db"  # made by both at once, too
    writers = [start_writer(database, source.file, name=name, batches=20) for name in ("a", "b")]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    keys = read_facts(open_store(f"sqlite:///{database}"), "counts")["key"]
    assert sorted(keys) == sorted(f"{n}-{b}-{r}" for n in "ab" for b in range(20) for r in range(5))


def write_and_kill(writer: subprocess.Popen[str], *, after: int, wait: float) -> list[str]:
    """Let a writer acknowledge so many batches, kill it, and give what it acknowledged."""
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    said = [writer.stdout.readline() for _ in range(after)]
    time.sleep(wait)
    writer.send_signal(signal.SIGKILL)
    said += writer.stdout.readlines()
    assert writer.wait(timeout=30) == -signal.SIGKILL
    writer.stdout.close()
    return "".join(said).split()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_what_was_acknowledged_survives_a_kill_at_any_moment(
    tmp_path: Path, source: Source
) -> None:
    database = tmp_path / "killed.db"
    moments = random.Random(20251122)
    acknowledged: list[str] = []
    for turn in range(8):
        writer = start_writer(database, source.file, name=f"w{turn}", batches=10_000)
        after, wait = moments.randrange(1, 12), moments.uniform(0, 0.02)
        batches = write_and_kill(writer, after=after, wait=wait)
        assert len(batches) >= after
        acknowledged += [f"w{turn}-{batch}-{row}" for batch in batches for row in range(5)]
    keys = read_facts(open_store(f"sqlite:///{database}"), "counts")["key"]
    assert not keys.duplicated().any()
    assert set(acknowledged) <= set(keys)
    assert (keys.str.rpartition("-")[0].value_counts() == 5).all()  # no half of a batch
    with sqlite3.connect(database) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()


def test_a_store_of_an_earlier_version_gets_the_columns_that_it_lacks(
    tmp_path: Path, source: Source
) -> None:
    url = f"sqlite:///{tmp_path / 'study.db'}"
    engine = open_store(url)
    append(engine, "articles", [_article("https://example.org/1")], source=source)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE articles DROP COLUMN summary")
    engine.dispose()
    articles = read_facts(open_store(url), "articles")
    assert articles["url"].tolist() == ["https://example.org/1"]
    assert articles["summary"].tolist() == [None]


def test_an_import_of_thousands_of_rows_meets_each_that_is_known(
    engine: Engine, source: Source
) -> None:
    rows = [_article(f"https://example.org/{number}") for number in range(1201)]
    append(engine, "articles", rows[:700], source=source)
    found = append(engine, "articles", rows, source=source)
    assert (found.new, found.known) == (501, 700)


def _article(url: str) -> dict[str, object]:
    return {
        "key": url, "url": url, "outlet": "Courier", "published": "", "title": "A title",
        "text": "A text.", "prompted": None,
    }  # fmt: skip
