"""Columns of facts are stored and read as the same rows one by one are."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from outcomes.errors import DataError
from outcomes.store import (
    FACTS,
    IMPORTS,
    Appended,
    Source,
    append,
    blocks,
    bulk_append,
    open_store,
    read_facts,
    read_imports,
)
from outcomes.store.bulk_read import read_columns
from outcomes.store.engine import reading
from outcomes.store.schema import BLOCKS
from outcomes.store.versions import ERASED, every_version

SOURCE = Source(step="engagement import-walks", read=3)
WALKS = FACTS["walks"]


def walk(key: str, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": key,
        "place": "east",
        "type": "officer",
        "start": "2026-01-05T10:00:00",
    }
    row |= {"minutes": 20.0, "coordinator": "officer", "people": {"officers": 2}}
    return row | changes


def store(folder: Path, name: str) -> Engine:
    return open_store(f"sqlite:///{folder / name}.db")


def kept(engine: Engine) -> list[tuple[Any, ...]]:
    """Every row of the store's walks as SQLite holds it."""
    with sqlite3.connect(str(engine.url.database)) as connection:
        rows = connection.execute("SELECT * FROM walks ORDER BY id").fetchall()
    connection.close()
    return rows


TEXT = st.text(alphabet='ab"\\\n\té\u2028😀|', max_size=4)
ROW = st.fixed_dictionaries(
    {
        "key": TEXT,
        "place": TEXT,
        "minutes": st.sampled_from([0.0, -0.0, 12.5, 1e22, 1e-7, 20.0]),
        "people": st.dictionaries(TEXT, st.one_of(st.integers(), st.none(), TEXT), max_size=3),
        "team": st.one_of(st.none(), TEXT),
    }
)


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.lists(ROW, min_size=1, max_size=6))
def test_columns_leave_the_same_bytes_in_the_store_as_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("stores")
    full = [walk(row["key"]) | row for row in rows]
    one, other = store(folder, "rows"), store(folder, "columns")
    first = append(one, "walks", full, source=SOURCE, amend=True)
    second = append(other, "walks", pd.DataFrame(full), source=SOURCE, amend=True)
    assert first == second
    assert kept(one) == kept(other)


def history(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every version of every walk."""
    with reading(engine) as connection:
        keys = read_columns(engine, "walks")["key"]
        return {key: every_version(connection, WALKS, key=key) for key in keys}


def test_many_batches_are_one_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "AT_MOST", 2)
    monkeypatch.setattr(bulk_append, "_MANY", 3)
    rows = [walk(str(at), place=f"p{at % 2}") for at in range(7)]
    one, other = store(tmp_path, "rows"), store(tmp_path, "columns")
    append(one, "walks", rows, source=SOURCE)
    assert append(other, "walks", pd.DataFrame(rows), source=SOURCE) == Appended(new=7, known=0)
    assert history(one) == history(other)
    again = append(other, "walks", pd.DataFrame(rows), source=SOURCE)
    assert again == Appended(new=0, known=7)
    changed = pd.DataFrame([*rows[:3], walk("3", minutes=5.0), *rows[4:], walk("new")])
    with pytest.raises(DataError, match="'3' is stored already with other content"):
        append(other, "walks", changed, source=SOURCE)
    assert history(one) == history(other)
    amended = append(other, "walks", changed, source=SOURCE, amend=True)
    assert amended == Appended(new=2, known=6)
    assert read_imports(other)[["new", "known"]].to_numpy().tolist() == [[7, 0], [0, 7], [2, 6]]
    assert read_columns(other, "walks")["minutes"].tolist() == [20.0] * 6 + [5.0, 20.0]


def test_a_key_that_stands_twice_is_known_or_refused_also_in_a_later_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_append, "_AT_ONCE", 1)
    engine = store(tmp_path, "columns")
    rows = [walk("a"), walk("b"), walk("c"), walk("a")]
    with pytest.raises(DataError, match="'a' is stored already"):
        append(engine, "walks", pd.DataFrame([*rows[:3], walk("a", minutes=1.0)]), source=SOURCE)
    assert kept(engine) == []
    assert append(engine, "walks", pd.DataFrame(rows), source=SOURCE) == Appended(new=3, known=1)


def test_what_was_erased_stays_erased(tmp_path: Path) -> None:
    engine = store(tmp_path, "columns")
    append(engine, "walks", [walk("a"), walk("b")], source=SOURCE)
    with engine.begin() as connection:
        connection.execute(WALKS.update().where(WALKS.c.key == "a").values(content=ERASED))
    rows = pd.DataFrame([walk("a"), walk("b"), walk("c")])
    found = append(engine, "walks", rows, source=SOURCE, amend=True)
    assert found == Appended(new=1, known=1, erased=1)
    assert read_columns(engine, "walks")["key"].tolist() == ["b", "c"]


def test_columns_read_as_rows_do(tmp_path: Path) -> None:
    engine = store(tmp_path, "rows")
    rows = [walk("a", team="squad 3"), walk("b", team=None, people={}), walk("c", team=None)]
    append(engine, "walks", rows, source=SOURCE)
    append(engine, "walks", [walk("a", team="squad 4")], source=SOURCE, amend=True)
    facts, columns = read_facts(engine, "walks"), read_columns(engine, "walks")
    assert list(columns) == list(facts)
    assert columns["key"].tolist() == facts["key"].tolist() == ["b", "c", "a"]
    assert columns["people"].tolist() == facts["people"].tolist()
    assert columns["people"][1] is columns["people"][2]
    assert columns["minutes"].tolist() == facts["minutes"].tolist()
    assert columns["team"].fillna("").tolist() == ["", "", "squad 4"]
    assert "key" not in read_columns(engine, "walks", without=["key"])


def test_an_empty_store_reads_as_an_empty_table_of_the_same_columns(tmp_path: Path) -> None:
    columns = read_columns(store(tmp_path, "empty"), "walks")
    assert list(columns) == list(read_facts(store(tmp_path, "empty"), "walks"))
    assert columns.empty


def test_lists_in_a_column_of_json_stay_lists(tmp_path: Path) -> None:
    engine = store(tmp_path, "lists")
    rows = [walk("a", people=[1, 2]), walk("b", people=[3, 4])]
    append(engine, "walks", pd.DataFrame(rows), source=SOURCE)
    assert read_columns(engine, "walks")["people"].tolist() == [[1, 2], [3, 4]]


def test_columns_that_the_table_does_not_have_are_refused(tmp_path: Path) -> None:
    engine, rows = store(tmp_path, "columns"), pd.DataFrame([{"key": "a", "name": "x"}])
    with pytest.raises(DataError, match="a row for walks has the columns key, name"):
        append(engine, "walks", rows, source=SOURCE)


def test_a_store_of_an_earlier_version_knows_its_rows_again(tmp_path: Path) -> None:
    """Digests are what they were: of the row as JSON, with its names in order."""
    engine = store(tmp_path, "old")
    row = walk("a", place='Östliche "Straße"', minutes=12.5)
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    logged = {"step": "x", "file": "", "sha256": "", "at": "", "read": 1, "new": 1, "known": 0}
    with engine.begin() as connection:
        connection.execute(insert(IMPORTS).values(**logged, refused=0))
        connection.execute(insert(WALKS).values(**row, version=1, content=digest, import_id=1))
    found = append(engine, "walks", pd.DataFrame([row]), source=SOURCE)
    assert found == Appended(new=0, known=1)


KILLED = """
import os, sys
import pandas as pd
from outcomes.store import Source, append, blocks, bulk_append, open_store
blocks.AT_MOST, bulk_append._MANY = 2, 1
write, written = blocks.pq.write_table, []
def stop(*arguments, **words):
    if len(written) == 2:
        os.kill(os.getpid(), 9)
    written.append(write(*arguments, **words))
blocks.pq.write_table = stop
rows = pd.read_json(sys.argv[2], orient="records", dtype=False, convert_dates=False)
append(open_store(sys.argv[1]), "walks", rows, source=Source(step="x", read=6))
"""


def test_a_kill_in_the_middle_leaves_nothing_of_an_import(tmp_path: Path) -> None:
    engine = store(tmp_path, "killed")
    rows = [walk(f"k{at}") for at in range(6)]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(engine.url), str(tmp_path / "rows.json")], check=False
    )
    assert ended.returncode == -9
    with engine.connect() as connection:
        assert connection.execute(select(IMPORTS.c.id)).all() == []
        assert connection.execute(select(BLOCKS.c.id)).all() == []
    assert kept(engine) == []
    assert append(engine, "walks", pd.DataFrame(rows), source=SOURCE) == Appended(new=6, known=0)
