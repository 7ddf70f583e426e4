"""What else the record holds of one week: planned walks, notes, other engagement, events."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from outcomes.engagement import planned_walks, walk_report
from outcomes.engagement.compliance import strategy_compliance
from outcomes.engagement.periods import period_of
from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.engagement.walk_rules import WalkRules
from outcomes.guards.text_flags import flags
from outcomes.pipeline.engagement import study_coverage
from outcomes.pipeline.engagement_records import read_records
from outcomes.pipeline.week_span import Span
from outcomes.report.weekly_facts import Conduct, Planned
from outcomes.report.words import month_name
from outcomes.settings import AGENCY, Place
from outcomes.store import read_facts
from outcomes.study import Study

_MOST_NOTES = 5
_EVENT = "event_log"  # the kind of record for what goes on beside the engagement
_APART = (planned_walks.KIND, walk_report.KIND, _EVENT)


def week_records(
    study: Study, span: Span, *, rules: WalkRules, places: Sequence[Place]
) -> dict[str, Any]:
    """Find what the record says of a week beside its walks.

    Returns:
        Fields of ``Week``: planned, also, conduct, notes, notes_held, notes_more and events.
    """
    names = {place.code: place.name for place in places}
    records = read_records(study)
    planned = records[records["kind"] == planned_walks.KIND]
    days = records["day"].between(span.first.isoformat(), span.last.isoformat())
    week = records[days & records["place"].isin([*names, AGENCY])]
    reports = week[week["kind"] == walk_report.KIND]
    return {
        "planned": None if planned.empty else _planned(study, week, span, rules, names=names),
        "also": (*_also(week), *_strategies(study, records, span, rules, names=names)),
        "conduct": _conduct(reports),
        **_notes(study, reports),
        "events": _events(study, week, span, names=names),
    }


def _planned(
    study: Study, week: pd.DataFrame, span: Span, rules: WalkRules, *, names: dict[str, str]
) -> Planned:
    mine = week[week["kind"] == planned_walks.KIND]
    plans = [
        planned_walks.stored_plan(row["day"], row["place"], row["body"])
        for row in mine.sort_values("day").to_dict("records")
    ]
    walks = read_facts(study.store, "walks")
    starts = walks["start"].astype(str).str[:10]
    walks = walks[starts.between(span.first.isoformat(), span.last.isoformat())]
    standing = planned_walks.standings(plans, walks, now=span.now)
    kinds = {kind.code: kind.name for kind in rules.types}
    return Planned(
        planned=sum(each != "cancelled" for each in standing),
        done=standing.count("done"),
        ahead=standing.count("to come"),
        missed=tuple(
            f"{kinds.get(plan.type, plan.type)}, {names.get(plan.place, plan.place)}, "
            f"{plan.start:%a}, {plan.start:%b} {plan.start.day}"
            for plan, each in zip(plans, standing, strict=True)
            if each == "not done"
        ),
    )


def _also(week: pd.DataFrame) -> tuple[str, ...]:
    """Count what else the agency did; what people did in return stands elsewhere (D14)."""
    told = []
    for code, kind in shipped_kinds().items():
        number = int((week["kind"] == code).sum())
        done = not (kind.has_result or kind.is_context or code in _APART)
        if number and done:
            told.append(f"{number} {kind.name if number == 1 else kind.many}")
    return tuple(told)


def _strategies(
    study: Study, records: pd.DataFrame, span: Span, rules: WalkRules, *, names: dict[str, str]
) -> tuple[str, ...]:
    """Set strategies other than walks beside what is asked for, as it stood in that week (D33)."""
    told = records[records["day"] <= span.last.isoformat()]
    table = strategy_compliance(told, rules, coverage=study_coverage(study))
    where = names | {AGENCY: "the agency"}
    days = pd.Series([pd.Timestamp(span.first), pd.Timestamp(span.last)])
    lines = []
    for strategy in rules.strategies:
        periods = period_of(days, strategy.per, rules.settings).unique()
        rows = table[(table["type"] == strategy.code) & (table["required"] > 0)]
        rows = rows[rows["place"].isin(list(where)) & rows["period"].isin(periods)]
        lines += [
            f"{strategy.name}, {where[row.place]}, {month_name(row.period)}: "
            f"{row.counted} of {row.required}"
            for row in rows.itertuples()
        ]
    return tuple(lines)


def _conduct(reports: pd.DataFrame) -> tuple[Conduct, ...]:
    """Count the walks of which the report says that something was not done (D20)."""
    found = []
    for name, words in walk_report.CONDUCT.items():
        said = [body.get(name) for body in reports["body"]]
        no, told = said.count("no"), said.count("no") + said.count("yes")
        if no:
            found.append(Conduct(words=words, no=no, told=told))
    return tuple(found)


def _notes(study: Study, reports: pd.DataFrame) -> dict[str, Any]:
    """Give the newest notes; one that may say who somebody is stays away, also an imported one."""
    known = _no_secrets(study)
    newest = reports.sort_values("day", ascending=False, kind="stable")
    written = [text for body in newest["body"] if (text := str(body.get("note", "")).strip())]
    fit = [text for text in written if not flags(text, known=known)]
    return {
        "notes": tuple(fit[:_MOST_NOTES]),
        "notes_held": len(written) - len(fit),
        "notes_more": max(0, len(fit) - _MOST_NOTES),
    }


def _no_secrets(study: Study) -> list[str]:
    """List names that a text may hold: of the agency, its places and communities."""
    settings = study.settings
    known = [settings.study.agency, *(place.name for place in settings.places)]
    return [*known, *(community.name for community in settings.communities)]


def _events(
    study: Study, week: pd.DataFrame, span: Span, *, names: dict[str, str]
) -> tuple[str, ...]:
    """List shocks and other dated work of the week, from study.toml and from the record."""
    found: list[tuple[date, str, str]] = [
        (event.date, event.kind, event.name)
        for event in study.settings.events
        if span.first <= event.date <= span.last
        and (not event.places or set(event.places) & set(names))
    ]
    for row in week[week["kind"] == _EVENT].to_dict("records"):
        body = row["body"]
        name = str(body.get("name", ""))
        if not flags(name, known=_no_secrets(study)):
            found.append((date.fromisoformat(row["day"]), str(body.get("sort", "shock")), name))
    words = {"shock": "shock from outside", "co-intervention": "other work going on"}
    return tuple(
        f"{day:%a}, {day:%b} {day.day}: {name} ({words.get(kind, kind)})"
        for day, kind, name in dict.fromkeys(sorted(found))
    )
