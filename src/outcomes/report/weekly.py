"""The weekly review sheet of one page: what goes on it, and the sheet as HTML (D6-D8)."""

from collections.abc import Sequence
from importlib.resources import files
from textwrap import shorten
from typing import Any

from markupsafe import Markup

from outcomes.report.templates import templates
from outcomes.report.weekly_bars import bar_pieces
from outcomes.report.weekly_facts import IncidentRow, Planned, TypeRow, Week, WeekBar
from outcomes.report.weekly_words import cannot_tell, questions, stands_out

TEMPLATE = "weekly.typ"
WITHHELD = "\u2013"
_APART = 4  # with more places, types are shown for all of them together
_MOST = 12  # places, incidents or missed plans in one list
_LETTERS = 500  # of one note
_STATES = {
    "in time": "In time",
    "late": "Late",
    "none": "None",
    "did not count": "Not counted",
    "still open": "Still open",
    "not asked for": "Not asked for",
}


def sheet_content(
    week: Week, *, apart: int = _APART, most: int = _MOST, letters: int = _LETTERS
) -> dict[str, Any]:
    """Lay out what stands on the sheet, in words and numbers that can be written as JSON.

    Args:
        week: What the record says of the week.
        apart: Up to how many places types are shown for each place.
        most: How many places, incidents or missed plans one list holds.
        letters: How much of a note is shown.

    Returns:
        The same content for the HTML and for the PDF. Bars are pieces with ``x`` and ``w``, in
        hundredths of their width.
    """
    number, year = week.label.partition("-W")[2].lstrip("0"), week.label.partition("-W")[0]
    one = len(week.places) == 1
    return {
        "title": f"Weekly review: week {number} of {year}",
        "days": week.days,
        "by": " \u00b7 ".join([week.agency, _places(week.places), _version(week)]),
        "banner": week.generated,
        "lead": _lead(week),
        "groups": _groups(week, apart),
        "legend": _legend(week),
        "incidents": [_incident(each, one=one) for each in week.incidents[:most]],
        "incidents_more": max(0, len(week.incidents) - most),
        "ranks": [[each.name, str(each.walks), str(each.times)] for each in week.ranks],
        "sums": _sums(week, most),
        "weeks": _weeks(week, most),
        "stands_out": stands_out(week),
        "planned": _planned(week.planned, most) if week.planned else "",
        "also": ", ".join(week.also),
        "notes": [shorten(note, letters, placeholder=" \u2026") for note in week.notes],
        "notes_said": _notes_said(week),
        "events": list(week.events),
        "questions": [
            {"question": question, "asked": asked}
            for question, asked in ([] if week.public else questions(week))
        ],
        "cannot_tell": cannot_tell(week),
        "public": week.public,
        "made": f"Made on {week.made} with outcomes {week.version}, from the record alone.",
    }


def sheet_html(week: Week) -> str:
    """Write the sheet as one HTML file that reads well on a phone and prints on a page."""
    return (
        templates()
        .get_template("weekly.html")
        .render(
            title=f"{week.study}: {sheet_content(week)['title']}",
            style=Markup(style()),
            sheet=sheet_fragment(week, level=1),
        )
    )


def sheet_fragment(week: Week, *, level: int = 2) -> Markup:
    """Write the sheet as a part of a page.

    Args:
        week: What the record says of the week.
        level: Of the sheet's heading, 1 to 5.
    """
    template = templates().get_template("weekly_sheet.html")
    return Markup(template.render(d=sheet_content(week), level=level))


def style() -> str:
    """Give the style of the sheet, for a page that holds a fragment."""
    return files("outcomes.report").joinpath("weekly.css").read_text(encoding="utf-8")


def _places(names: Sequence[str]) -> str:
    if not names:
        return "no focus place"
    return f"{len(names)} places" if len(names) > _APART else ", ".join(names)


def _version(week: Week) -> str:
    return "public version" if week.public else "for use inside the agency"


def _lead(week: Week) -> list[str]:
    lines = []
    if not week.places:
        lines.append("study.toml names no focus place, so no walk is due anywhere.")
    elif not week.walks_known:
        lines.append("No walk was ever entered into the record, so nothing can be said of one.")
    elif not any(each.walks for each in week.sums) and not week.public:
        lines.append("The record holds no walk in this week.")
    if week.until:
        lines.append(
            f"The week is not over: what was done is up to {week.until}, what was asked for is "
            "for the whole week."
        )
    return lines


def _groups(week: Week, apart: int) -> list[dict[str, Any]]:
    """Set required beside done: by place, or for all places together where they are many."""
    if len(week.places) > apart:
        rows = [_merged(rows) for rows in _by_type(week.rows)]
        return [{"name": f"All {len(week.places)} places together", "rows": rows}] if rows else []
    return [
        {"name": place, "rows": [_row(each) for each in week.rows if each.place == place]}
        for place in week.places
        if any(each.place == place for each in week.rows)
    ]


def _by_type(rows: Sequence[TypeRow]) -> list[list[TypeRow]]:
    found: dict[str, list[TypeRow]] = {}
    for each in rows:
        found.setdefault(each.code, []).append(each)
    return list(found.values())


def _row(row: TypeRow) -> dict[str, Any]:
    if row.withheld:
        asked = row.required
        told = f"{WITHHELD} of {asked}" if asked else WITHHELD
        return _line(row, told=told, logged=WITHHELD, bar=[], why="withheld")
    told = f"{row.met} of {row.required}" if row.required else ""
    return _line(row, told=told, logged=str(row.done), bar=_bar(row), why=row.why)


def _line(
    row: TypeRow, *, told: str, logged: str, bar: list[dict[str, Any]], why: str
) -> dict[str, Any]:
    return {"name": row.name, "asked": row.asked, "told": told, "logged": logged, "bar": bar,
            "why": why}  # fmt: skip


def _merged(rows: Sequence[TypeRow]) -> dict[str, Any]:
    """Add one type up over the places; what is withheld in one makes the sum unfit to be told."""
    first = rows[0]
    if any(each.withheld for each in rows):
        return _line(first, told=WITHHELD, logged=WITHHELD, bar=[], why="withheld")
    required, met = sum(each.required for each in rows), sum(each.met for each in rows)
    done, counted = sum(each.done for each in rows), sum(each.counted for each in rows)
    told = f"{met} of {required}" if required else ""
    due = [each for each in rows if each.required]
    whole = sum(not each.short for each in due)
    why = f"all of them in {whole} of {len(due)} places" if required > met else ""
    bar = bar_pieces(met, max(0, min(done - counted, required - met)), required)
    return _line(first, told=told, logged=str(done), bar=bar, why=why)


def _bar(row: TypeRow) -> list[dict[str, Any]]:
    """Draw the required walks: done by the rule, done otherwise, not done."""
    other = max(0, min(row.done - row.counted, row.short))
    return bar_pieces(row.met, other, row.required)


def _legend(week: Week) -> str:
    if week.public:
        return (
            f"{WITHHELD} withheld: it rests on fewer than {week.floor} people or cases, or would "
            "give such a number away. Single types, walks asked for by the month or after "
            "incidents, and ranks are not shown. A number that changed by fewer than "
            f"{week.floor} since it was published is shown as it was."
        )
    return "Filled: done by the rule. Grey: done, but did not count. Empty: not in the log."


def _incident(row: IncidentRow, *, one: bool) -> dict[str, str]:
    where = "" if one else f"{row.place}, "
    before = " (the week before)" if row.before else ""
    return {"when": f"{where}{row.at}{before}", "state": _STATES[row.state], "told": row.told}


def _sums(week: Week, most: int) -> dict[str, Any]:
    """Set minutes, people and partners side by side, one column a measure."""
    names = ["walks", "minutes", "reached"] if week.public else [
        "walks", "minutes", "police", "partners", "reached"]  # fmt: skip
    heads = {"walks": "Walks", "minutes": "Minutes", "police": "Police", "partners": "Partners",
             "reached": "People reached"}  # fmt: skip
    rows = [
        [each.place, *(_cell(getattr(each, name), name in each.withheld) for name in names)]
        for each in week.sums
    ][:most]
    if len(week.sums) > 1 and not week.public:
        totals = (sum(getattr(each, name) for each in week.sums) for name in names)
        rows.append(["Together", *(f"{total:,}" for total in totals)])
    return {"head": ["Place", *(heads[name] for name in names)], "rows": rows,
            "more": max(0, len(week.sums) - most)}  # fmt: skip


def _cell(value: int, withheld: bool) -> str:
    return WITHHELD if withheld else f"{value:,}"


def _weeks(week: Week, most: int) -> dict[str, Any]:
    if not week.weeks:
        return {"head": [], "rows": [], "more": 0, "reached": []}
    labels = [each.label for each in week.weeks[0].weeks]
    columns = range(len(labels))
    reached = [sum(each.weeks[at].reached for each in week.weeks) for at in columns]
    walks = [sum(each.weeks[at].walks for each in week.weeks) for at in columns]
    return {
        "head": labels,
        "rows": [
            {"place": each.place, "cells": [_week_cell(one) for one in each.weeks]}
            for each in week.weeks[:most]
        ],
        "more": max(0, len(week.weeks) - most),
        "walks": [f"{number:,}" for number in walks],
        "reached": [f"{number:,}" for number in reached],
    }


def _week_cell(week: WeekBar) -> dict[str, Any]:
    if not week.required:
        return {"told": WITHHELD, "share": 0, "due": False}
    share = round(100 * week.met / week.required)
    return {"told": f"{week.met} of {week.required}", "share": share, "due": True}


def _planned(planned: Planned, most: int) -> str:
    if not planned.planned:
        return "No walk was planned for this week."
    told = f"{planned.done} of {planned.planned} planned walks were done"
    told += f", {planned.ahead} still to come." if planned.ahead else "."
    if planned.missed:
        shown = "; ".join(planned.missed[:most])
        more = len(planned.missed) - most
        told += f" Not in the log: {shown}{f'; and {more} more' if more > 0 else ''}."
    return told


def _notes_said(week: Week) -> str:
    told = []
    if week.notes_more:
        told.append(f"{week.notes_more} more at the desk.")
    if week.notes_held:
        told.append(
            f"{week.notes_held} not shown, because they may say who somebody is: mend them at the "
            "desk."
        )
    return " ".join(told)
