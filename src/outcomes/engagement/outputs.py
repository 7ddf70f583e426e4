"""What was done: walks, minutes and people by place and month, as rows of measures (D2)."""

from collections.abc import Sequence

import pandas as pd

from outcomes.engagement.walk_rules import REACHED, ROLES
from outcomes.errors import DataError, one_of
from outcomes.measures import MEASURES, check

_POLICE = [role for role in ROLES if role != "partners"]


def walk_measures(
    judged: pd.DataFrame, *, months: Sequence[str], places: Sequence[str]
) -> pd.DataFrame:
    """Count walks, their minutes and their people in every place and month.

    A walk log is complete by definition: a month without a row is a month without a walk, so it
    gets 0, in comparison places too. (For counts that others report, a missing row is missing.)

    Args:
        judged: What ``judge_walks`` returns.
        months: The months to list, as 2026-03; walks in other months are left out.
        places: All places of the study, focus and comparison.

    Returns:
        Rows of the measures table: walks, walks_counted (walks that met their rule),
        walk_minutes, walk_types (different types), walk_people_police, walk_people_partners,
        walk_people_reached, and walks_<type> for each type that is a registered measure. ``unit``
        is the place, ``se`` is missing (exact counts), ``n`` is 1.

    Raises:
        DataError: A walk is at a place that is not listed.

    Source:
        Requirement D2; these are outputs and never evidence of an effect (D14).
    """
    for place in judged["place"].unique():
        if place not in places:
            raise DataError(
                f"the walk log has a place that is not listed: {place!r}. {one_of(place, places)}"
            )
    walks = judged[judged["logged"]]
    by = [walks["place"].astype(object), walks["day"].dt.strftime("%Y-%m").astype(object)]
    columns = {
        "walks": pd.Series(1, index=walks.index),
        "walks_counted": walks["met"].astype(int),
        "walk_minutes": walks["minutes"],
        "walk_people_police": walks[_POLICE].sum(axis=1),
        "walk_people_partners": walks["partners"],
        "walk_people_reached": walks[REACHED],
    }
    for measure in MEASURES:
        if measure.startswith("walks_") and measure != "walks_counted":
            columns[measure] = (walks["type"] == measure.removeprefix("walks_")).astype(int)
    sums = pd.DataFrame(columns).groupby(by).sum()
    sums["walk_types"] = walks["type"].groupby(by).nunique()
    every = pd.MultiIndex.from_product([places, months], names=["place", "period"])
    table = sums.reindex(every).fillna(0).reset_index()
    table = table.melt(id_vars=["place", "period"], var_name="measure", value_name="value")
    return check(table.assign(stream="engagement", unit=table["place"], se=float("nan"), n=1))
