"""What people of a class say afterwards of how they were before, kept apart from every change."""

from collections.abc import Mapping, Sequence

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report.tables import Table, cautions_of, change_of, count_of, verdict_of
from outcomes.report.words import CANNOT_TELL, conclusion

SHIFT = "response shift"  # the analysis: looking back less what was answered before
LOOKING_BACK_LEAD = (
    "After the class people were also asked how they had been before it. Where that differs from "
    "what they answered then, they may judge by another yardstick now, as people do who find out "
    "how little they knew; or they may wish to have learned something. This cannot show which. "
    "It is one question, it stands in a table of its own, and no change above holds it.",
)
_ASKED = {
    "response shift, as answered": "Change of this one question, as it was answered",
    "response shift, seen afterwards": "The same change, as people see it afterwards",
    SHIFT: "Looking back, less what they answered before",
}
_SHIFTED = {
    "fell": "Now rate how they were before lower than they did then",
    "rose": "Now rate how they were before higher than they did then",
    CANNOT_TELL: "Cannot tell: no other yardstick is seen",
}


def looking_back_table(by: Mapping[str, Sequence[Estimate]]) -> Table:
    """Lay out each question that looks back: both changes, and how far they lie apart."""
    shifts = by.get(SHIFT, ())
    rows = tuple(
        (
            MEASURES[each.measure].name,
            each.place,
            question,
            change_of(each),
            count_of(each.n),
            _SHIFTED[conclusion(each)] if each.analysis == SHIFT else verdict_of(each),
        )
        for shift in shifts
        for analysis, question in _ASKED.items()
        for each in by.get(analysis, ())
        if _asked(each) == _asked(shift)
    )
    head = (
        *("Measure", "Group", "Looking back"),
        *("Points (95% interval)", "People", "What the data say"),
    )
    caption = "Looking back: kept apart, and part of no other change"
    return Table(caption=caption, head=head, rows=rows, cautions=cautions_of(shifts))


def _asked(estimate: Estimate) -> tuple[str, str, str]:
    """Say which question of which class an estimate is about: the question ends with a quote."""
    return estimate.place, estimate.measure, estimate.term.partition("\u201d: ")[0]
