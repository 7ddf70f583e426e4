"""The evaluation report: one HTML file that holds everything it shows and prints well."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report import class_tables, linking_tables, plots, tables
from outcomes.report.changes_table import changes_table
from outcomes.report.in_short import in_short
from outcomes.report.looking_back_table import LOOKING_BACK_LEAD, looking_back_table
from outcomes.report.news import NO_NEWS, News, news_section
from outcomes.report.parts import Heading, Section
from outcomes.report.plan_section import (
    plan_section,
    together_table,
)
from outcomes.report.recorded_work import Work, work_table
from outcomes.report.residents import residents_section
from outcomes.report.specification_plot import folded_specifications
from outcomes.report.tables import Table
from outcomes.report.templates import templates
from outcomes.report.words import (
    sentence_case,
)


def evaluation_report(
    heading: Heading,
    estimates: Sequence[Estimate],
    *,
    untold: Sequence[Mapping[str, str]],
    surveys: Sequence[tuple[str, Sequence[str]]] = (),
    news: News = NO_NEWS,
    work: Sequence[Work] = (),
    curves: Mapping[str, Sequence[Estimate]] | None = None,
) -> str:
    """Write the report; it shows estimates and computes nothing.

    Args:
        heading: The study.
        estimates: What results/estimates.csv holds (for a public version: what is left of it).
        untold: Questions that the data could not answer: analysis, measure, reason.
        surveys: Of each wave, the eleven lines that AAPOR asks for.
        news: What was collected of the news, beside its tone.
        work: What was recorded beside walks (for a public version: as it may be published).
        curves: By measure, a comparison made in every defensible way: its summary, then the ways.
    """
    by = _by_analysis(estimates)
    sections = [
        _done(heading, by, work),
        _changed(heading, by, curves or {}),
        _classes(heading, by),
        residents_section(heading, by),
        news_section(by, events=_events(heading), news=news),
        plan_section(heading.plan, public=heading.public, answers=estimates),
        _untold(untold),
        _how(estimates),
    ]
    return (
        templates()
        .get_template("evaluation.html")
        .render(
            heading=heading,
            short=in_short(heading, by),
            sections=[s for s in sections if s],
            surveys=surveys,
        )
    )


def _by_analysis(estimates: Sequence[Estimate]) -> dict[str, list[Estimate]]:
    found: dict[str, list[Estimate]] = {}
    for each in estimates:
        found.setdefault(each.analysis, []).append(each)
    return found


def _done(
    heading: Heading, by: Mapping[str, Sequence[Estimate]], work: Sequence[Work]
) -> Section | None:
    fidelity, delivered = by.get("compliance", []), by.get("delivered", [])
    if not fidelity and not delivered and not work:
        return None
    kinds = {
        each.measure: MEASURES[each.measure].name
        for each in fidelity
        if each.measure != "walks_counted"
    }
    places = {code: heading.places[code] for code in heading.focus if code in heading.places}
    figures: tuple[tuple[str, str], ...] = ()
    if kinds:
        figure = plots.draw_fidelity(fidelity, kinds=kinds, places=places)
        figures = ((figure, "Share of required walks that were done by the rules."),)
    return Section(
        title="What was done",
        lead=(
            "Walks and minutes are outputs: they say what the agency did, not whether it helped. "
            "So are events, contacts and the like.",
        ),
        figures=figures,
        tables=(
            tables.delivered_table(delivered, caption="What each place got, by month"),
            tables.fidelity_table(
                fidelity, names=dict(heading.places), caption="Walks against their rules"
            ),
            work_table(heading, work),
        ),
    )


def _changed(
    heading: Heading,
    by: Mapping[str, Sequence[Estimate]],
    curves: Mapping[str, Sequence[Estimate]],
) -> Section | None:
    panel, monthly = by.get("panel", []), by.get("series", [])
    if not panel:
        return None
    marks, legend = _events(heading)
    figures = []
    for code in dict.fromkeys(each.measure for each in monthly):
        figure = plots.draw_monthly(
            [each for each in monthly if each.measure == code], start=heading.start, events=marks
        )
        caption = f"{MEASURES[code].name}: recorded counts, nothing estimated.{legend}"
        figures.append((figure, caption))
    return Section(
        title="What changed where the walks were, beside places without walks",
        lead=(
            Markup("Focus places: {}. Comparison places: {}.").format(
                _named(heading, heading.focus), _named(heading, heading.comparison)
            ),
            "A rise in complaints or in recorded crime can mean more trust in reporting, "
            "or more harm: those are never called better or worse.",
        ),
        figures=tuple(figures),
        tables=(
            tables.comparison_table(
                panel, primary=heading.primary, caption="Change beyond the comparison places"
            ),
            together_table(by.get("combination", [])),
        ),
        folded=folded_specifications(
            {each.measure: curves[each.measure] for each in panel if each.measure in curves}
        ),
    )


def _events(heading: Heading) -> tuple[list[tuple[str, str]], str]:
    """Give each event a letter for the figure, and the letters' meaning for its caption."""
    marks = [
        (month, day, name, "abcdefghijklmnopqrstuvwxyz"[number % 26])
        for number, (month, day, name) in enumerate(heading.events)
    ]
    legend = "".join(f" {mark}: {name} ({day})." for _, day, name, mark in marks)
    return [(month, mark) for month, _, _, mark in marks], legend


def _named(heading: Heading, codes: Sequence[str]) -> str:
    return ", ".join(heading.places.get(code, code) for code in codes) or "none"


def _classes(heading: Heading, by: Mapping[str, Sequence[Estimate]]) -> Section | None:
    found = by.get("prepost", [])
    order = list(dict.fromkeys(each.measure for each in found))
    points = sorted(
        (each for each in found if each.unit != "SD"), key=lambda each: order.index(each.measure)
    )
    if not points:
        return None
    labels = [f"{MEASURES[each.measure].name}, {each.place}" for each in points]
    figure = plots.draw_changes(
        points, labels=labels, title="Change from before to after", unit="points on the scale"
    )
    sizes = [each for each in found if each.unit == "SD"]
    return Section(
        title="Before and after: the same people",
        lead=(
            "Each line is one change with the range of values that fit the data. "
            "A line that crosses zero means: cannot tell.",
            linking_tables.LEAD,
            *(LOOKING_BACK_LEAD if "response shift" in by else ()),
        ),
        figures=((figure, "Changes of the same people."),),
        tables=(
            changes_table(points, sizes=sizes, ceilings=by.get("ceiling", ()), floor=heading.floor),
            class_tables.further_table(by),
            looking_back_table(by),
            linking_tables.checks_table(by),
            linking_tables.linking_table(by.get("linking", [])),
            linking_tables.thresholds_table(by.get("linking threshold", [])),
        ),
    )


def _untold(untold: Sequence[Mapping[str, str]]) -> Section | None:
    if not untold:
        return None
    rows = tuple(
        (
            MEASURES[row["measure"]].name if row["measure"] in MEASURES else row["measure"],
            sentence_case(row["reason"]),
        )
        for row in untold
    )
    return Section(
        title="What these data cannot answer",
        tables=(Table(caption="Questions left open", head=("Measure", "Why"), rows=rows),),
    )


def _how(estimates: Sequence[Estimate]) -> Section:
    return Section(
        title="How this was made",
        lead=(
            "Intervals are at the 95% level: of many studies like this one, 95 in 100 would give "
            "an interval that holds the truth, if what the last column says holds.",
            "Outputs (what was done) and outcomes (what changed) are kept apart throughout.",
        ),
        tables=(tables.method_table(estimates), tables.measure_table(estimates)),
    )
