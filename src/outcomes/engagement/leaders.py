"""Whether leaders walk too: how many of each rank group took part, week by week (D21, D22)."""

from collections.abc import Sequence

import pandas as pd

from outcomes.engagement.periods import period_of
from outcomes.engagement.walk_rules import RuleSettings

GROUPS = {  # columns of the walk log
    "lieutenants": ("lieutenants", "nonpatrol_lieutenants"),
    "captains": ("captains", "nonpatrol_captains"),
    "executives": ("executives",),
}


def leaders_by_week(
    walks: pd.DataFrame, settings: RuleSettings, *, weeks: Sequence[str]
) -> pd.DataFrame:
    """Count in each week the walks, and those in which leaders took part, by rank group.

    Args:
        walks: The columns of ``log.COLUMNS``.
        settings: Say on which day a week starts.
        weeks: The weeks to list, as 2026-W14; walks of others are left out.

    Returns:
        One row a week: ``week``, ``walks``, and for each group the number of walks with at least
        one of them. Groups, never persons; one walk may stand in several columns.
    """
    days = pd.to_datetime(walks["start"]).astype("datetime64[us]").dt.normalize()
    columns = {"walks": pd.Series(1, index=walks.index)}
    for group, roles in GROUPS.items():
        columns[group] = (walks[list(roles)].sum(axis=1) > 0).astype(int)
    week = period_of(days, "work week", settings).astype(object)
    sums = pd.DataFrame(columns).groupby(week).sum().reindex(list(weeks)).fillna(0).astype(int)
    return sums.rename_axis("week").reset_index()
