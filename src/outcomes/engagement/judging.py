"""Which walks meet the rule of their type, and what each of the others lacks (C1-C7, C10, C11)."""

import numpy as np
import pandas as pd

from outcomes.engagement.incidents import asking, hours_since
from outcomes.engagement.periods import Coverage, is_workday, period_of
from outcomes.engagement.walk_rules import Need, WalkRules, WalkType

TOO_SHORT = "too short"
_RANKS = {
    "officer": "an officer",
    "sergeant": "a sergeant",
    "lieutenant": "a lieutenant",
    "captain": "a captain",
    "unit": "the unit",
    "other": "someone else",
}
_Fault = tuple[str, np.ndarray]  # in words; which walks have it, shape (n,)


def judge_walks(
    walks: pd.DataFrame,
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Say of each walk whether it meets the rule of its type, and if not, everything it lacks.

    Args:
        walks: The columns of ``log.COLUMNS``, one row a walk.
        rules: The walk rules.
        coverage: Places where walks are planned, and the days covered.
        incidents: What ``read_incidents`` reads; None where there is no such list, and then no
            walk after an incident can be found to be in time.

    Returns:
        The walks in the same order, and with them ``day``, ``period`` (week or month by the
        rule of the type), ``logged`` (false where a walk counts for a further type under
        ``one_walk_counts_for = "every type it meets"``; those rows are added at the end),
        ``met``, ``fault`` (in words, empty where met) and ``note`` (a stricter need, C11, that
        is reported and not enforced).

    Raises:
        DataError: A walk is of a type that the rules do not know.
    """
    for code in walks["type"].unique():
        rules.type(code)
    walks = walks.reset_index(drop=True)
    start = pd.to_datetime(walks["start"]).astype("datetime64[us]")
    walks = walks.assign(start=start, day=start.dt.normalize())
    parts: list[pd.DataFrame] = []
    further: list[pd.DataFrame] = []
    for kind in rules.types:
        mine = walks["type"] == kind.code
        if mine.any() or not parts:  # one part at least, for the columns
            part = _judge(walks[mine], kind, rules, coverage=coverage, incidents=incidents)
            parts.append(part)
        if _takes_others(kind, rules):
            others = walks[~mine].assign(type=kind.code)
            judged = _judge(others, kind, rules, coverage=coverage, incidents=incidents)
            further.append(judged[judged["met"]])
    logged = pd.concat(parts).sort_index().assign(logged=True)
    if not further:
        return logged
    return pd.concat([logged, pd.concat(further).assign(logged=False)], ignore_index=True)


def _takes_others(kind: WalkType, rules: WalkRules) -> bool:
    return rules.settings.one_walk_counts_for == "every type it meets" and kind.per not in {
        None,
        "incident",
    }


def _judge(
    walks: pd.DataFrame,
    kind: WalkType,
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None,
) -> pd.DataFrame:
    faults = [
        *_outside(walks, kind, rules, coverage=coverage),
        *_conduct(walks, kind, rules),
        *_after_incident(walks, kind, rules, coverage=coverage, incidents=incidents),
    ]
    words = _in_words(faults, n=len(walks))
    notes: list[_Fault] = [
        (need.lack(), _lacks(walks, need) & (words == ""))
        for need in kind.needs
        if not rules.is_on(need)
    ]
    return walks.assign(
        period=period_of(walks["day"], kind.per, rules.settings),
        met=words == "",
        fault=words,
        note=_in_words(notes, n=len(walks)),
    )


def _outside(
    walks: pd.DataFrame, kind: WalkType, rules: WalkRules, *, coverage: Coverage
) -> list[_Fault]:
    """Find walks at a place or on a day to which the rules do not apply."""
    planned = walks["place"].isin(list(coverage.starts)).to_numpy()
    begins = pd.to_datetime(walks["place"].map({p: coverage.starts[p] for p in coverage.starts}))
    inside = walks["day"].between(pd.Timestamp(coverage.first), pd.Timestamp(coverage.last))
    early = (walks["day"] < begins).to_numpy() & inside.to_numpy()
    faults = [
        ("in a place where no walks are planned", ~planned),
        ("outside the dates covered", ~inside.to_numpy()),
        ("before the walks start there", planned & early),
    ]
    settings = rules.settings
    if kind.per == "workday" or (kind.per == "work week" and not settings.weekend_walks_count):
        faults.append(
            ("on a day that is no workday", ~is_workday(walks["day"], settings).to_numpy())
        )
    return faults


def _conduct(walks: pd.DataFrame, kind: WalkType, rules: WalkRules) -> list[_Fault]:
    """Find walks that are too short, or led or joined by others than the rule asks for."""
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
    faults += [(need.lack(), _lacks(walks, need)) for need in kind.needs if rules.is_on(need)]
    return faults


def _after_incident(
    walks: pd.DataFrame,
    kind: WalkType,
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None,
) -> list[_Fault]:
    if kind.per != "incident":
        return []
    if incidents is None:
        everyone = np.ones(len(walks), dtype=bool)
        return [("without a list of incidents to check the hours by", everyone)]
    asked = asking(incidents, kind, settings=rules.settings)
    hours = hours_since(walks, asked, time_zone=coverage.time_zone)
    late = ~(hours <= (kind.hours or 0))  # NaN, no incident before, is late too
    return [(f"not within {kind.hours:g} hours after an incident", late)]


def _lacks(walks: pd.DataFrame, need: Need) -> np.ndarray:
    people: np.ndarray = walks[list(need.roles)].to_numpy().sum(axis=1)
    return people < need.at_least


def _in_words(faults: list[_Fault], *, n: int) -> np.ndarray:
    """Join what each walk lacks: 'too short and without a sergeant'; empty where nothing."""
    words = np.full(n, "", dtype=object)
    if not faults or not n:
        return words
    table = np.column_stack([mask for _, mask in faults])
    failing = np.flatnonzero(table.any(axis=1))
    if not failing.size:
        return words
    patterns, which = np.unique(table[failing], axis=0, return_inverse=True)
    labels = np.array([_join(faults, pattern) for pattern in patterns], dtype=object)
    words[failing] = labels[which.ravel()]
    return words


def _join(faults: list[_Fault], pattern: np.ndarray) -> str:
    return " and ".join(text for (text, _), has in zip(faults, pattern, strict=True) if has)
