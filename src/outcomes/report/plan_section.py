"""What was planned and what was not, and the outcomes of the plan together, for the report."""

from collections.abc import Sequence

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report.parts import Section
from outcomes.report.tables import Table, cautions_of, change_of, count_of, exactly
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
    leading: dict[str, Estimate] = {}  # the first of each outcome; the others stand in the results
    for each in answers:
        if each.analysis in OF_THE_PLAN:
            leading.setdefault(each.measure, each)
    told = _by_design([*leading.values()])
    return Section(title="What was planned", lead=lead, tables=(told, table))


def _by_design(estimates: Sequence[Estimate]) -> Table:
    """Lay out what the design of the plan says, in its own words."""
    rows = tuple(
        (
            sentence_case(each.term),
            change_of(each),
            "not tested" if each.p is None else exactly(each.p, f"{each.p:.2f}"),
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
            "not tested" if each.p is None else exactly(each.p, f"{each.p:.2f}"),
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
    return Table(caption=caption, head=head, rows=rows, cautions=cautions_of(estimates))
