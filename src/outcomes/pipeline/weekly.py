"""The weekly review sheet: the facts of a week out of the store, and the sheet made of them."""

from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError, OutcomesError, one_of
from outcomes.pipeline.week_span import week_span
from outcomes.pipeline.weekly_public import public_week, require_publishable
from outcomes.pipeline.weekly_records import week_records
from outcomes.pipeline.weekly_walks import week_walks
from outcomes.report.weekly import TEMPLATE, sheet_content, sheet_html
from outcomes.report.weekly_facts import Week
from outcomes.settings import Place
from outcomes.study import Study, write_whole
from outcomes.surveys.typesetting import fonts_for, page_count, typeset

_PACKAGE = "outcomes.report"
# of letters, in points: the largest that fits is taken
_SIZES = (10.0, 9.7, 9.4, 9.0, 8.6, 8.2, 7.8, 7.4, 7.0)
# how much is shown: all of it, or less where even the smallest letters do not fit
_DENSITIES: tuple[dict[str, int], ...] = (
    {},
    {"apart": 3, "most": 8, "letters": 160},
    {"apart": 1, "most": 5, "letters": 60},
)


def weekly_facts(
    study: Study,
    label: str = "",
    *,
    places: tuple[str, ...] = (),
    public: bool = False,
    now: datetime | None = None,
) -> Week:
    """Find what the record says of one week (D6-D8).

    Args:
        study: The study.
        label: The week, such as 2026-W14; "" for the last one that is over.
        places: Codes of focus places; none named: all of them.
        public: Whether it is for the public: what rests on few people or cases is withheld, and
            what is shown is noted in the ledger of what the study has published.
        now: The moment, in the study's own time zone; none: this one.

    Raises:
        DataError: The week is none, has not begun, or lies outside the study; a place is no
            focus of the walks; or the public may not see a sheet of this week or these places.
        FileError: The walk rules break a rule.
    """
    about = study.settings.study
    moment = now or datetime.now(ZoneInfo(about.time_zone)).replace(tzinfo=None)
    rules = read_walk_rules(study.rules_path)
    span = week_span(study, label, settings=rules.settings, now=moment)
    if public:
        require_publishable(span, places)
    chosen = _chosen(study, places)
    week = Week(
        label=span.label,
        days=f"{_day(span.first)} to {_day(span.last)}, {span.last.year}",
        until="" if span.is_over else _day(moment.date()),
        study=about.name,
        agency=about.agency,
        generated=about.generated,
        version=version("outcomes"),
        made=f"{moment.date():%B} {moment.day}, {moment.year}",
        places=tuple(place.name for place in chosen),
    )
    week = replace(week, **week_walks(study, span, rules=rules, places=chosen))
    week = replace(week, **week_records(study, span, rules=rules, places=chosen))
    return public_week(study, week, span, settings=rules.settings) if public else week


def weekly_pdf(week: Week) -> bytes:
    """Set the sheet on one page of US Letter; the same week gives the same bytes.

    Raises:
        DataError: It does not fit on a page in letters that can be read.
    """
    whole = sheet_content(week)
    fonts = fonts_for(TEMPLATE, whole | {"size": _SIZES[0]}, package=_PACKAGE)

    def fits(content: dict[str, Any], size: float) -> bool:
        sized = content | {"size": size}
        return page_count(TEMPLATE, sized, fonts=fonts, package=_PACKAGE) == 1

    for density in _DENSITIES:
        content = sheet_content(week, **density)
        if fits(content, _SIZES[-1]):
            size = next(size for size in _SIZES if fits(content, size))
            return typeset(TEMPLATE, content | {"size": size}, fonts=fonts, package=_PACKAGE)
    raise DataError(
        f"the sheet of {week.label} does not fit on one page with {len(week.places)} places. "
        "Choose fewer with --place, or write it as .html"
    )


def write_weekly(week: Week, path: Path) -> None:
    """Write the sheet, whole or not at all, as HTML or PDF by the ending of the path.

    Raises:
        OutcomesError: The ending is another.
        DataError: As for ``weekly_pdf``.
        FileError: It cannot be written there.
    """
    ending = path.suffix.lower()
    if ending not in {".html", ".pdf"}:
        raise OutcomesError(f"--out {path}: the ending must be .html or .pdf.")
    write_whole(path, sheet_html(week) if ending == ".html" else weekly_pdf(week))


def _chosen(study: Study, codes: tuple[str, ...]) -> tuple[Place, ...]:
    focus = {place.code: place for place in study.places("focus")}
    for code in codes:
        if code not in focus:
            raise DataError(
                f"{code!r} is no focus place of the study, so no walks are due there. "
                f"{one_of(code, list(focus))}"
            )
    return tuple(place for code, place in focus.items() if not codes or code in codes)


def _day(day: date) -> str:
    return f"{day:%A}, {day:%B} {day.day}"
