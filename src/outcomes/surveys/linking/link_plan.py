"""What is compared to link two tables of answers: codes, cards and blocks, as text."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.agreement_weight import Codes

USUAL_THRESHOLD = 0.97
MOST_ELEMENTS = 30
ROW = "row"  # in place of the column with the ids: the number of the row
_EMPTY = ("", "na", "nan")  # how an empty cell is written, also by R and pandas


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlan:
    """Which columns link two tables, and how sure a link must be."""

    id: str  # the column that names each row of a table
    codes: tuple[str, ...] = ()  # columns with the elements of a self-made code, plain or hashed
    card: str = ""  # the column with the code of a printed card, plain or hashed
    blocks: tuple[str, ...] = ()  # columns that never differ within a person, such as the class
    threshold: float = USUAL_THRESHOLD  # probability from which a pair is linked

    def __post_init__(self) -> None:
        if not self.codes and not self.card:
            raise DataError("name the columns with the code (--codes A,B,C), the card, or both")
        if not 0.5 <= self.threshold < 1:
            raise DataError(f"the threshold must lie from 0.5 to below 1, got {self.threshold:g}")
        if len(self.codes) > MOST_ELEMENTS:
            raise DataError(f"a code of {len(self.codes)} elements; at most {MOST_ELEMENTS} fit")
        named = [name for name in (self.id, *self.codes, self.card, *self.blocks) if name]
        linking = [name for name in named if name != self.id]
        for name in linking:
            if linking.count(name) > 1:
                raise DataError(f"the column {name!r} is named twice. Name each column once")

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that both tables need."""
        cards = (self.card,) if self.card else ()
        named = (self.id,) if self.id != ROW else ()
        return tuple(dict.fromkeys((*named, *self.codes, *cards, *self.blocks)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """Two tables as numbers that can be compared."""

    ids: tuple[np.ndarray, np.ndarray]  # text
    codes: Codes
    cards: tuple[np.ndarray, np.ndarray] | None


def folded(values: Sequence[object]) -> pd.Series:
    """Write cells the one way in which they are compared: case, accents, spaces, 04 and 4.0 fold.

    Returns:
        Text, empty where a cell is.
    """
    cells = pd.Series(list(values), dtype="str").fillna("")
    unique = {cell: _folded(cell) for cell in cells.unique()}
    return cells.map(unique).astype("str")


def _folded(cell: str) -> str:
    plain = unicodedata.normalize("NFKD", cell.casefold())
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    plain = re.sub(r"\s+", "", plain)
    if plain in _EMPTY:
        return ""
    number = re.fullmatch(r"(\d{1,8})(\.0+)?", plain)
    return str(int(number[1])) if number else plain


def comparable(before: pd.DataFrame, after: pd.DataFrame, *, plan: LinkPlan) -> Comparable:
    """Turn the columns that link two tables into numbers.

    Raises:
        DataError: A column is missing, or a row has no id, or two rows have the same one.
    """
    for side, table in (("before", before), ("after", after)):
        if lacking := [name for name in plan.columns if name not in table.columns]:
            raise DataError(
                f"the table {side} has no column {lacking[0]!r}; it has {', '.join(table.columns)}"
            )
    ids = (_ids(before, plan, side="before"), _ids(after, plan, side="after"))
    coded = [_numbers(before[name], after[name]) for name in plan.codes]
    blocks = _block_numbers(before, after, plan=plan)
    return Comparable(
        ids=ids,
        codes=Codes(
            before=_columns([pair[0] for pair in coded], rows=len(before)),
            after=_columns([pair[1] for pair in coded], rows=len(after)),
            block_before=blocks[0],
            block_after=blocks[1],
        ),
        cards=_numbers(before[plan.card], after[plan.card]) if plan.card else None,
    )


def _ids(table: pd.DataFrame, plan: LinkPlan, *, side: str) -> np.ndarray:
    cells = table[plan.id] if plan.id in table.columns else pd.Series(table.index)
    ids = cells.astype("str").str.strip()
    if (ids == "").any() or ids.isna().any():
        raise DataError(f"a row of the table {side} has no {plan.id}. Give each row one")
    twice = ids.duplicated()
    if twice.any():
        raise DataError(
            f"{int(twice.sum())} row(s) of the table {side} have a {plan.id} that stands there "
            f"already. Each row needs its own, or say --id {ROW} to name rows by their number"
        )
    found: np.ndarray = ids.to_numpy(dtype=object)
    return found


def _numbers(before: pd.Series, after: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Number the values of both tables alike, -1 where there is none."""
    both = folded([*before, *after])
    numbers, _ = pd.factorize(both.where(both != ""), sort=True)
    return numbers[: len(before)], numbers[len(before) :]


def _block_numbers(
    before: pd.DataFrame, after: pd.DataFrame, *, plan: LinkPlan
) -> tuple[np.ndarray, np.ndarray]:
    """Number the blocks; who names none is a block with others who name none."""
    parts = [folded([*before[name], *after[name]]) for name in plan.blocks]
    if not parts:
        return np.zeros(len(before), dtype=int), np.zeros(len(after), dtype=int)
    numbers = pd.MultiIndex.from_arrays(parts).factorize(sort=True)[0]
    return numbers[: len(before)], numbers[len(before) :]


def _columns(parts: list[np.ndarray], *, rows: int) -> np.ndarray:
    return np.column_stack(parts) if parts else np.empty((rows, 0), dtype=int)
