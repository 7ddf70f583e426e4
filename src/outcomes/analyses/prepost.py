"""Pre/post: by how much did the same respondents change between two waves? (B5)."""

from dataclasses import replace
from math import nan

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import find, require_outcome, select
from outcomes.stats.partially_matched import three_changes
from outcomes.stats.standardized_change import standardized_change

NO_COMPARISON = (
    "this change has no comparison group, so what else happened in between cannot be told apart"
)
CEILING = 0.15  # share at the best score there is before, above which the result says so
SEEN_CEILING = 0.3  # the same at the best score seen, where nobody said which is the best there is
NO_ROOM = (
    "had the best score there is before already, and no room to improve, so the change comes out "
    "too small"
)
LEADS, PAIRED, UNPAIRED = "prepost", "prepost paired", "prepost unpaired"  # names of analyses
METHOD = "partially matched t (generalized least squares, Satterthwaite df)"
LINK_COLUMNS = ("pre_wave", "post_wave", "pre_respondent", "post_respondent")


def prepost(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: list[tuple[str, str]],
    group: str,
    links: pd.DataFrame | None = None,
    best: float | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare the same respondents before and after; who could not be linked still counts.

    The partially matched estimate leads, always: that was decided before any data were seen. It
    is the paired t where everybody is linked. The paired change of the linked alone and the
    unpaired change of all stand beside it as a check.

    Args:
        measures: The measures table; ``unit`` is the respondent, ``period`` the wave.
        measure: A registered outcome.
        waves: Pairs of wave labels, (pre, post): one pair for one class, several to pool classes.
        group: What the classes together are called, for the words of the result.
        links: Which respondent before is which one after, with LINK_COLUMNS; None links those of
            the same name.
        best: The best score that the scale allows, for who had no room to improve; None takes
            the best one seen.
        level: Confidence level.

    Returns:
        The mean change in points; that of the linked in standard deviations; and the two checks.

    Raises:
        DataError: The measure is not an outcome, a wave has no scores, links do not fit the
            waves, or fewer than two respondents are linked.
    """
    registered = require_outcome(measure)
    pairs = np.vstack(
        [paired_scores(measures, measure, pre=pre, post=post, links=links) for pre, post in waves]
    )
    before, after = pairs.T
    term = f"{registered.name}: change from before to after, {group}"
    require_linked(pairs, about=registered.name)
    three = three_changes(before, after, term=term, unit=registered.unit, level=level)
    in_sd = standardized_change(before, after, term=f"{term}, in SD", kind="d_av", level=level)
    lead = three.partially_matched
    if np.isnan(pairs).any():  # its own words count people, which a method should not
        lead = replace(lead, method=METHOD)
    own = (*pairing_warnings(pairs, measure=measure, best=best), NO_COMPARISON)
    found = [
        replace(lead, analysis=LEADS, warnings=(*lead.warnings, *own)),
        replace(in_sd, analysis=LEADS, warnings=own),
        replace(three.unpaired, analysis=UNPAIRED),
    ]
    if three.paired is not None:
        found.append(replace(three.paired, analysis=PAIRED))
    period = " & ".join(f"{pre} to {post}" for pre, post in waves)
    return [replace(each, measure=measure, place=group, period=period) for each in found]


def paired_scores(
    measures: pd.DataFrame, measure: str, *, pre: str, post: str, links: pd.DataFrame | None
) -> np.ndarray:
    """Put one respondent's two scores side by side, shape (n, 2); NaN where one is missing.

    Raises:
        DataError: A wave has no scores, somebody has two in one, or links do not fit the waves.
    """
    rows = select(measures, measure, periods=[pre, post])
    if rows.duplicated(["unit", "period"]).any():
        raise DataError(f"{find(measure).name}: a respondent has two scores in one wave")
    scores: dict[str, dict[str, float]] = {pre: {}, post: {}}
    for unit, wave, value in zip(rows["unit"], rows["period"], rows["value"], strict=True):
        scores[wave][unit] = value
    before, after = scores[pre], scores[post]
    partner = {name: name for name in after} if links is None else partners(links, pre, post)
    of = {partner[name]: value for name, value in after.items() if name in partner}
    alone = [(nan, value) for name, value in after.items() if partner.get(name) not in before]
    return np.array([*((value, of.get(name, nan)) for name, value in before.items()), *alone])


def partners(links: pd.DataFrame, pre: str, post: str) -> dict[str, str]:
    """Say who somebody after was before."""
    if lacking := [name for name in LINK_COLUMNS if name not in links.columns]:
        raise DataError(
            f"the table of links has no column {lacking[0]!r}; it needs {', '.join(LINK_COLUMNS)}"
        )
    own = links[(links["pre_wave"] == pre) & (links["post_wave"] == post)]
    if own["pre_respondent"].duplicated().any() or own["post_respondent"].duplicated().any():
        raise DataError(f"somebody is linked twice from {pre} to {post}. Keep one link of each")
    return dict(zip(own["post_respondent"], own["pre_respondent"], strict=True))


def require_linked(pairs: np.ndarray, *, about: str) -> None:
    """Refuse to call people the same of whom hardly one could be linked."""
    linked = int((~np.isnan(pairs)).all(axis=1).sum())
    if linked < 2:
        raise DataError(
            f"{about}: need two respondents or more with both scores, got {linked}. Who answered "
            "before and who answered after cannot be told to be the same people"
        )


def pairing_warnings(
    pairs: np.ndarray, *, measure: str, best: float | None = None
) -> tuple[str, ...]:
    """Say who could be linked, whether those who left differed, and who had no room to improve."""
    about = find(measure).name
    there = ~np.isnan(pairs)
    only_pre = int((there[:, 0] & ~there[:, 1]).sum())
    only_post = int((there[:, 1] & ~there[:, 0]).sum())
    warnings = []
    both = pairs[there.all(axis=1)]
    if only_pre or only_post:
        warnings.append(
            f"{len(both)} people have both scores ({only_pre} have a score only before, "
            f"{only_post} only after, or could not be linked: these count for what they tell)"
        )
    if (lost := _selective_loss(pairs)) is not None:
        warnings.append(f"{about}: {lost}")
    if full := _no_room(pairs, lower=find(measure).direction == "lower better", best=best):
        warnings.append(f"{about}: {full}")
    return tuple(warnings)


def _no_room(pairs: np.ndarray, *, lower: bool, best: float | None) -> str:
    """Say how many could not improve, where they were many (Terwee and others 2007)."""
    if best is not None:
        first = pairs[~np.isnan(pairs[:, 0]), 0]
        at_best = float((first == best).mean())
        return f"{at_best:.0%} {NO_ROOM}" if at_best > CEILING else ""
    both = pairs[~np.isnan(pairs).any(axis=1)]
    seen, end, move = (both.min(), "lowest", "fall") if lower else (both.max(), "highest", "rise")
    at_best = float((both[:, 0] == seen).mean())
    if at_best <= SEEN_CEILING:
        return ""
    return (
        f"{at_best:.0%} had the {end} score of all before already, and may have had no room to "
        f"{move}"
    )


def _selective_loss(pairs: np.ndarray) -> str | None:
    """Say so where those who left had clearly other scores before than those who stayed."""
    first = pairs[~np.isnan(pairs[:, 0])]
    gone = np.isnan(first[:, 1])
    stayed, left = first[~gone, 0], first[gone, 0]
    spread = float(first[:, 0].std(ddof=1))
    if left.size < 3 or spread == 0:
        return None
    apart = (stayed.mean() - left.mean()) / spread
    if abs(apart) < 0.5:
        return None
    side = "higher" if apart > 0 else "lower"
    return (
        f"those who stayed scored {abs(apart):.1f} SD {side} before than those who left or could "
        "not be linked"
    )
