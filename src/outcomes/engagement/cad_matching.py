"""Which visit in CAD is which typed walk, and how many minutes does it confirm (D2, D3)?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from outcomes.engagement.cad import COMMUNITY, NEITHER
from outcomes.engagement.cad_names import code_key
from outcomes.engagement.local_time import instants

MATCHED, TYPED_ONLY, CAD_ONLY = "matched", "typed only", "CAD only"
VISITS = "community_visits"
_WALK = ["place", "type", "start", "coordinator", "minutes"]


def walk_visits(visits: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Give the stored visits that are walks, by what their call types were confirmed to mean.

    Args:
        visits: call, call_type, place, start, minutes, gps_minutes, units.
        codes: call_type, means.

    Returns:
        The same columns and ``means``: the code of a walk type, or "walk".
    """
    means = _meanings(visits, codes)
    walks = ~means.isin([NEITHER, COMMUNITY])
    found = visits.assign(means=means)[walks].reset_index(drop=True)
    return found.astype({"minutes": float, "gps_minutes": float})


def community_visits(visits: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Count the stored visits that are engagement other than walks, by place and month.

    Args:
        visits: As for ``walk_visits``.
        codes: As for ``walk_visits``.

    Returns:
        place, period and community_visits, for months with any.
    """
    found = visits[_meanings(visits, codes).eq(COMMUNITY)]
    periods = found["start"].astype("str").str[:7]
    return found.groupby(["place", periods.rename("period")]).size().reset_index(name=VISITS)


def calls_by_code(
    visits: pd.DataFrame, codes: pd.DataFrame, *, community: bool, months: Sequence[str]
) -> pd.DataFrame:
    """Count the stored visits by what their calls were named, and month.

    Args:
        visits: As for ``walk_visits``.
        codes: As for ``walk_visits``.
        community: Whether of engagement other than walks; of walks if not.
        months: As 2026-03.

    Returns:
        One row a call type (names that differ in case or spaces only are one), one column a
        month; 0 where there was none.
    """
    means = _meanings(visits, codes)
    chosen = means.eq(COMMUNITY) if community else ~means.isin([NEITHER, COMMUNITY])
    names = {code_key(name): name for name in codes["call_type"]}
    types = visits.loc[chosen, "call_type"].astype("str").map(lambda name: names[code_key(name)])
    periods = visits.loc[chosen, "start"].astype("str").str[:7]
    return pd.crosstab(types, periods).reindex(columns=list(months), fill_value=0)


def _meanings(visits: pd.DataFrame, codes: pd.DataFrame) -> pd.Series:
    """Say of each visit what its call type was confirmed to mean; one amended away is none."""
    meanings = {code_key(row.call_type): row.means for row in codes.itertuples()} | {"": NEITHER}
    types = visits["call_type"].astype("str")
    means = types.map({name: meanings.get(code_key(name), NEITHER) for name in types.unique()})
    return means.astype("str")


def match_walks(
    walks: pd.DataFrame, visits: pd.DataFrame, *, within: float, time_zone: str = ""
) -> pd.DataFrame:
    """Match typed walks with walks in CAD: same place, starts close together, one to one.

    The closest two are matched first, then the next closest of those that are left. Of two that
    are equally close, one of the same type of walk wins, then the earlier one: the order of the
    rows makes no difference.

    Args:
        walks: place, type, start (local, ISO), coordinator, minutes (typed).
        visits: What ``walk_visits`` returns.
        within: Minutes between the two starts, at most.
        time_zone: Where the clocks hang.

    Returns:
        One row a typed walk and one a visit without one: place, type, start, coordinator, minutes
        (typed; NaN where nobody typed it), call, cad_start, cad_minutes, gps_minutes, units,
        ``result`` ("matched", "typed only", "CAD only") and ``minutes_verified``: of a matched
        walk the minutes by GPS where there are any, else those of CAD; NaN otherwise.
    """
    typed = walks[_WALK].sort_values(_WALK, ignore_index=True)
    seen = visits.sort_values(["place", "start", "call"], ignore_index=True)
    pairs = _pairs(typed, seen, within=within, time_zone=time_zone)
    at = np.full(len(typed), -1)
    taken = np.zeros(len(seen), dtype=bool)
    for walk, visit in pairs:
        if at[walk] < 0 and not taken[visit]:
            at[walk], taken[visit] = visit, True
    found = seen.rename(columns={"start": "cad_start", "minutes": "cad_minutes"})
    own = found.drop(columns=["place", "call_type", "means"], errors="ignore")
    left = pd.concat([typed, own.reindex(at).reset_index(drop=True)], axis=1)
    left["result"] = np.where(at >= 0, MATCHED, TYPED_ONLY)
    rest = found[~taken].rename(columns={"means": "type"}).assign(result=CAD_ONLY)
    rest = rest.assign(start=rest["cad_start"], coordinator="", minutes=np.nan)
    table = pd.concat([left, rest.reindex(columns=left.columns)], ignore_index=True)
    by_cad = table["gps_minutes"].astype(float).fillna(table["cad_minutes"].astype(float))
    table["minutes_verified"] = by_cad.where(table["result"] == MATCHED)
    return table.sort_values(["place", "start", "call"], ignore_index=True)


def _pairs(
    typed: pd.DataFrame, seen: pd.DataFrame, *, within: float, time_zone: str
) -> list[tuple[int, int]]:
    """List the pairs that may be matched, the closest first."""
    walk_at = instants(typed["start"], time_zone=time_zone).to_numpy()
    visit_at = instants(seen["start"], time_zone=time_zone).to_numpy()
    window = np.timedelta64(round(within * 60), "s")
    found = []
    for place, mine in typed.groupby("place").groups.items():
        there = np.flatnonzero((seen["place"] == place).to_numpy())
        there = there[np.argsort(visit_at[there], kind="stable")]
        times = visit_at[there]
        firsts = np.searchsorted(times, walk_at[mine] - window, side="left")
        lasts = np.searchsorted(times, walk_at[mine] + window, side="right")
        for walk, first, last in zip(mine, firsts, lasts, strict=True):
            for visit in there[first:last]:
                gap = abs(walk_at[walk] - visit_at[visit])
                other = typed["type"].iat[walk] != seen["means"].iat[visit]
                found.append((gap, other, int(walk), int(visit)))
    return [(walk, visit) for _, _, walk, visit in sorted(found)]


def dose_table(
    matches: pd.DataFrame, *, months: Sequence[str], places: Sequence[str]
) -> pd.DataFrame:
    """Count, by place and month, what was typed, what CAD confirms, and what only CAD shows.

    Args:
        matches: What ``match_walks`` returns.
        months: As 2026-03; walks in others are left out.
        places: Codes of places.

    Returns:
        One row a place and month: walks_typed, matched, typed_only, cad_only, minutes_typed,
        minutes_verified (of matched walks whose time CAD or GPS tells), minutes_cad_only, and
        without_time, matched walks of which neither tells how long they took. These are outputs:
        what was done, never what came of it (D14).
    """
    results = matches["result"]
    by_cad = matches["gps_minutes"].astype(float).fillna(matches["cad_minutes"].astype(float))
    columns = {
        "walks_typed": (results != CAD_ONLY).astype(int),
        "matched": (results == MATCHED).astype(int),
        "typed_only": (results == TYPED_ONLY).astype(int),
        "cad_only": (results == CAD_ONLY).astype(int),
        "minutes_typed": matches["minutes"].astype(float).fillna(0),
        "minutes_verified": matches["minutes_verified"].fillna(0),
        "minutes_cad_only": by_cad.where(results == CAD_ONLY).fillna(0),
        "without_time": ((results == MATCHED) & by_cad.isna()).astype(int),
    }
    by = [matches["place"].astype(object), matches["start"].str[:7].astype(object)]
    sums = pd.DataFrame(columns).groupby(by).sum()
    every = pd.MultiIndex.from_product([places, months], names=["place", "period"])
    whole = [name for name in columns if not name.startswith("minutes")]
    return sums.reindex(every).fillna(0).astype(dict.fromkeys(whole, int)).reset_index()


def covered_months(extracts: pd.DataFrame, place: str, *, months: Sequence[str]) -> list[str]:
    """List the months of which extracts that reach a place hold every day.

    Args:
        extracts: first, last (days, ISO) and places of each extract read.
        place: Its code.
        months: As 2026-03.
    """
    held: list[list[pd.Timestamp]] = []  # stretches of days, the day after the last as their end
    for extract in extracts.sort_values(["first", "last"]).itertuples():
        if place not in extract.places:
            continue
        first = pd.Timestamp(extract.first)
        after = pd.Timestamp(extract.last) + pd.Timedelta(days=1)
        if held and first <= held[-1][1]:
            held[-1][1] = max(held[-1][1], after)
        else:
            held.append([first, after])
    return [
        month
        for month in months
        if any(
            first <= pd.Timestamp(f"{month}-01")
            and after >= pd.Timestamp(f"{month}-01") + pd.DateOffset(months=1)
            for first, after in held
        )
    ]
