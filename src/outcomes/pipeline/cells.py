"""Withhold small cells of a table that is to be published."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import AliasChoices, Field, ValidationError, model_validator

from outcomes.declarations import Declaration, read_toml
from outcomes.errors import DataError
from outcomes.sheets import read_any
from outcomes.stats.derived_counts import changed_by_few, part_tells_few, share_tells_few
from outcomes.stats.dominance import dominance_reach, p_percent_reach
from outcomes.stats.suppression import FLOOR, Sensitive, suppress
from outcomes.stats.table_totals import Total, crossed_totals, known_totals, nested_totals


class Dominance(Declaration):
    """When one contributor makes up too much of a sum."""

    amount: str  # the column of sums
    largest: tuple[str, ...] = Field(min_length=1)  # columns of contributions, largest first
    n: int = Field(default=1, ge=1)
    k: float | None = Field(default=None, gt=0, lt=100)  # percent that the n largest may hold
    p: float | None = Field(default=None, gt=0, lt=100)  # percent

    @model_validator(mode="after")
    def _says_a_rule(self) -> "Dominance":
        if self.k is None and self.p is None:
            raise ValueError("[dominance] names no rule. Set k (with n), p, or both")
        if len(self.largest) < max(self.n, 2 if self.p is not None else 1):
            raise ValueError("largest names too few columns. p needs two, and k needs n of them")
        return self


class Hierarchy(Declaration):
    """Which units are parts of which, in rows of the same table."""

    column: str
    parents: Mapping[str, str]  # unit to the larger unit that it is a part of
    within: tuple[str, ...] = ()  # columns crossed with it


class CellRules(Declaration):
    """Which column counts people, which are blanked, what adds up, what is known, the floor."""

    count: str
    values: tuple[str, ...] = ()  # none: every other numeric column
    groups: tuple[str, ...] = ()  # each combination of them has a known total
    margins: tuple[tuple[str, ...], ...] = ()  # several such groupings at once
    crossed: tuple[str, ...] = ()  # columns of a table that holds its margins as rows
    total: str = "total"  # the word that marks such a row
    hierarchy: Hierarchy | None = None
    smallest: int = Field(default=FLOOR, ge=3, validation_alias=AliasChoices("smallest", "floor"))
    complement: str = ""  # the column with the number of people of whom a cell is a part
    shares: tuple[str, ...] = ()  # columns that hold shares of the count, 0 to 1
    dominance: Dominance | None = None
    published: tuple[str, ...] = ()  # tables that were published before
    key: tuple[str, ...] = ()  # columns that say which cells are the same in those tables


def check_file(
    path: Path, *, rules: Path | None = None, given: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Read a table and withhold its small cells.

    Args:
        path: CSV, Excel or Parquet.
        rules: A TOML file with the keys of ``CellRules``; tables that it names as published lie
            beside it.
        given: The same keys from options; they win over the file. Lists are comma separated.

    Raises:
        FileError: A file cannot be read.
        DataError: A column is missing, a count is not a number, no count column is named, or
            totals are not the sum of their parts.
    """
    table = read_any(path)
    declared = read_toml(rules, CellRules).model_dump() if rules else {}
    for name, value in (given or {}).items():
        if value:
            lists = name in {"values", "groups"}
            declared[name] = [part.strip() for part in str(value).split(",")] if lists else value
    if "count" not in declared:
        raise DataError("say which column counts people or cases: --count COL or --rules FILE")
    try:
        wanted = CellRules.model_validate(declared)
    except ValidationError as error:  # of an option; a file is checked where it is read
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise DataError(f"--{name}: {first['msg']}, got {first['input']!r}") from None
    folder = rules.parent if rules else path.parent
    return check_cells(table, wanted, published=[folder / name for name in wanted.published])


def check_cells(
    table: pd.DataFrame, rules: CellRules, *, published: Sequence[Path] = ()
) -> pd.DataFrame:
    """Withhold the small cells of a table, and what would give them away.

    Args:
        table: One cell a row.
        rules: What is what in it.
        published: Tables that were published before, with the columns ``rules.key``.

    Raises:
        FileError: A table cannot be read.
        DataError: As for ``check_file``.
    """
    said = (rules.count, rules.complement, *rules.shares, *rules.key)
    _require(table, [name for name in said if name])
    numeric = [name for name in table if pd.to_numeric(table[name], errors="coerce").notna().any()]
    labels = {*rules.groups, *rules.crossed, *rules.key, *(n for m in rules.margins for n in m)}
    values = rules.values or tuple(name for name in numeric if name not in {rules.count, *labels})
    counts = pd.to_numeric(table[rules.count], errors="coerce").to_numpy(dtype=float)
    unfit, known = _against_published(table, rules, counts, published=published)
    reach = _reach(table, rules.dominance)
    return suppress(
        table,
        count=rules.count,
        values=values,
        groups=rules.groups,
        smallest=rules.smallest,
        relations=_relations(table, rules),
        sensitive=Sensitive(
            cells=unfit | _few_beside(table, rules, counts) | (reach > 0),
            public=known,
            amount=rules.dominance.amount if rules.dominance else "",
            reach=reach,
        ),
    )


def _relations(table: pd.DataFrame, rules: CellRules) -> tuple[Total, ...]:
    found: list[Total] = []
    for columns in rules.margins:
        found += known_totals(table, columns)
    if rules.crossed:
        found += crossed_totals(table, rules.crossed, total=rules.total)
    if rules.hierarchy:
        tree = rules.hierarchy
        found += nested_totals(table, tree.column, parents=tree.parents, within=tree.within)
    return tuple(found)


def _few_beside(table: pd.DataFrame, rules: CellRules, counts: np.ndarray) -> np.ndarray:
    """Find cells whose complement, or whose share, gives a count of few people away."""
    few = np.zeros(len(table), dtype=bool)
    if rules.complement:
        wholes = pd.to_numeric(table[rules.complement], errors="coerce").to_numpy(dtype=float)
        few |= part_tells_few(counts, wholes, smallest=rules.smallest)
    for name in rules.shares:
        shares = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
        few |= share_tells_few(shares, counts, smallest=rules.smallest)
    return few


def _reach(table: pd.DataFrame, rule: Dominance | None) -> np.ndarray:
    if rule is None:
        return np.zeros(len(table))
    _require(table, [rule.amount, *rule.largest])
    columns = table[[rule.amount, *rule.largest]].apply(pd.to_numeric, errors="coerce")
    blank = _earlier(table)
    numbers = columns.mask(blank, 0).to_numpy(dtype=float)
    amounts, largest = numbers[:, 0], numbers[:, 1:]
    reach = np.zeros(len(table))
    if rule.k is not None:
        found = dominance_reach(amounts, largest, percent=rule.k, contributors=rule.n)
        reach = np.maximum(reach, found)
    if rule.p is not None:
        reach = np.maximum(reach, p_percent_reach(amounts, largest, percent=rule.p))
    return reach


def _against_published(
    table: pd.DataFrame, rules: CellRules, counts: np.ndarray, *, published: Sequence[Path]
) -> tuple[np.ndarray, np.ndarray]:
    """Say which cells differ by few from what was published, and which are public already."""
    few, known = np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
    if published and not rules.key:
        raise DataError("say which columns name a cell in the published tables: key = [...]")
    keys = [table[name].astype(str) for name in rules.key]
    for path in published:
        then = read_any(path)
        _require(then, [rules.count, *rules.key], where=path.name)
        names = [tuple(row) for row in then[list(rules.key)].astype(str).to_numpy()]
        told = pd.to_numeric(then[rules.count], errors="coerce").to_numpy(dtype=float)
        if len(set(names)) < len(names):
            raise DataError(f"{path.name}: a cell stands twice; name more columns in key")
        before = dict(zip(names, told, strict=True))
        old = np.array([before.get(name, np.nan) for name in zip(*keys, strict=True)], dtype=float)
        few |= changed_by_few(counts, old, smallest=rules.smallest)
        known |= counts == old
    return few, known


def _earlier(table: pd.DataFrame) -> pd.Series:
    """Find cells that an earlier check has blanked."""
    if "withheld" not in table.columns:
        return pd.Series(False, index=table.index)
    return table["withheld"].fillna("").ne("")


def _require(table: pd.DataFrame, columns: Sequence[str], *, where: str = "the table") -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise DataError(f"{where} lacks the column(s) {', '.join(missing)}")
