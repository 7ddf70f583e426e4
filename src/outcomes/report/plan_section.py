"""What was planned and what was not, and the outcomes of the plan together, for the report."""

from collections.abc import Sequence

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report.event_plot import draw_event_study, since_start
from outcomes.report.parts import Section
from outcomes.report.tables import (
    Table,
    cautions_of,
    chance_of,
    change_of,
    count_of,
    range_caution,
)
from outcomes.report.words import reading, sentence_case

OF_THE_PLAN = ("staggered", "interrupted", "dose", "few treated")  # where the plan names them


def plan_section(
    account: Sequence[tuple[str, str]], *, public: bool, answers: Sequence[Estimate] = ()
) -> Section | None:
    """Lay out when the plan was frozen, and every deviation from it.

    Args:
        account: What results/plan.csv holds: kind ("frozen", "deviation" or "reason") and sentence.
        public: Whether it is for the public, so that what people wrote as reasons stays inside.
        answers: All estimates; those of a design that the plan names are shown here.
    """
    if not account:
        return None
    frozen = tuple(sentence for kind, sentence in account if kind == "frozen")
    shown = ("deviation",) if public else ("deviation", "reason")
    other = tuple((sentence,) for kind, sentence in account if kind in shown)
    lead = (
        "A plan that is frozen before the results are seen cannot be fitted to them. What it does "
        "not hold is exploratory: worth asking again, with new data, before anybody relies on it.",
        *frozen,
    )
    table = Table(caption="What is not as it was planned", head=("Deviation",), rows=other)
    return Section(
        title="What was planned",
        lead=lead,
        figures=_since_start(answers),
        tables=(_by_design(answers_of_plan(answers)), table),
    )


def answers_of_plan(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Give the estimate that leads for each outcome, where the plan names a design of its own.

    Where results hold two such designs, that of ``OF_THE_PLAN`` that stands first leads, in
    whatever order they come: all parts of a report must give the same answer.
    """
    leading: dict[str, Estimate] = {}  # the first of each outcome; the others stand in the results
    planned = [each for each in estimates if each.analysis in OF_THE_PLAN]
    for each in sorted(planned, key=lambda each: OF_THE_PLAN.index(each.analysis)):
        leading.setdefault(each.measure, each)
    return [*leading.values()]


def _since_start(estimates: Sequence[Estimate]) -> tuple[tuple[str, str], ...]:
    """Draw each outcome of staggered starts by time since the start."""
    found: dict[str, list[Estimate]] = {}
    for each in estimates:
        if each.analysis == "staggered" and since_start(each.period) is not None:
            found.setdefault(each.measure, []).append(each)
    caption = (
        "{}: each point is the change of the places that had started, beyond those that had not "
        "yet, with the band that holds all points together. Points before the start are a check: "
        "places that already drifted apart there were not alike."
    )
    return tuple(
        (draw_event_study(some, title=f"{name}, by time since the start"), caption.format(name))
        for measure, some in found.items()
        for name in (MEASURES[measure].name,)
    )


def _by_design(estimates: Sequence[Estimate]) -> Table:
    """Lay out what the design of the plan says, in its own words."""
    rows = tuple(
        (
            sentence_case(each.term),
            change_of(each),
            chance_of(each),
            count_of(each.n),
            reading(each),
        )
        for each in estimates
    )
    head = ("What was estimated", "Value", "Chance alone (p)", "Places", "What the data say")
    caption = "The answer by the design of the plan"
    return Table(caption=caption, head=head, rows=rows, cautions=cautions_of(estimates))


def together_table(estimates: Sequence[Estimate]) -> Table:
    """Lay out the outcomes of the plan tested together; its cautions say how far they agree."""
    rows = tuple(
        (
            MEASURES[each.measure].name if each.measure else "Summary index, higher is better",
            change_of(each),
            chance_of(each),
            count_of(each.n),
            Markup("{}").format(reading(each)),
        )
        for each in estimates
    )
    head = (
        "Outcome",
        "Change beyond comparison",
        "Chance alone, allowing for the others (p)",
        "Places",
        "What the data say",
    )
    caption = "The outcomes of the plan together: no single one decides"
    cautions = (*cautions_of(estimates), *range_caution(estimates))
    return Table(caption=caption, head=head, rows=rows, cautions=cautions)
