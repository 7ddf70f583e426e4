"""Sums of engagement that were published: two public tables must not tell of few together."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from outcomes.store.publications import Publication, read_published, record_published
from outcomes.study import Study

KEYS = ("measure", "role", "place")  # and the first month of its span: what a sum is of
Key = tuple[str, str, str, str]
Earlier = Mapping[Key, Sequence[tuple[str, float]]]  # span and value, oldest first
_OF = "engagement sums"  # how their cells in the ledger begin
_NOT_PEOPLE = "walk_minutes"


def published_sums(study: Study) -> Earlier:
    """Read from the study's ledger which sums of engagement the public has seen, and when."""
    found: dict[Key, list[tuple[str, float]]] = {}
    for cell, known in read_published(study.store).items():
        of, *parts = cell.split("|")
        if of == _OF and len(parts) == len(KEYS) + 1:
            measure, role, place, since = parts
            found[measure, role, place, since] = [
                (f"{since} to {_months_after(since, each.n - 1)}", each.value) for each in known
            ]
    return found


def of_sums(table: pd.DataFrame) -> list[Key]:
    """Say of each row of sums what it is a sum of, whatever its last month is."""
    columns = (table[name].astype(str) for name in KEYS)
    since = (str(span)[:7] for span in table["period"])
    return list(zip(*columns, since, strict=True))


def record_sums(study: Study, shown: pd.DataFrame, *, day: date) -> int:
    """Write into the ledger which sums are published now; do so before anybody sees them.

    Args:
        study: The study.
        shown: What ``public_measures`` returns.
        day: The day of the publication.

    Returns:
        How many are new or changed.
    """
    told = shown[shown["withheld"].eq("") & shown["measure"].ne(_NOT_PEOPLE)]
    return record_published(
        study.store,
        [
            Publication(
                day=day.isoformat(),
                cell="|".join((_OF, *key)),
                people=round(float(value)),
                n=_months_between(*span.split(" to ")),
                dropped=0,
                value=float(value),
                se=None,
                low=float(value),
                high=float(value),
                p=None,
            )
            for key, span, value in zip(of_sums(told), told["period"], told["value"], strict=True)
        ],
    )


def _months_between(first: str, last: str) -> int:
    return int((pd.Period(last, "M") - pd.Period(first, "M")).n) + 1


def _months_after(first: str, many: int) -> str:
    return str(pd.Period(first, "M") + many)
