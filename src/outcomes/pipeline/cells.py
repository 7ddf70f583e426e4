"""Withhold small cells of a table that is to be published."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pydantic import Field

from outcomes.declarations import Declaration, read_toml
from outcomes.errors import DataError
from outcomes.sheets import read_any
from outcomes.stats.suppression import suppress


class CellRules(Declaration):
    """Which column counts people, which are blanked, which have known totals, and the floor."""

    count: str
    values: tuple[str, ...] = ()  # none: every other numeric column
    groups: tuple[str, ...] = ()
    smallest: int = Field(default=5, ge=3)


def check_file(
    path: Path, *, rules: Path | None = None, given: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Read a table and withhold its small cells.

    Args:
        path: CSV, Excel or Parquet.
        rules: A TOML file with the keys of ``CellRules``.
        given: The same keys from options; they win over the file. Lists are comma separated.

    Raises:
        FileError: A file cannot be read.
        DataError: A column is missing, a count is not a number, or no count column is named.
    """
    table = read_any(path)
    declared = read_toml(rules, CellRules).model_dump() if rules else {}
    for name, value in (given or {}).items():
        if value:
            lists = name in {"values", "groups"}
            declared[name] = [part.strip() for part in str(value).split(",")] if lists else value
    if "count" not in declared:
        raise DataError("say which column counts people or cases: --count COL or --rules FILE")
    wanted = CellRules.model_validate(declared)
    numeric = [name for name in table if pd.to_numeric(table[name], errors="coerce").notna().any()]
    values = wanted.values or tuple(
        name for name in numeric if name not in {wanted.count, *wanted.groups}
    )
    return suppress(
        table,
        count=wanted.count,
        values=values,
        groups=wanted.groups,
        smallest=wanted.smallest,
    )
