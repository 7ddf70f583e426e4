"""The ledger: every figure that the study has published, append-only, so that none is forgotten.

It lies in the store, for results/ and reports/ may be deleted at any time, two people may publish
at once, and the exact number of people behind a figure must stay inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Column, Connection, Engine, Float, Integer, String, Table, select

from outcomes.store.engine import reading
from outcomes.store.schema import METADATA

PUBLISHED = Table(
    "published",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("day", String(10), nullable=False),
    Column("cell", String(400), nullable=False, index=True),  # what the figure is about
    Column("people", Integer, nullable=False),  # exactly; never shown
    Column("n", Integer, nullable=False),  # as shown
    Column("dropped", Integer, nullable=False),  # as shown
    Column("value", Float, nullable=False),
    Column("se", Float, nullable=True),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("p", Float, nullable=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One figure as it was published."""

    day: str
    cell: str
    people: int  # exactly, as the study knows it
    n: int  # as shown
    dropped: int
    value: float
    se: float | None
    low: float
    high: float
    p: float | None


def read_published(engine: Engine) -> dict[str, tuple[Publication, ...]]:
    """Read what was ever published of each cell, oldest first."""
    PUBLISHED.create(engine, checkfirst=True)  # a store of an earlier version lacks it
    with reading(engine) as connection:
        return _by_cell(connection)


def record_published(engine: Engine, figures: Sequence[Publication]) -> int:
    """Add figures to the ledger; those that stand there as they are already are not added.

    Returns:
        How many were added.
    """
    PUBLISHED.create(engine, checkfirst=True)
    with engine.begin() as connection:
        known = _by_cell(connection)
        fresh = [each for each in figures if not _stands(known.get(each.cell, ()), each)]
        if fresh:
            connection.execute(PUBLISHED.insert(), [_row(each) for each in fresh])
    return len(fresh)


def _by_cell(connection: Connection) -> dict[str, tuple[Publication, ...]]:
    columns = [column for column in PUBLISHED.c if column.name != "id"]
    found: dict[str, tuple[Publication, ...]] = {}
    for row in connection.execute(select(*columns).order_by(PUBLISHED.c.id)).mappings():
        found[row["cell"]] = (*found.get(row["cell"], ()), Publication(**row))
    return found


def _stands(then: Sequence[Publication], now: Publication) -> bool:
    return bool(then) and {**_row(then[-1]), "day": now.day} == _row(now)


def _row(figure: Publication) -> dict[str, object]:
    return {field.name: getattr(figure, field.name) for field in fields(Publication)}
