"""What residents say: their answers by place and wave, how these changed, and beside whom."""

from collections.abc import Mapping, Sequence

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report.parts import Heading, Section
from outcomes.report.tables import (
    Table,
    cautions_of,
    change_of,
    comparison_table,
    count_of,
    place_means_table,
    verdict_of,
)

LEAD = (
    "These are mean answers of each place. Unless a table says how many answered both times, other "
    "residents answered in each wave."
)
TOGETHER = "All places together"


def residents_section(heading: Heading, by: Mapping[str, Sequence[Estimate]]) -> Section | None:
    """Lay out what residents said; None where no wave asked any."""
    means, compared = by.get("place means", []), by.get("crossection", [])
    changes = by.get("place changes", [])
    if not means:
        return None
    tables: list[Table] = []
    if compared:
        caption = "Change beyond the comparison places"
        tables.append(comparison_table(compared, primary=heading.primary, caption=caption))
    if changes:
        tables.append(place_changes_table(changes, names=heading.places))
    tables.append(place_means_table(means, names=heading.places))
    return Section(title="What residents say", lead=(LEAD,), tables=tuple(tables))


def place_changes_table(estimates: Sequence[Estimate], *, names: Mapping[str, str]) -> Table:
    """Lay out the change of each place's mean answer, all places together first."""
    rows = tuple(
        (
            MEASURES[each.measure].name,
            names.get(each.place, each.place) or TOGETHER,
            change_of(each),
            count_of(each.n),
            verdict_of(each),
        )
        for each in estimates
    )
    head = ("Measure", "Place", "Change (95% interval)", "People", "What the data say")
    whole = [each for each in estimates if not each.place]
    cautions = dict.fromkeys(
        (
            *cautions_of(whole, by_measure=True),
            *cautions_of([each for each in estimates if each.place]),
        )
    )
    return Table(
        caption="Change of mean answers from wave to wave",
        head=head,
        rows=rows,
        cautions=tuple(cautions),
    )
