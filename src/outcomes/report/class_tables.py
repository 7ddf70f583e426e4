"""What else was asked of a class: what lasted, who waited, and what is worth having."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report.tables import Table, cautions_of, change_of, count_of
from outcomes.report.words import reading, sentence_case

WORTH = "worth having"  # the analysis whose term ends with its answer
WAITED = ("waitlist", "waitlist, other form")
_ASKED = {  # analysis: the question that it answers; odds stand in the results alone
    "waitlist": "Did they change otherwise than people who waited?",
    "waitlist, other form": "The same, among people who began alike",
    "follow-up": "How far are they later from where they began?",
    "follow-up since": "How far did they move since the end of the class?",
    WORTH: "Is the change large enough to be worth having? (90% interval)",
    "prepost moved": "Did more people move up than down?",
}


def further_table(by: Mapping[str, Sequence[Estimate]]) -> Table:
    """Lay out every further question about the same people, one row each, with its answer."""
    found = [each for analysis in _ASKED for each in by.get(analysis, ())]
    order = list(dict.fromkeys(each.measure for each in found))
    found.sort(key=lambda each: order.index(each.measure))
    rows = tuple(
        (
            MEASURES[each.measure].name,
            each.place,
            _ASKED[each.analysis],
            each.period,
            change_of(each),
            count_of(each.n),
            _answer(each),
        )
        for each in found
    )
    head = (
        "Measure",
        "Group",
        "Question",
        "Waves",
        "Change (95% interval)",
        "People",
        "What the data say",
    )
    caption = "Further questions about the same people"
    return Table(
        caption=caption, head=head, rows=rows, cautions=cautions_of(found, by_measure=True)
    )


def beside_waiting(change: Estimate, by: Mapping[str, Sequence[Estimate]]) -> str | Markup:
    """Say what the change of a class is beside that of people who waited, or that nobody did."""
    for each in by.get("waitlist", ()):
        if (each.measure, each.place) == (change.measure, change.place):
            return Markup("Beyond the change of people who waited: {}, {}.").format(
                change_of(each), _answer(each)
            )
    return "This figure has no comparison group."


def _answer(estimate: Estimate) -> str:
    if estimate.analysis == WORTH:
        return sentence_case(estimate.term.rpartition(": ")[2])
    if estimate.analysis in WAITED:  # which can be above 0 where both fell
        return reading(estimate).replace(" (", " against those who waited (")
    return reading(estimate)
