"""What the study has published, and what may therefore no longer be published beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan

from outcomes.estimate import Estimate
from outcomes.store.publications import Publication, read_published, record_published
from outcomes.study import Study

# How analyses of the press, and of the agency, begin.
NOT_PEOPLE = ("tone", "net tone", "compliance", "delivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The floor of a study and what it has published, as the next publication must see them."""

    smallest: int  # people
    earlier: Mapping[str, tuple[Publication, ...]]  # by cell, oldest first

    def changed_by_few(self, estimate: Estimate, *, people: int) -> bool:
        """Say whether the difference to an earlier figure would tell of fewer than the floor.

        Who answered is not kept here, only how many: a group that grew by 3 is taken to hold the
        earlier group and 3 others.
        """
        then = self.earlier.get(cell_of(estimate), ())
        return any(0 < abs(people - each.people) < self.smallest for each in then)

    def stands(self, estimate: Estimate, *, people: int) -> bool:
        """Say whether the figure is public already, so that withholding it would hide nothing."""
        return any(people == each.people for each in self.earlier.get(cell_of(estimate), ()))

    def last(self, estimate: Estimate) -> Publication | None:
        """Find what was last published of the same."""
        then = self.earlier.get(cell_of(estimate), ())
        return then[-1] if then else None


def open_ledger(study: Study, *, renew: bool = False) -> Ledger:
    """Read the ledger of a study.

    Args:
        study: The study.
        renew: Whether today's figures are published even where few people have come or gone since
            the last time, because the earlier ones were wrong.
    """
    earlier = {} if renew else read_published(study.store)
    return Ledger(smallest=study.settings.publish.smallest_cell, earlier=earlier)


def record(study: Study, estimates: Sequence[Estimate], *, people: Sequence[int], day: date) -> int:
    """Write into the ledger what is published now.

    Args:
        study: The study.
        estimates: As they are shown.
        people: How many people stand behind each, exactly.
        day: The day of the publication.

    Returns:
        How many figures are new or changed.
    """
    about = [
        _publication(each, people=n, day=day)
        for each, n in zip(estimates, people, strict=True)
        if not each.analysis.startswith(NOT_PEOPLE)
    ]
    return record_published(study.store, about)


def cell_of(estimate: Estimate) -> str:
    """Name what a figure is about, whatever its value is today."""
    return "|".join(
        (estimate.analysis, estimate.measure, estimate.place, estimate.period, estimate.unit)
    )


def _publication(estimate: Estimate, *, people: int, day: date) -> Publication:
    return Publication(
        day=day.isoformat(),
        cell=cell_of(estimate),
        people=people,
        n=estimate.n,
        dropped=estimate.dropped,
        value=estimate.value,
        se=None if isnan(estimate.se) else estimate.se,
        low=estimate.low,
        high=estimate.high,
        p=estimate.p,
    )
