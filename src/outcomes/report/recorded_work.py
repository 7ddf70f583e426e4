"""The table of what the agency did beside walks: counts, before and since the walks began."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from outcomes.report.parts import Heading
from outcomes.report.tables import Table
from outcomes.report.words import month_name

_WITHHELD = (
    "Not shown: the number is small, or another that is shown would tell such a number with it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How much of one thing was done in one place; not a number where it is withheld."""

    name: str  # in words: "Community events staged"
    place: str  # in words
    before: float
    since: float  # the month in which the walks began; all of it where there are none


def work_table(heading: Heading, done: Sequence[Work]) -> Table:
    """Lay out what was recorded beside walks; it is added up, and never per month or resident."""
    spans = ["Whole study"]
    if heading.start:
        month = month_name(heading.start)
        spans = [f"Before {month}", f"Since {month}"]
    rows = tuple(
        (each.name, each.place, *(_shown(n) for n in (each.before, each.since)[-len(spans) :]))
        for each in done
    )
    return Table(
        caption="What else was recorded, added up over the months of the study",
        head=("What", "Place", *spans),
        rows=rows,
        cautions=(_WITHHELD,) if any(isnan(each.before + each.since) for each in done) else (),
    )


def _shown(count: float) -> str:
    return "not shown" if isnan(count) else f"{count:,.0f}"
