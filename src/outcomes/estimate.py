"""The one result record, and many of them as a table."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from math import isnan, nan
from typing import TYPE_CHECKING

from outcomes.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimated quantity, with what a reader needs in order to judge it.

    A count that is known exactly is an Estimate too: ``se`` is 0 and ``low == value == high``.
    """

    term: str  # what was estimated, in words: "trust, post - pre"
    value: float  # the estimate, in `unit`
    se: float = nan  # standard error in `unit`; NaN where the method gives none
    low: float  # confidence limits, in `unit`
    high: float
    level: float = 0.95  # confidence level of the limits
    p: float | None = None  # two-sided; None where no test was asked for
    n: int  # independent units that entered
    dropped: int = 0  # units left out because something was missing
    unit: str  # "points (1-5)", "SD", "share of articles"
    method: str  # "paired t", "collapsed change, t(G-2)"
    assumptions: tuple[str, ...] = ()  # what must hold for the interval to mean what it says
    warnings: tuple[str, ...] = ()  # what, in these data, speaks against that
    analysis: str = ""  # the design or step it came from: "prepost", "tone", "compliance"
    measure: str = ""  # the registered measure it is about
    place: str = ""  # place code or group, or empty where it is about several
    period: str = ""  # period label, or empty where it is about several

    def __post_init__(self) -> None:
        if isnan(self.low) or isnan(self.high):
            raise DataError(f"{self.term}: an estimate needs an interval, got none")
        if not self.low <= self.high:
            raise DataError(f"{self.term}: low must not exceed high, got {self.low} > {self.high}")
        if not 0 < self.level < 1:
            raise DataError(f"{self.term}: level must lie between 0 and 1, got {self.level}")
        if not self.unit or not self.term or not self.method:
            raise DataError("an estimate needs a term, a unit and a method in words")
        if any("; " in text for text in (*self.assumptions, *self.warnings)):
            raise DataError(f"{self.term}: '; ' separates warnings in a table, so none may hold it")
        if not all((*self.assumptions, *self.warnings)):
            raise DataError(f"{self.term}: an assumption or a warning is empty")


def known_exactly(value: float, *, n: int, unit: str) -> Estimate:
    """Make the Estimate of a count that leaves nothing to chance."""
    return Estimate(
        term="count",
        value=value,
        se=0.0,
        low=value,
        high=value,
        n=n,
        unit=unit,
        method="count, known exactly",
    )


def without(estimate: Estimate, what: str, reason: DataError) -> Estimate:
    """Say with an estimate why something that belongs beside it cannot be shown."""
    words = str(reason).removeprefix("cannot tell: ").replace("; ", ", ").removesuffix(".")
    return replace(estimate, warnings=(*estimate.warnings, f"{what} cannot be shown: {words}"))


FIELDS = tuple(field.name for field in fields(Estimate))
TEXT_FIELDS = (
    *("term", "unit", "method", "assumptions", "warnings"),
    *("analysis", "measure", "place", "period"),
)


def tidy(estimates: Iterable[Estimate]) -> "pd.DataFrame":
    """Lay estimates out as a table: one row each, one column per field, lists joined by '; '."""
    import pandas as pd

    # not by asdict, which copies each value at ten times the cost
    rows = [{name: getattr(estimate, name) for name in FIELDS} for estimate in estimates]
    for row in rows:
        row["assumptions"] = "; ".join(row["assumptions"])
        row["warnings"] = "; ".join(row["warnings"])
    return pd.DataFrame(rows, columns=list(FIELDS))


def untidy(table: "pd.DataFrame") -> list[Estimate]:
    """Read back what ``tidy`` laid out.

    Args:
        table: The columns of ``tidy``; empty cells or NaN where a text or ``p`` was missing.

    Returns:
        One Estimate a row, in the same order.

    Raises:
        DataError: A column of ``tidy`` is missing.
    """
    missing = [name for name in FIELDS if name not in table.columns]
    if missing:
        raise DataError(f"a table of estimates lacks the column(s) {', '.join(missing)}")
    estimates = []
    for row in table[list(FIELDS)].to_dict("records"):
        for name in TEXT_FIELDS:
            row[name] = _text(row[name])
        for name in ("assumptions", "warnings"):
            row[name] = tuple(part for part in row[name].split("; ") if part)
        for name in ("value", "se", "low", "high", "level"):
            row[name] = float(row[name])
        row["p"] = None if row["p"] is None or isnan(float(row["p"])) else float(row["p"])
        row["n"], row["dropped"] = int(row["n"]), int(row["dropped"])
        estimates.append(Estimate(**row))
    return estimates


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
