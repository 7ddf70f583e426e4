"""Facts in blocks are judged, kept and read as the same facts in rows are."""

import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from outcomes.errors import DataError, OutcomesError
from outcomes.store import Appended, Source, append, blocks, bulk_append, fingerprint, open_store
from outcomes.store.blocks import Since
from outcomes.store.bulk_read import read_columns
from outcomes.store.engine import reading
from outcomes.store.facts import read_facts
from outcomes.store.schema import BLOCKS, IMPORTS, RECORDS, WALKS
from outcomes.store.taking_back import take_walk_back
from outcomes.store.versions import every_version, hold_blocks

SOURCE = Source(step="engagement import-walks", read=1)
KEYS = "abcdef"


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_append, "_MANY", 2)
    monkeypatch.setattr(bulk_append, "_AT_ONCE", 2)
    monkeypatch.setattr(blocks, "AT_MOST", 3)


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


def history(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every version of every walk, what was taken back too."""
    with reading(engine) as connection:
        return {key: every_version(connection, WALKS, key=key) for key in KEYS}


def told(engine: Engine) -> list[dict[str, Any]]:
    """The newest versions in an order that does not hang on how they are kept."""
    table = read_columns(engine, "walks").sort_values("key")
    rows: list[dict[str, Any]] = table.astype(object).where(table.notna(), None).to_dict("records")
    return rows


def record(key: str) -> dict[str, Any]:
    row = {"key": f"walk {key}", "kind": "walk", "day": "2026-01-05", "place": "east"}
    return {**row, "community": "", "body": {"withdrawn": "twice"}, "by": "ana"}


class Step(NamedTuple):
    """One import, or walks that are taken back."""

    rows: list[tuple[str, dict[str, Any]]]
    amend: bool
    singly: bool  # recorded on the page, also where the others come as columns
    back: str  # the key of a walk that is taken back afterwards


CHANGES: list[dict[str, Any]] = [
    {},
    {"minutes": 0.0},
    {"minutes": -0.0},
    {"people": {"Größe": 1, "a": 0}},
    {"team": "squad 3"},
    {"place": 'Öst "1"\\\n', "team": None},
]
ROW = st.tuples(st.sampled_from(KEYS), st.sampled_from(CHANGES))
STEP = st.builds(
    Step,
    rows=st.lists(ROW, min_size=3, max_size=12),
    amend=st.sampled_from([True, True, False]),
    singly=st.sampled_from([False, False, True]),
    back=st.sampled_from(["", "", "", "a", "b"]),
)


def done(engine: Engine, step: Step, *, columns: bool) -> Appended | str:
    told = any("team" in changes for _, changes in step.rows)
    rows = [walk(key, **({"team": None} if told else {}) | changes) for key, changes in step.rows]
    try:
        found = append(
            engine,
            "walks",
            pd.DataFrame(rows) if columns and not step.singly else rows,
            source=SOURCE,
            amend=step.amend,
        )
    except DataError as error:
        return str(error)
    if step.back:
        take_walk_back(engine, step.back, record=record(step.back), step="taken back")
    return found


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Engine, Engine]]:
    pair = open_store("sqlite://"), open_store("sqlite://")
    yield pair
    for engine in pair:
        engine.dispose()


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=1, max_size=5))
def test_whatever_comes_blocks_tell_the_same_history_as_rows(
    pair: tuple[Engine, Engine], steps: list[Step]
) -> None:
    one, other = pair
    for engine in pair:
        with engine.begin() as connection:
            for table in (WALKS, RECORDS, BLOCKS, IMPORTS):
                connection.execute(delete(table))
    for step in steps:
        assert done(one, step, columns=False) == done(other, step, columns=True)
    assert history(one) == history(other)
    assert told(one) == told(other)


def held(engine: Engine) -> list[tuple[int, int]]:
    with reading(engine) as connection:
        found = connection.execute(select(BLOCKS.c.version, BLOCKS.c.held).order_by(BLOCKS.c.id))
        return [(int(row.version), int(row.held)) for row in found]


def rows_of(engine: Engine) -> int:
    with sqlite3.connect(str(engine.url.database)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM walks").fetchone()
    connection.close()
    return int(number)


def test_many_facts_are_blocks_and_few_are_rows(tmp_path: Path) -> None:
    engine = store(tmp_path, "blocks")
    many = pd.DataFrame([walk(key) for key in "abcd"])
    append(engine, "walks", many, source=SOURCE)
    assert (held(engine), rows_of(engine)) == ([(1, 3), (1, 1)], 0)
    append(engine, "walks", pd.DataFrame([walk("e")]), source=SOURCE)
    assert rows_of(engine) == 1
    found = append(engine, "walks", many.assign(minutes=5.0), source=SOURCE, amend=True)
    assert found == Appended(new=4, known=0)
    assert held(engine) == [(1, 3), (1, 1), (2, 3), (2, 1)]
    # of many that are offered only one is new, and one is amended: they are not worth a block
    changed = [walk("f"), walk("a", minutes=6.0), *(walk(key, minutes=5.0) for key in "bcd")]
    found = append(engine, "walks", pd.DataFrame(changed), source=SOURCE, amend=True)
    assert found == Appended(new=2, known=3)
    assert (len(held(engine)), rows_of(engine)) == (4, 3)
    versions = history(engine)["a"]
    assert [row["version"] for row in versions] == [1, 2, 3]
    assert [row["minutes"] for row in versions] == [20.0, 5.0, 6.0]
    assert [row["import_id"] for row in versions] == [1, 3, 4]


def test_a_block_is_a_parquet_file_that_other_programs_read(tmp_path: Path) -> None:
    engine = store(tmp_path, "blocks")
    people = {"officers": 2, "Größe": 1}
    append(engine, "walks", pd.DataFrame([walk("a", people=people), walk("b")]), source=SOURCE)
    with sqlite3.connect(tmp_path / "blocks.db") as connection:
        ((parquet,),) = connection.execute("SELECT parquet FROM fact_blocks").fetchall()
    connection.close()
    table = pd.read_parquet(io.BytesIO(parquet))
    assert table["key"].tolist() == ["a", "b"]
    assert table["people"].tolist() == ['{"Größe": 1, "officers": 2}', '{"officers": 2}']
    assert table["minutes"].tolist() == [20.0, 20.0]
    assert "team" not in table


def test_facts_are_read_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    engine = store(tmp_path, "mixed")
    append(engine, "walks", [walk("f")], source=SOURCE)
    append(engine, "walks", pd.DataFrame([walk(key) for key in "dbca"]), source=SOURCE)
    append(engine, "walks", [walk("e"), walk("b", minutes=1.0)], source=SOURCE, amend=True)
    assert read_columns(engine, "walks")["key"].tolist() == [*"fdcaeb"]
    pd.testing.assert_frame_equal(read_facts(engine, "walks"), read_columns(engine, "walks"))


def test_facts_of_imports_that_waited_for_each_other_are_read_once(tmp_path: Path) -> None:
    engine = store(tmp_path, "waited")
    append(engine, "walks", pd.DataFrame([walk("a"), walk("b")]), source=SOURCE)
    append(engine, "walks", [walk("c")], source=SOURCE)
    append(engine, "walks", pd.DataFrame([walk("d"), walk("e")]), source=SOURCE)
    with engine.begin() as connection:  # on PostgreSQL a number is drawn before the lock is got
        for block, import_id in ((1, 3), (2, 1)):
            of_block = update(BLOCKS).where(BLOCKS.c.id == block)
            connection.execute(of_block.values(import_id=import_id))
    assert sorted(read_columns(engine, "walks")["key"]) == [*"abcde"]


@pytest.mark.parametrize("place", [4, -1])  # among the cells, and in the last bytes of the file
def test_a_damaged_block_is_told_in_words(tmp_path: Path, place: int) -> None:
    engine = store(tmp_path, "damaged")
    append(engine, "walks", pd.DataFrame([walk(key) for key in "abc"]), source=SOURCE)
    with engine.begin() as connection:
        parquet = bytearray(connection.execute(select(BLOCKS.c.parquet)).scalar_one())
        parquet[place:] = bytes(20) + parquet[place + 20 :] if place > 0 else b"?"
        connection.execute(update(BLOCKS).values(parquet=bytes(parquet)))
    with pytest.raises(OutcomesError, match=r"a damaged block of walks.* its last backup"):
        read_columns(engine, "walks")


def test_a_flipped_bit_in_any_page_is_noticed(tmp_path: Path) -> None:
    engine = store(tmp_path, "flipped")
    append(engine, "walks", pd.DataFrame([walk(key) for key in "abc"]), source=SOURCE)
    with engine.begin() as connection:
        whole = connection.execute(select(BLOCKS.c.parquet)).scalar_one()
    pages = pq.ParquetFile(pa.BufferReader(whole)).metadata.row_group(0)
    for number in range(pages.num_columns):
        column = pages.column(number)
        broken = bytearray(whole)
        end = (column.dictionary_page_offset or column.data_page_offset) + (
            column.total_compressed_size
        )
        broken[end - 1] ^= 1
        with engine.begin() as connection:
            connection.execute(update(BLOCKS).values(parquet=bytes(broken)))
        with pytest.raises(OutcomesError, match="a damaged block of walks"):
            read_columns(engine, "walks")


def test_columns_that_are_not_asked_for_and_earlier_days_are_left_out(tmp_path: Path) -> None:
    engine = store(tmp_path, "blocks")
    days = [f"2026-01-0{day}T10:00:00" for day in range(1, 5)]
    rows = [walk(key, start=day, place=key) for key, day in zip("abcd", days, strict=True)]
    append(engine, "walks", pd.DataFrame(rows), source=SOURCE)
    append(engine, "walks", [walk("e", start=days[0]), walk("f", start=days[3])], source=SOURCE)
    late = read_columns(engine, "walks", without=["start"], since=Since("start", days[3]))
    assert late["key"].tolist() == ["d", "f"]
    append(engine, "walks", [rows[2] | {"minutes": 7.0}], source=SOURCE, amend=True)
    found = read_columns(engine, "walks", without=["key", "start"], since=Since("start", days[1]))
    assert not {"key", "start"} & set(found)
    assert found["place"].tolist() == ["b", "d", "east", "c"]
    assert found["minutes"].tolist() == [20.0, 20.0, 20.0, 7.0]
    moved = [walk(key, start="2025-12-31T10:00:00") for key in "bd"]
    append(engine, "walks", pd.DataFrame(moved), source=SOURCE, amend=True)
    late = read_columns(engine, "walks", since=Since("start", days[1]))
    assert late["key"].tolist() == ["f", "c"]
    none = read_columns(engine, "walks", since=Since("start", "2027"))
    assert none.empty
    assert list(none) == list(read_columns(engine, "walks"))


def test_a_walk_of_a_block_is_taken_back_and_a_file_does_not_bring_it_again(tmp_path: Path) -> None:
    engine = store(tmp_path, "blocks")
    many = pd.DataFrame([walk(key) for key in "abc"])
    append(engine, "walks", many, source=SOURCE)
    assert take_walk_back(engine, "b", record=record("b"), step="taken back")
    assert not take_walk_back(engine, "b", record=record("b"), step="taken back")
    found = append(engine, "walks", many.assign(minutes=3.0), source=SOURCE, amend=True)
    assert found == Appended(new=2, known=0, erased=1)
    assert read_columns(engine, "walks")["key"].tolist() == ["a", "c"]
    assert [row["minutes"] for row in history(engine)["b"]] == [20.0, 20.0]


def test_the_fingerprint_changes_with_a_block(tmp_path: Path) -> None:
    engine = store(tmp_path, "blocks")
    seen = [fingerprint(engine)]
    for minutes in (20.0, 20.0, 5.0):
        many = pd.DataFrame([walk(key, minutes=minutes) for key in "abc"])
        append(engine, "walks", many, source=SOURCE, amend=True)
        seen.append(fingerprint(engine))
    assert seen[1] == seen[2]
    assert len({one["walks"] for one in seen}) == 3
    assert len({one["counts"] for one in seen}) == 1


def test_a_store_of_an_earlier_version_is_opened_and_its_rows_are_known(tmp_path: Path) -> None:
    engine = store(tmp_path, "old")
    rows = [walk(key) for key in "abcd"]
    append(engine, "walks", rows, source=SOURCE)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE fact_blocks")
    engine = store(tmp_path, "old")
    more = pd.DataFrame([*rows, walk("e"), walk("f")])
    assert append(engine, "walks", more, source=SOURCE) == Appended(new=2, known=4)
    assert (held(engine), rows_of(engine)) == ([(1, 2)], 4)
    assert read_columns(engine, "walks")["key"].tolist() == [*KEYS]


class Connected:
    """A connection to PostgreSQL that only notes what it is told."""

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]

    def __init__(self) -> None:
        self.said: list[str] = []

    def exec_driver_sql(self, statement: str) -> None:
        self.said.append(statement)


def test_postgresql_keeps_blocks_too_and_lets_one_import_at_a_time_judge() -> None:
    connection: Any = Connected()
    hold_blocks(connection, WALKS)
    assert connection.said == ["LOCK TABLE fact_blocks IN EXCLUSIVE MODE"]
    assert "parquet BYTEA NOT NULL" in str(CreateTable(BLOCKS).compile(dialect=Connected.dialect))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"minutes": 0.0}, {"minutes": -0.0}),
        ({"team": None}, {"team": ""}),
        ({"people": {"officers": 2}}, {"people": {"officers": 2, "sergeants": 0}}),
        ({"people": {"officers": 2}}, {"people": {"officers": 2.0}}),
        ({"place": "east"}, {"place": "East"}),
    ],
)
def test_many_facts_that_say_something_else_are_amendments_or_refused(
    tmp_path: Path, first: dict[str, Any], then: dict[str, Any]
) -> None:
    engine = store(tmp_path, "blocks")
    append(engine, "walks", pd.DataFrame([walk(key, **first) for key in "abc"]), source=SOURCE)
    other = pd.DataFrame([walk(key, **then) for key in "abc"])
    with pytest.raises(DataError, match="'a' is stored already with other content"):
        append(engine, "walks", other, source=SOURCE)
    assert held(engine) == [(1, 3)]
    assert append(engine, "walks", other, source=SOURCE, amend=True) == Appended(new=3, known=0)
    assert append(engine, "walks", other, source=SOURCE) == Appended(new=0, known=3)
    assert (held(engine), rows_of(engine)) == ([(1, 3), (2, 3)], 0)
    assert len(read_columns(engine, "walks")) == 3


def test_columns_that_a_file_lacks_are_as_if_they_were_empty(tmp_path: Path) -> None:
    engine = store(tmp_path, "blocks")
    many = pd.DataFrame([walk(key) for key in "abc"])
    append(engine, "walks", many, source=SOURCE)
    assert append(engine, "walks", many.assign(team=None), source=SOURCE).known == 3
    assert append(engine, "walks", many.assign(team="squad 3"), source=SOURCE, amend=True).new == 3
    assert append(engine, "walks", many, source=SOURCE, amend=True).new == 3
    assert [row["team"] for row in history(engine)["a"]] == [None, "squad 3", None]


def test_a_fact_that_lacks_what_is_always_told_is_refused(tmp_path: Path) -> None:
    engine = store(tmp_path, "blocks")
    many = pd.DataFrame([walk(key) for key in "abc"])
    for broken in (many.assign(place=["east", None, "east"]), many.drop(columns="minutes")):
        with pytest.raises(DataError, match=r"nothing in the column (place|minutes)"):
            append(engine, "walks", broken, source=SOURCE)
    assert held(engine) == []


def test_a_fact_that_stands_twice_in_one_table_is_judged_by_what_stands_before_it(
    tmp_path: Path,
) -> None:
    engine = store(tmp_path, "blocks")
    twice = [walk("a"), walk("b"), walk("c"), walk("a"), walk("b", minutes=1.0)]
    with pytest.raises(DataError, match="'b' is stored already with other content"):
        append(engine, "walks", pd.DataFrame(twice), source=SOURCE)
    assert held(engine) == []
    found = append(engine, "walks", pd.DataFrame(twice), source=SOURCE, amend=True)
    assert found == Appended(new=4, known=1)
    assert [row["minutes"] for row in history(engine)["b"]] == [20.0, 1.0]


def test_a_file_that_says_what_was_corrected_since_is_held_against_the_correction(
    tmp_path: Path,
) -> None:
    engine = store(tmp_path, "blocks")
    many = pd.DataFrame([walk(key) for key in "abc"])
    append(engine, "walks", many, source=SOURCE)
    append(engine, "walks", [walk("b", minutes=9.0)], source=SOURCE, amend=True)
    with pytest.raises(DataError, match="'b' is stored already with other content"):
        append(engine, "walks", many, source=SOURCE)
    found = append(engine, "walks", many, source=SOURCE, amend=True)
    assert found == Appended(new=1, known=2)
    assert [row["minutes"] for row in history(engine)["b"]] == [20.0, 9.0, 20.0]
