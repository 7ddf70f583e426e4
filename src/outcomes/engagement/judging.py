"""Which walks meet the rule of their type, and what each of the others lacks (C1-C7, C9-C11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from outcomes.engagement.incidents import asking, hours_since
from outcomes.engagement.local_time import clock_times
from outcomes.engagement.parts import Words, as_category
from outcomes.engagement.periods import Coverage, is_workday, period_words
from outcomes.engagement.schedule import in_planned_hours
from outcomes.engagement.teams import Owing, astray, counting_team, owing_teams, team_of
from outcomes.engagement.walk_rules import Frequency, Need, WalkRules, WalkType

TOO_SHORT = "too short"
OUTSIDE_SCHEDULE = "outside the schedule"
_RANKS = {
    "officer": "an officer",
    "sergeant": "a sergeant",
    "lieutenant": "a lieutenant",
    "captain": "a captain",
    "unit": "the unit",
    "other": "someone else",
}
_ADDED = ["start", "day", "logged", "met", "surplus"]
Fault = tuple[str, np.ndarray]  # in words; which walks have it, shape (n,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What all types of one log are judged by."""

    walks: pd.DataFrame  # of the log, with all its columns; row n is row n of the log
    rules: WalkRules
    coverage: Coverage
    incidents: pd.DataFrame | None


def judge_walks(
    walks: pd.DataFrame,
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Say of each walk whether it meets the rule of its type, and if not, everything it lacks.

    Args:
        walks: The columns of ``log.COLUMNS``, one row a walk; and, each if there is one, those
            of ``log.BESIDE``.
        rules: The walk rules.
        coverage: Places where walks are planned, and the days covered.
        incidents: What ``read_incidents`` reads; None where there is no such list, and then no
            walk after an incident can be found to be in time.

    Returns:
        The walks in the same order, and with them ``day``, ``period`` (week, month or quarter by
        the rule of the type), ``logged`` (false where a walk counts for a further type under
        ``one_walk_counts_for = "every type it meets"``; those rows are added at the end),
        ``met``, ``surplus`` (met, and beyond the number of its workday), ``fault`` (in words,
        empty where met) and ``note`` (what is reported and not enforced: a stricter need, C11,
        or a schedule that does not bind).

    Raises:
        DataError: A walk is of a type that the rules do not know.
    """
    parts = []
    for each in judge_by_type(walks, rules, coverage=coverage, incidents=incidents):
        words = {name: each.walks[name].astype("str") for name in ("period", "fault", "note")}
        parts.append(each.walks[_ADDED].assign(type=each.kind.code, **words))
    table = pd.concat(parts)
    further = ~table["logged"].to_numpy()
    table = table.take(np.argsort(np.where(further, len(walks), table.index), kind="stable"))
    whole = walks.take(table.index) if further.any() else walks
    return whole.reset_index(drop=True).assign(**table.reset_index(drop=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rule of one type says of the walks that it looks at."""

    kind: WalkType
    owing: Owing
    walks: pd.DataFrame


def judge_by_type(
    walks: pd.DataFrame,
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None = None,
) -> list[Judged]:
    """Judge walks as ``judge_walks`` does, type by type and in few columns.

    Returns:
        One a type, in the order of the rules. ``walks`` are in the order of the log, with their
        row there as the index: place, coordinator, start, day, minutes, logged, met, surplus,
        period, fault, note; and team, toward whose number a walk goes ("" where the place owes
        as one). Words are categories: they are few, and a million times their numbers are
        compared instead.
    """
    walks = walks.reset_index(drop=True)
    quick = _quick(walks)
    for code in quick["type"].cat.categories:
        rules.type(str(code))
    frame = _Frame(walks=walks, rules=rules, coverage=coverage, incidents=incidents)
    found = []
    for kind in rules.types:
        mine = (quick["type"] == kind.code).to_numpy()
        logged = quick.take(np.flatnonzero(mine)).assign(logged=True)
        owing = owing_teams(logged, kind, rules)
        others = quick.assign(logged=mine) if _takes_others(kind, rules) else logged
        judged = _judge(others, kind, frame, owing=owing)
        if others is not logged:
            judged = judged[judged["logged"] | judged["met"]]
        found.append(Judged(kind=kind, owing=owing, walks=judged))
    return found


def _quick(walks: pd.DataFrame) -> pd.DataFrame:
    """Keep the columns that every rule looks at; words as categories."""
    words = ("place", "type", "coordinator", "inside_border")
    found = {name: walks[name].astype("category") for name in words if name in walks}
    if "team" in walks:
        found["team"] = team_of(walks)
    start = clock_times(walks["start"])
    return walks[["minutes"]].assign(start=start, day=start.dt.normalize(), **found)


def _takes_others(kind: WalkType, rules: WalkRules) -> bool:
    return rules.settings.one_walk_counts_for == "every type it meets" and kind.per not in {
        None,
        "incident",
    }


def _judge(mine: pd.DataFrame, kind: WalkType, frame: _Frame, *, owing: Owing) -> pd.DataFrame:
    """Judge walks by the rule of one type."""
    rules = frame.rules
    faults = [
        *outside(mine, frame.coverage, starts=frame.coverage.starts),
        *_off_days(mine, kind, rules),
        *_astray(mine, owing),
        *_conduct(mine, kind, frame),
        *_after_incident(mine, kind, frame),
    ]
    off = ~in_planned_hours(mine, kind, rules)
    notes = [] if rules.settings.schedule_binds else [(OUTSIDE_SCHEDULE, off)]
    if rules.settings.schedule_binds:
        faults.append((OUTSIDE_SCHEDULE, off))
    met = ~np.any([mask for _, mask in faults], axis=0)
    notes += [
        (f"{need.lack()}, which C11 asks for", _lacks(mine, need, frame))
        for need in kind.needs
        if not rules.is_on(need)
    ]
    n = len(mine)
    judged = mine[["place", "coordinator", "start", "day", "minutes", "logged"]].assign(
        team=counting_team(mine, owing),
        met=met,
        period=as_category(period_words(mine["day"], kind.per, rules.settings)),
        fault=as_category(in_words(faults, n=n)),
        note=as_category(in_words([(words, mask & met) for words, mask in notes], n=n)),
    )
    return judged.assign(surplus=surplus(judged, kind))


def surplus(done: pd.DataFrame, kind: Frequency) -> np.ndarray:
    """Mark what is beyond the number of a workday: it does not stand for another day.

    Args:
        done: place, team, day, start, minutes and met, n rows.
        kind: The type or strategy.

    Returns:
        Shape (n,).
    """
    found = np.zeros(len(done), dtype=bool)
    if kind.per == "workday":
        met = np.flatnonzero(done["met"].to_numpy())
        rows = done.take(met)
        order = np.lexsort((rows["minutes"].to_numpy(), rows["start"].to_numpy()))
        days = rows.take(order).groupby(["place", "day", "team"], observed=True)
        found[met[order]] = days.cumcount().to_numpy() >= kind.times
    return found


def outside(
    done: pd.DataFrame,
    coverage: Coverage,
    *,
    starts: Mapping[str, date],
    words: tuple[str, str] = ("no walks are planned", "the walks start there"),
) -> list[Fault]:
    """Find what was done at a place or on a day to which the rules do not apply.

    Args:
        done: place (a category) and day, one row a walk or record.
        coverage: The days covered.
        starts: From which day on something is due in which place.
        words: What is not so in other places, and what was not yet so before.
    """
    which = done["place"].cat.codes.to_numpy()
    places = done["place"].cat.categories
    planned = np.array([place in starts for place in places], dtype=bool)[which]
    day = done["day"].to_numpy()
    first_days = np.array(
        [starts.get(place, coverage.first) for place in places], dtype="datetime64[D]"
    ).astype(day.dtype)
    inside = (day >= np.datetime64(coverage.first)) & (day <= np.datetime64(coverage.last))
    return [
        (f"in a place where {words[0]}", ~planned),
        ("outside the dates covered", ~inside),
        (f"before {words[1]}", planned & inside & (day < first_days[which])),
    ]


def _off_days(walks: pd.DataFrame, kind: WalkType, rules: WalkRules) -> list[Fault]:
    settings = rules.settings
    if kind.per == "workday" or (kind.per == "work week" and not settings.weekend_walks_count):
        return [("on a day that is no workday", ~is_workday(walks["day"], settings).to_numpy())]
    return []


def _astray(walks: pd.DataFrame, owing: Owing) -> list[Fault]:
    """Find walks outside the border, and walks of a team that owes none of this type here."""
    faults = []
    if "inside_border" in walks:
        faults.append(("outside the border", (walks["inside_border"] == "no").to_numpy()))
    if owing:
        nobody, wrong = astray(walks, owing)
        faults += [("without a team", nobody), ("by a team that owes none here", wrong)]
    return faults


def _conduct(walks: pd.DataFrame, kind: WalkType, frame: _Frame) -> list[Fault]:
    """Find walks that are too short, or led or joined by others than the rule asks for."""
    rules = frame.rules
    faults = [(TOO_SHORT, (walks["minutes"] < rules.least_minutes(kind)).to_numpy())]
    if kind.coordinator != "any":
        faults += [
            (
                f"coordinated by {words}, not {_RANKS[kind.coordinator]}",
                (walks["coordinator"] == rank).to_numpy(),
            )
            for rank, words in _RANKS.items()
            if rank != kind.coordinator
        ]
    faults += [
        (need.lack(), _lacks(walks, need, frame)) for need in kind.needs if rules.is_on(need)
    ]
    return faults


def _after_incident(walks: pd.DataFrame, kind: WalkType, frame: _Frame) -> list[Fault]:
    if kind.per != "incident":
        return []
    if frame.incidents is None:
        everyone = np.ones(len(walks), dtype=bool)
        return [("without a list of incidents to check the hours by", everyone)]
    asked = asking(frame.incidents, kind, settings=frame.rules.settings)
    hours = hours_since(walks, asked, time_zone=frame.coverage.time_zone)
    late = ~(hours <= (kind.hours or 0))  # NaN, no incident before, is late too
    return [(f"not within {kind.hours:g} hours after an incident", late)]


def _lacks(walks: pd.DataFrame, need: Need, frame: _Frame) -> np.ndarray:
    rows = walks.index.to_numpy()
    people: np.ndarray = sum(frame.walks[role].to_numpy()[rows] for role in need.roles)
    return people < need.at_least


def in_words(faults: list[Fault], *, n: int) -> Words:
    """Join what each of n lacks: 'too short and without a sergeant'; empty where nothing.

    Which words each has, and the words. At most 62 faults: one bit of a number for each.
    """
    pattern = np.zeros(n, dtype=np.int64)
    for bit, (_, mask) in enumerate(faults):
        pattern |= mask.astype(np.int64) << bit
    which, known = pd.factorize(pattern)
    words = [
        " and ".join(text for bit, (text, _) in enumerate(faults) if number >> bit & 1)
        for number in known.tolist()
    ]
    return which, words
