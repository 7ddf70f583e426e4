"""Pre/post of ordered answers: odds of a higher answer, and people who moved up or down (B5)."""

from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.analyses.prepost import NO_COMPARISON, paired_scores, require_linked
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import require_outcome
from outcomes.stats.marginal_homogeneity import marginal_homogeneity
from outcomes.stats.odds_change import MOST_LEVELS, odds_change
from outcomes.stats.paired_shares import paired_share_change

ORDINAL, MOVED = "prepost ordinal", "prepost moved"  # names of analyses
ALPHA = 0.05


def ordinal_change(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: list[tuple[str, str]],
    group: str,
    links: pd.DataFrame | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare ordered answers of the same people, without taking the steps for equal.

    For measures of few different answers: one item, or yes and no.

    Args:
        measures: The measures table; ``unit`` is the respondent, ``period`` the wave.
        measure: A registered outcome.
        waves: Pairs of wave labels, (pre, post), as in ``prepost``.
        group: What the classes together are called.
        links: As in ``prepost``.
        level: Confidence level.

    Returns:
        The ratio of odds (leads), and the share who moved up less the share who moved down. For
        yes and no that share leads: it is the change of the share who say yes. Where no odds can
        be told, the share alone, which says why.

    Raises:
        DataError: As ``prepost``, or there are more than ten different answers.
    """
    registered = require_outcome(measure)
    pairs = np.vstack(
        [paired_scores(measures, measure, pre=pre, post=post, links=links) for pre, post in waves]
    )
    require_linked(pairs, about=registered.name)
    levels = np.unique(pairs[~np.isnan(pairs)])
    if levels.size > MOST_LEVELS:
        raise DataError(
            f"{registered.name}: {levels.size} different scores, and ordered answers have "
            f"{MOST_LEVELS} at most. The change in points is the one to read"
        )
    name = f"{registered.name}, {group}"
    both = pairs[~np.isnan(pairs).any(axis=1)]
    moved = _moved(both, name=name, answers=levels.size, level=level)
    try:
        odds = odds_change(*pairs.T, term=f"{name}: change in odds of a higher answer", level=level)
    except DataError as error:
        found = [replace(moved, warnings=(*moved.warnings, str(error)))]
    else:
        odds = replace(odds, analysis=ORDINAL)
        found = [moved, odds] if levels.size == 2 else [odds, moved]
    period = " & ".join(f"{pre} to {post}" for pre, post in waves)
    alone = len(pairs) - len(both)
    return [
        replace(
            each,
            measure=measure,
            place=group,
            period=period,
            dropped=alone if each.analysis == MOVED else each.dropped,
            warnings=(*each.warnings, NO_COMPARISON),
        )
        for each in found
    ]


def _moved(both: np.ndarray, *, name: str, answers: int, level: float) -> Estimate:
    rose, fell = int((both[:, 1] > both[:, 0]).sum()), int((both[:, 1] < both[:, 0]).sum())
    words = "people who moved up less people who moved down"
    if answers == 2:
        words = "change of the share with the higher answer"
    share = paired_share_change(
        rose, fell, n=len(both), term=f"{name}: {words}", unit="share of people", level=level
    )
    shifted = _shifted_otherwise(both, share) if answers > 2 and rose + fell else ()
    return replace(share, analysis=MOVED, warnings=(*share.warnings, *shifted))


def _shifted_otherwise(both: np.ndarray, share: Estimate) -> tuple[str, ...]:
    """Say so where answers shifted though about as many moved up as down: to the middle, say."""
    levels = np.unique(both)
    table = np.zeros((levels.size, levels.size))
    rows, columns = (np.searchsorted(levels, side) for side in both.T)
    np.add.at(table, (rows, columns), 1)
    p = marginal_homogeneity(table).p_swapped
    if p >= ALPHA or share.p is None or share.p < ALPHA:
        return ()
    return (
        "how often each answer was given shifted more than chance does (Stuart-Maxwell statistic, "
        f"answers swapped at random, p = {p:.3f}), though about as many moved up as down. Look at "
        "the answers themselves",
    )
