"""Columns of many facts out of the store, in a fraction of the memory that rows take."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import JSON, Column, Engine, Float, Text, type_coerce

from outcomes.store.engine import reading
from outcomes.store.facts import facts_columns, newest_facts
from outcomes.store.schema import FACTS

_AT_ONCE = 2_000  # rows held as Python's values: few, so that they stay near the processor


def read_columns(engine: Engine, table: str, *, without: Sequence[str] = ()) -> pd.DataFrame:
    """Read the newest version of every fact, as ``read_facts`` does, where there may be millions.

    Args:
        engine: The store.
        table: A name in ``FACTS``.
        without: Columns that are not needed.

    Returns:
        The columns of the table in the order in which they were first stored: text, NaN where
        there is none; numbers. Rows with the same JSON share one object, which nobody may change.
    """
    columns = [column for column in facts_columns(FACTS[table]) if column.name not in without]
    parts: dict[str, list[Any]] = {column.name: [] for column in columns}
    known: dict[Any, Any] = {}  # what each different text of JSON says
    with reading(engine) as connection:
        told = connection.dialect.name == "sqlite"  # as text; other drivers give what it says
        asked = [
            type_coerce(column, Text).label(column.name) if told and _is_json(column) else column
            for column in columns
        ]
        found = connection.execute(newest_facts(FACTS[table], *asked))
        # the driver's rows are SQLAlchemy's: nothing is left to turn into something else
        some = found.cursor.fetchmany if told else found.fetchmany
        while rows := some(_AT_ONCE):
            for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
                parts[column.name].append(_packed(column, cells, known=known if told else None))
    return pd.DataFrame({column.name: _whole(column, parts[column.name]) for column in columns})


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _packed(column: Column[Any], cells: Sequence[Any], *, known: dict[Any, Any] | None) -> Any:
    if _is_json(column):
        if known is not None:
            for cell in set(cells) - known.keys():
                known[cell] = None if cell is None else json.loads(cell)
            cells = [known[cell] for cell in cells]
        return np.fromiter(cells, dtype=object, count=len(cells))
    if isinstance(column.type, Float):
        return np.array(cells, dtype=float)  # None becomes NaN
    if column.type.python_type is str:
        return pa.array(cells, type=pa.large_string())
    return np.array(cells, dtype=object)


def _whole(column: Column[Any], parts: list[Any]) -> pd.Series:
    if not _is_json(column) and column.type.python_type is str:
        return pd.Series(pa.chunked_array(parts, type=pa.large_string()), dtype="str")
    if not parts:
        return pd.Series([], dtype=float if isinstance(column.type, Float) else object)
    whole = pd.Series(np.concatenate(parts))
    return whole if _is_json(column) else whole.infer_objects()
