"""Tables on linking: who is who before and after, and whether the change hangs on it."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report.tables import Table, cautions_of, change_of, count_of
from outcomes.report.words import reading

LEAD = (
    "The same person's answers are linked by the code on a card or by a code that the person made. "
    "Answers that could not be linked still count, each for what they tell: this change leads, as "
    "was decided before any answer was seen. Where everybody is linked it is the paired change."
)
_COUNTS = (  # terms of the account, and what to call them
    ("answers before", "Answered before"),
    ("answers after", "Answered after"),
    ("linked", "Linked"),
    ("linked by card", "by card"),
    ("linked by code", "by their own code"),
    ("linked by review", "by a person's review"),
    ("doubtful pairs", "Doubtful, not linked"),
)


def checks_table(by: Mapping[str, Sequence[Estimate]]) -> Table:
    """Set the change that leads beside that of the linked alone and that of all as strangers."""
    others = {
        (analysis, each.measure, each.place): each
        for analysis in ("prepost paired", "prepost unpaired")
        for each in by.get(analysis, ())
    }
    rows = tuple(
        (
            MEASURES[each.measure].name,
            each.place,
            change_of(each),
            *(
                _checked(others.get((analysis, each.measure, each.place)))
                for analysis in ("prepost paired", "prepost unpaired")
            ),
        )
        for each in by.get("prepost", ())
        if each.unit != "SD" and others
    )
    head = ("Measure", "Group", "Change that leads", "Linked people only", "All, as if strangers")
    return Table(caption="The same change in three ways, as a check", head=head, rows=rows)


def _checked(estimate: Estimate | None) -> Markup | str:
    if estimate is None:
        return "too few are linked"
    said = Markup("{}, {} scores") if estimate.analysis.endswith("unpaired") else Markup(
        "{}, {} people"
    )  # fmt: skip
    return said.format(change_of(estimate), count_of(estimate.n))


def linking_table(estimates: Sequence[Estimate]) -> Table:
    """Lay out how many could be linked, and by what; one row for each two waves."""
    cells = {(each.place, each.period, each.term): count_of(each.n) for each in estimates}
    rows = tuple(
        (place, period, *(cells.get((place, period, term), "n/a") for term, _ in _COUNTS))
        for place, period in dict.fromkeys((each.place, each.period) for each in estimates)
    )
    head = ("Group", "Waves", *(words for _, words in _COUNTS))
    caption = "Who is who before and after"
    return Table(caption=caption, head=head, rows=rows, cautions=cautions_of(estimates))


def thresholds_table(estimates: Sequence[Estimate]) -> Table:
    """Lay out the change with stricter and looser links."""
    rows = tuple(
        (
            MEASURES[each.measure].name,
            each.period,
            each.term,
            count_of(each.n),
            change_of(each),
            reading(each),
        )
        for each in estimates
    )
    head = ("Measure", "Waves", "Linked where", "Links", "Change (95% interval)", "Then")
    caption = "Does the change hang on how sure a link must be?"
    return Table(caption=caption, head=head, rows=rows)
