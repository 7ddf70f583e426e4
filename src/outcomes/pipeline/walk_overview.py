"""What everybody in the agency may see of walks: this week's, leaders, notes (D22, D23)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from outcomes.engagement.walk_rules import WalkRules, read_walk_rules
from outcomes.pipeline.walk_reading import StoredWalk, stored_walks
from outcomes.store import read_facts
from outcomes.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.engagement.periods import Coverage
    from outcomes.engagement.walk_verdict import Verdict

NOTES_FOR = timedelta(days=14)
WEEKS = 6  # of leaders' participation, this one among them
_MARGIN = timedelta(days=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """Walks of some weeks, and what they are judged by."""

    rules: WalkRules
    coverage: "Coverage"
    walks: "pd.DataFrame"  # the columns of log.COLUMNS
    incidents: "pd.DataFrame | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How one type of walk stands in one place and week or month."""

    place: str
    type: str
    period: str
    required: int
    done: int
    counted: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of the page of walks."""

    week: str
    due: tuple[Due, ...]
    recent: tuple[StoredWalk, ...]  # of the last two weeks, newest first
    leaders: tuple[Mapping[str, Any], ...]  # one row a week, newest first


def rule_facts(study: Study, *, first: date, last: date) -> RuleFacts:
    """Read what is needed to judge the walks of some days: whole months and weeks around them.

    Raises:
        FileError: The walk rules are missing or break a rule.
    """
    import pandas as pd

    from outcomes.engagement.log import walk_table
    from outcomes.engagement.periods import Coverage

    about = study.settings.study
    begin = first.replace(day=1) - _MARGIN
    end = (last.replace(day=1) + timedelta(days=40)).replace(day=1) + _MARGIN
    covered = (max(begin, about.first), min(end, about.last))
    if covered[0] > covered[1]:  # days outside the study's, of which no walk counts
        covered = (about.first, about.last)
    starts = {place.code: place.start for place in study.places("focus") if place.start}
    rows = [
        {**{name: getattr(walk, name) for name in _OF_THE_LOG}, "people": walk.people}
        for walk in stored_walks(study, since=begin.isoformat())
        if walk.start[:10] <= end.isoformat()
    ]
    facts = pd.DataFrame(rows, columns=[*_OF_THE_LOG, "people"])
    incidents = read_facts(study.store, "incidents")
    return RuleFacts(
        rules=read_walk_rules(study.rules_path),
        coverage=Coverage(
            first=covered[0], last=covered[1], starts=starts, time_zone=about.time_zone
        ),
        walks=walk_table(facts),
        incidents=None if incidents.empty else incidents,
    )


_OF_THE_LOG = ("place", "type", "start", "minutes", "coordinator", "team", "inside_border")


def overview(study: Study, *, now: datetime) -> Overview:
    """Gather how this week stands.

    Args:
        study: The study.
        now: Local clock time, without a zone.
    """
    import pandas as pd

    from outcomes.engagement.leaders import leaders_by_week
    from outcomes.engagement.periods import period_of

    today = now.date()
    begin = today - timedelta(weeks=WEEKS)
    facts = rule_facts(study, first=begin, last=today)
    days = pd.Series(pd.to_datetime([today - timedelta(weeks=back) for back in range(WEEKS)]))
    weeks = list(period_of(days, "work week", facts.rules.settings))
    recent = stored_walks(study, since=(today - NOTES_FOR).isoformat())
    leaders = leaders_by_week(facts.walks, facts.rules.settings, weeks=weeks)
    return Overview(
        week=weeks[0],
        due=_due(study, facts, periods=(weeks[0], f"{today:%Y-%m}"), today=today),
        recent=tuple(recent),
        leaders=tuple(leaders.to_dict("records")),
    )


def verdict_of(study: Study, walk: StoredWalk) -> "Verdict":
    """Say what the rule says of a stored walk, beside the other walks of its place."""
    from outcomes.engagement.walk_verdict import walk_verdict

    day = date.fromisoformat(walk.start[:10])
    facts = rule_facts(study, first=day, last=day)
    return walk_verdict(
        facts.walks,
        (walk.place, walk.type, walk.start, walk.coordinator),
        facts.rules,
        coverage=facts.coverage,
        incidents=facts.incidents,
    )


def _due(study: Study, facts: RuleFacts, *, periods: Sequence[str], today: date) -> tuple[Due, ...]:
    from outcomes.engagement.compliance import compliance

    table = compliance(facts.walks, facts.rules, coverage=facts.coverage, incidents=facts.incidents)
    places = {place.code: place.name for place in study.settings.places}
    names = {kind.code: kind.name for kind in facts.rules.types}
    found = []
    for row in table.to_dict("records"):
        period = str(row["period"])
        # after an incident the period is the moment at which it happened
        lately = len(period) > 10 and period[:10] >= (today - NOTES_FOR).isoformat()
        if (period in periods or lately) and (row["required"] or row["done"]):
            numbers = {name: int(row[name]) for name in ("required", "done", "counted")}
            found.append(
                Due(
                    place=places.get(str(row["place"]), str(row["place"])),
                    type=names.get(str(row["type"]), str(row["type"])),
                    period=period.replace("T", " ")[:16],
                    why=str(row["reasons"]),
                    **numbers,
                )
            )
    return tuple(found)
