"""The levels as tables and as a page: for staff, and for the public with small counts withheld."""

from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from outcomes.engagement.levels import shipped_levels
from outcomes.measures import MEASURES
from outcomes.pipeline.level_evidence import SHARE, Line
from outcomes.pipeline.level_public import public_levels
from outcomes.pipeline.levels import REACH, CommunityView, LevelsView, reach_of, view_levels
from outcomes.report.levels import LevelsHeading, levels_page
from outcomes.report.parts import Section
from outcomes.report.tables import Table
from outcomes.report.words import month_name, number
from outcomes.study import Study, write_whole

NO_RECORD = "\u2013"  # in a table of months, which says below what it means
WITHHELD = "not shown"
_LEGEND = (
    f"{NO_RECORD} means that nothing is recorded for the month, which is not 0",
    "The same thing may be in records and in imported counts, so rows of one measure are not "
    "added up",
    "Of twenty trends that are all chance, about one looks like a change",
    "What comes back each year, such as a quiet winter, looks like a change too",
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
        public: Whether it is for the public: see ``public_levels``, which notes what is shown.
        today: The day, if it is another.
    """
    day = today or date.today()
    see = public_levels if public else view_levels
    view = see(study, community=community, today=day)
    about = study.settings.study
    heading = LevelsHeading(
        name=about.name,
        agency=about.agency,
        first=month_name(view.months[0]),
        last=month_name(view.months[-1]),
        generated=about.generated,
        public=public,
        floor=study.settings.publish.smallest_cell,
        withheld=view.withheld,
        version=version("outcomes"),
        made=day.isoformat(),
    )
    sections = [_levels_section(), *_reach_sections(view)]
    sections += [_community_section(each, view.months) for each in view.communities]
    write_whole(out, levels_page(heading, sections))
    return view


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
