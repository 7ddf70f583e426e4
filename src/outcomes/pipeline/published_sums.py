"""Sums of engagement that were published: two public tables must not tell of few together."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from outcomes.store.publications import Publication, read_published, record_published
from outcomes.study import Study

KEYS = ("measure", "role", "place")  # and the first month of its span: what a sum is of
Key = tuple[str, str, str, str]
_OF = {True: "engagement sums", False: "engagement sums, withheld"}  # how cells of both begin
_NOT_PEOPLE = "walk_minutes"


class Past(NamedTuple):
    """A sum as it was at an earlier publication."""

    span: str  # months
    value: float
    shown: bool  # or withheld


Earlier = Mapping[Key, Sequence[Past]]  # oldest first


def published_sums(study: Study) -> Earlier:
    """Read from the study's ledger which sums of engagement the public has seen, or has not."""
    found: dict[Key, list[Past]] = {}
    for cell, known in read_published(study.store).items():
        of, *parts = cell.split("|")
        if of in _OF.values() and len(parts) == len(KEYS) + 1:
            measure, role, place, since = parts
            found.setdefault((measure, role, place, since), []).extend(
                Past(f"{since} to {_months_after(since, each.n - 1)}", each.value, of == _OF[True])
                for each in known
            )
    return found


def of_sums(table: pd.DataFrame) -> list[Key]:
    """Say of each row of sums what it is a sum of, whatever its last month is."""
    columns = (table[name].astype(str) for name in KEYS)
    since = (str(span)[:7] for span in table["period"])
    return list(zip(*columns, since, strict=True))


def record_sums(study: Study, shown: pd.DataFrame, kept_back: pd.DataFrame, *, day: date) -> int:
    """Write into the ledger which sums are published now; do so before anybody sees them.

    Args:
        study: The study.
        shown: What may be published: measure, role, place, period (a span of months), value and
            withheld.
        kept_back: The sums that are withheld, with their values: a sum that protects another is
            not to be shown a month later, when it is nearly the same.
        day: The day of the publication.

    Returns:
        How many are new or changed.
    """
    told = shown[shown["withheld"].eq("") & shown["measure"].ne(_NOT_PEOPLE)]
    rows = [*_rows(told, day=day, shown=True), *_rows(kept_back, day=day, shown=False)]
    return record_published(study.store, rows)


def _rows(sums: pd.DataFrame, *, day: date, shown: bool) -> Iterator[Publication]:
    for key, span, value in zip(of_sums(sums), sums["period"], sums["value"], strict=True):
        yield Publication(
            day=day.isoformat(),
            cell="|".join((_OF[shown], *key)),
            people=round(float(value)),
            n=_months_between(*span.split(" to ")),
            dropped=0,
            value=float(value),
            se=None,
            low=float(value),
            high=float(value),
            p=None,
        )


def _months_between(first: str, last: str) -> int:
    return int((pd.Period(last, "M") - pd.Period(first, "M")).n) + 1


def _months_after(first: str, many: int) -> str:
    return str(pd.Period(first, "M") + many)
