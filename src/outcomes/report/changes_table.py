"""Changes of the same people, with how many began where they could not improve."""

from collections.abc import Sequence

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report.tables import (
    Table,
    cautions_of,
    change_of,
    count_of,
    exactly,
    left_out,
    value_of,
    verdict_of,
)
from outcomes.report.words import signed


def changes_table(
    estimates: Sequence[Estimate],
    *,
    sizes: Sequence[Estimate],
    ceilings: Sequence[Estimate] = (),
    floor: int = 0,
) -> Table:
    """Lay out changes of the same people, in points and in standard deviations.

    Args:
        estimates: The changes in points.
        sizes: The same in standard deviations.
        ceilings: Shares of people with the best score; the first of each group is before. None in
            a public version, which has no such column.
        floor: Fewer people than this are not told exactly.
    """
    full: dict[tuple[str, str], Estimate] = {}
    for each in ceilings:
        full.setdefault((each.measure, each.place), each)
    in_sd = {(each.measure, each.place): each for each in sizes}
    rows = tuple(
        (
            MEASURES[each.measure].name,
            each.place,
            *((_at_best(full.get((each.measure, each.place))),) if full else ()),
            change_of(each),
            _in_sd(in_sd.get((each.measure, each.place))),
            count_of(each.n),
            _not_linked(in_sd.get((each.measure, each.place)), floor=floor),
            verdict_of(each),
        )
        for each in estimates
    )
    head = (
        "Measure",
        "Group",
        *(("Began with the best score",) if full else ()),
        "Change (95% interval)",
        "In standard deviations",
        "People",
        "Of them not linked",
        "What the data say",
    )
    caption = "Change from before to after"
    return Table(caption=caption, head=head, rows=rows, cautions=cautions_of(estimates))


def _not_linked(linked: Estimate | None, *, floor: int) -> Markup | str:
    """Show how many have no linked score: those that the change of the linked leaves out."""
    return "n/a" if linked is None else left_out(linked.dropped, floor=floor)


def _at_best(before: Estimate | None) -> Markup | str:
    """Show how many began with the best score there is: they had no room to improve."""
    if before is None:
        return "n/a"
    people = count_of(round(before.value * before.n))
    return Markup("{} of {} ({})").format(people, count_of(before.n), value_of(before))


def _in_sd(estimate: Estimate | None) -> Markup | str:
    if estimate is None:
        return "n/a"
    value, low, high = (
        exactly(each, signed(each, "SD")) for each in (estimate.value, estimate.low, estimate.high)
    )
    return Markup("{} ({} to {})").format(value, low, high)
