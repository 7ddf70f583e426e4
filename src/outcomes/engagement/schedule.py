"""Which walks started in the hours that are planned for them (C9, D17)."""

import numpy as np
import pandas as pd

from outcomes.engagement.walk_rules import WEEKDAYS, Planned, WalkRules, WalkType


def in_planned_hours(walks: pd.DataFrame, kind: WalkType, rules: WalkRules) -> np.ndarray:
    """Say of each walk whether it started in planned hours; true where no hours are planned.

    Args:
        walks: place (a category) and start (local clock time), n rows.
        kind: The type that they are judged as.
        rules: With the schedule. Hours of a place add to each other, and to those of all places.

    Returns:
        Shape (n,). Hours that end earlier than they begin go on after midnight; such a walk
        belongs to the weekday on which the hours began. Both ends are inside.
    """
    planned = [each for each in rules.schedule if each.type == kind.code]
    if not planned or walks.empty:
        return np.ones(len(walks), dtype=bool)
    weekday = walks["start"].dt.day_of_week.to_numpy()
    minute = (walks["start"].dt.hour * 60 + walks["start"].dt.minute).to_numpy()
    bound = np.zeros(len(walks), dtype=bool)
    inside = np.zeros(len(walks), dtype=bool)
    for each in planned:
        here = (walks["place"] == each.place).to_numpy() if each.place else ~np.zeros_like(bound)
        bound |= here
        inside |= here & _within(each, weekday=weekday, minute=minute)
    return inside | ~bound


def _within(each: Planned, *, weekday: np.ndarray, minute: np.ndarray) -> np.ndarray:
    days = np.isin(np.arange(7), [WEEKDAYS.index(day) for day in each.weekdays])
    begins = each.begins.hour * 60 + each.begins.minute
    ends = each.ends.hour * 60 + each.ends.minute
    if ends >= begins:
        return np.asarray(days[weekday] & (minute >= begins) & (minute <= ends))
    return np.asarray(
        (days[weekday] & (minute >= begins)) | (days[(weekday - 1) % 7] & (minute <= ends))
    )
