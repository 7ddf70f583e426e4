"""The levels as tables and as a page: for staff, and for the public with small counts withheld."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from outcomes.engagement.levels import shipped_levels
from outcomes.measures import MEASURES
from outcomes.pipeline.level_evidence import SHARE, Line
from outcomes.pipeline.levels import REACH, CommunityView, LevelsView, reach_of, view_levels
from outcomes.report.levels import LevelsHeading, levels_page
from outcomes.report.parts import Section
from outcomes.report.tables import Table
from outcomes.report.words import month_name, number
from outcomes.stats.suppression import suppress
from outcomes.stats.table_totals import Total
from outcomes.study import Study, write_whole

NO_RECORD = "\u2013"  # in a table of months, which says below what it means
WITHHELD = "not shown"
_PART_OF = {  # measures that count a part of what another one counts
    "contacts_new": "contacts_total",
    "contacts_through_sponsor": "contacts_total",
    "academy_contacts_new": "contacts_new",
}
_LEGEND = (
    f"{NO_RECORD} means that nothing is recorded for the month, which is not 0",
    "The same thing may be in records and in imported counts, so rows of one measure are not "
    "added up",
    "Of twenty trends that are all chance, about one looks like a change",
)


def write_levels(
    study: Study,
    out: Path,
    *,
    community: str = "",
    public: bool = False,
    today: date | None = None,
) -> LevelsView:
    """Write the page of all communities, or of one, whole or not at all.

    Args:
        study: The study.
        out: Where to write it.
        community: A code, for one of them only.
        public: Whether it is for the public: small counts, and what would give them away, are
            withheld; so are the reasons of judgements, and evidence that the report publishes.
        today: The day, if it is another.
    """
    day = today or date.today()
    view = view_levels(study, community=community, today=day)
    floor = study.settings.publish.smallest_cell
    if public:
        view = for_the_public(view, smallest=floor)
    about = study.settings.study
    heading = LevelsHeading(
        name=about.name,
        agency=about.agency,
        first=month_name(view.months[0]),
        last=month_name(view.months[-1]),
        generated=about.generated,
        public=public,
        floor=floor,
        withheld=view.withheld,
        version=version("outcomes"),
        made=day.isoformat(),
    )
    sections = [_levels_section(), *_reach_sections(view)]
    sections += [_community_section(each, view.months) for each in view.communities]
    write_whole(out, levels_page(heading, sections))
    return view


def for_the_public(view: LevelsView, *, smallest: int) -> LevelsView:
    """Withhold small counts of every community, and the trends that would give them away."""
    withheld, shown = 0, []
    for each in view.communities:
        lines = [_without_evidence(line) for line in each.lines]
        cells = _cells(lines, view.months)
        if not cells.empty:
            safe = suppress(
                cells,
                count="value",
                values=[],
                smallest=smallest,
                relations=_parts(cells),
            )
            hidden = safe[(safe["withheld"] != "") & (safe["line"] >= 0)]
            withheld += len(hidden)
            lines = _blanked(lines, hidden, months=view.months, smallest=smallest)
        history = tuple(replace(judged, reason="") for judged in each.history)
        shown.append(replace(each, lines=tuple(lines), history=history))
    return replace(view, communities=tuple(shown), withheld=withheld)


def _without_evidence(line: Line) -> Line:
    """Leave the figures of surveys and news to the report, which keeps account of them."""
    if line.counts:
        return replace(line, trend=line.trend.partition(". Median")[0])
    if not line.rule:
        return line
    nothing = (None,) * len(line.values)
    return replace(line, values=nothing, trend="see the public report")


def _cells(lines: Sequence[Line], months: Sequence[str]) -> pd.DataFrame:
    """List every count; and, unseen (line -1), what is left of a measure beside its part."""
    rows = [
        (at, line.rule, line.measure, month, value)
        for at, line in enumerate(lines)
        if line.counts
        for month, value in zip(months, line.values, strict=True)
        if value is not None
    ]
    known = {(rule, measure, month): value for _, rule, measure, month, value in rows}
    for (rule, measure, month), value in list(known.items()):
        whole = known.get((rule, _PART_OF.get(measure, ""), month))
        if whole is not None and whole >= value:
            rows.append((-1, rule, f"beside {measure}", month, whole - value))
    return pd.DataFrame(rows, columns=["line", "rule", "measure", "month", "value"])


def _parts(cells: pd.DataFrame) -> list[Total]:
    keys = zip(cells["rule"], cells["measure"], cells["month"], strict=True)
    at = {key: position for position, key in enumerate(keys)}
    return [
        Total(
            parts=(at[rule, measure, month], at[rule, f"beside {measure}", month]),
            total=at[rule, _PART_OF[measure], month],
        )
        for rule, measure, month in at
        if (rule, f"beside {measure}", month) in at
    ]


def _blanked(
    lines: Sequence[Line], hidden: pd.DataFrame, *, months: Sequence[str], smallest: int
) -> list[Line]:
    """Take out the counts that are withheld, and the words of the lines that hold one."""
    gone = {line: frozenset(part["month"]) for line, part in hidden.groupby("line")}
    told = f"not shown: months with fewer than {smallest}, or beside such, are withheld"
    return [
        replace(
            line,
            values=tuple(
                None if month in gone[at] else value
                for month, value in zip(months, line.values, strict=True)
            ),
            trend=told,
            withheld=gone[at],
        )
        if at in gone
        else line
        for at, line in enumerate(lines)
    ]


def _levels_section() -> Section:
    levels = shipped_levels().levels
    rows = tuple(
        (str(each.number), each.name, each.definition, " ".join(each.next)) for each in levels
    )
    return Section(
        title="The five levels",
        lead=("People judge which one fits a community; indicators only inform them.",),
        tables=(
            Table(
                caption="What each level is like, and what usually leads on from it",
                head=("Level", "In short", "What it is like", "What usually leads on"),
                rows=rows,
            ),
        ),
    )


def _reach_sections(view: LevelsView) -> Iterator[Section]:
    """Put the reach of communities side by side, one table an approach, with no sum (A4, A5)."""
    head = ("Community", *(MEASURES[code].name for code in REACH))
    tables = tuple(
        Table(
            caption=f"{approach.capitalize()} engagement",
            head=head,
            rows=tuple((each.name, *reach_of(each).values()) for each in view.of(approach)),
        )
        for approach in ("broad-based", "tailored")
    )
    if any(table.rows for table in tables):
        yield Section(
            title="Who was reached, community by community",
            lead=(
                "Broad-based and tailored engagement are read differently, so they stand apart "
                "and are never added up. Reach is an output: it says what was done.",
            ),
            tables=tables,
        )


def _community_section(view: CommunityView, months: Sequence[str]) -> Section:
    return Section(
        title=f"{view.name} ({view.approach})",
        lead=(*view.about, *judgement_words(view), *view.continuity),
        tables=community_tables(view, months),
    )


def judgement_words(view: CommunityView) -> list[str]:
    """Say the latest judgement beside what that level means and what leads on from it."""
    if not view.history:
        return ["Nobody has judged the level of this community yet."]
    latest = view.history[0]
    level = shipped_levels().level(latest.level)
    said = f"Judged to be at level {latest.level} on {latest.day} by: {latest.judged_by}."
    return [
        f"{said} {latest.reason}".strip(),
        f"Level {level.number}, {level.name.lower()}: {level.definition}",
        f"What usually leads on: {' '.join(level.next)}",
    ]


def community_tables(view: CommunityView, months: Sequence[str]) -> tuple[Table, Table, Table]:
    """Lay a community out: its indicators with trend and source, its months, its judgements."""
    indicators = {each.code: each for each in shipped_levels().indicators}
    evidence = Table(
        caption="Indicators: what is known, and where it comes from",
        head=("Indicator", "For level", "Measure", "What it is", "Trend", "Where it comes from"),
        rows=tuple(
            (
                f"{line.indicator} {indicators[line.indicator].name}",
                ", ".join(str(each) for each in indicators[line.indicator].levels),
                *(line.name, line.role, line.trend, line.source or "no record"),
            )
            for line in view.lines
        ),
        cautions=tuple(
            f"{each.code}: {each.caution}" for each in indicators.values() if each.caution
        ),
    )
    monthly = Table(
        caption="Month by month",
        head=("Measure", "Where it comes from", *(month_name(month) for month in months)),
        rows=tuple(
            (f"{line.indicator} {line.name}", line.source, *month_cells(line, months))
            for line in view.lines
            if line.withheld or any(value is not None for value in line.values)
        ),
        cautions=_LEGEND,
    )
    history = Table(
        caption="How its level was judged",
        head=("Day", "Level", "By", "Reason"),
        rows=tuple(
            (each.day, str(each.level), each.judged_by, each.reason) for each in view.history
        ),
    )
    return evidence, monthly, history


def month_cells(line: Line, months: Sequence[str]) -> list[str]:
    """Write the value of each month; what is withheld and what is not recorded look different."""
    return [
        WITHHELD
        if month in line.withheld
        else NO_RECORD
        if value is None
        else number(value, SHARE if line.unit == SHARE else "")
        for month, value in zip(months, line.values, strict=True)
    ]
