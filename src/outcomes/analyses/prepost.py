"""Pre/post: by how much did the same respondents change between two waves? (B5)."""

from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import find, require_outcome, select
from outcomes.stats.paired import mean_change
from outcomes.stats.standardized_change import standardized_change

NO_COMPARISON = (
    "there is no comparison group, so what else happened in between cannot be told apart"
)
CEILING = 0.3  # share with the highest score before, above which the result says so


def prepost(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: list[tuple[str, str]],
    group: str,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare the same respondents before and after, and count those who cannot be paired.

    Args:
        measures: The measures table; ``unit`` is the respondent, ``period`` the wave.
        measure: A registered outcome.
        waves: Pairs of wave labels, (pre, post): one pair for one class, several to pool classes.
        group: What the classes together are called, for the words of the result.
        level: Confidence level.

    Returns:
        The mean change in points, and the same in standard deviations.

    Raises:
        DataError: The measure is not an outcome, a wave has no scores, or fewer than two
            respondents have both scores.
    """
    registered = require_outcome(measure)
    pairs = pd.concat([_pairs(measures, measure, pre=pre, post=post) for pre, post in waves])
    term = f"{registered.name}: change from before to after, {group}"
    unit = registered.unit
    period = " & ".join(f"{pre} to {post}" for pre, post in waves)
    found = [
        mean_change(pairs["pre"], pairs["post"], term=term, unit=unit, level=level),
        standardized_change(
            pairs["pre"], pairs["post"], term=f"{term}, in SD", kind="d_av", level=level
        ),
    ]
    warnings = (*_pairing_warnings(pairs, about=registered.name), NO_COMPARISON)
    return [
        replace(
            estimate,
            analysis="prepost",
            measure=measure,
            place=group,
            period=period,
            warnings=warnings,
        )
        for estimate in found
    ]


def _pairs(measures: pd.DataFrame, measure: str, *, pre: str, post: str) -> pd.DataFrame:
    """Put one respondent's two scores side by side; NaN where one is missing."""
    rows = select(measures, measure, periods=[pre, post])
    twice = rows.duplicated(["unit", "period"])
    if twice.any():
        raise DataError(f"{find(measure).name}: a respondent has two scores in one wave")
    wide = rows.pivot(index="unit", columns="period", values="value")
    return pd.DataFrame({"pre": wide[pre], "post": wide[post]})


def _pairing_warnings(pairs: pd.DataFrame, *, about: str) -> tuple[str, ...]:
    only_pre = int((pairs["pre"].notna() & pairs["post"].isna()).sum())
    only_post = int((pairs["pre"].isna() & pairs["post"].notna()).sum())
    warnings = []
    if only_pre or only_post:
        warnings.append(
            f"{only_pre + only_post} of {len(pairs)} people cannot be paired ({only_pre} have a "
            f"score only before, {only_post} only after) and are not in the change"
        )
    if (lost := _selective_loss(pairs)) is not None:
        warnings.append(f"{about}: {lost}")
    both = pairs.dropna()
    at_top = float((both["pre"] == both.max(axis=None)).mean())
    if at_top > CEILING:
        warnings.append(
            f"{about}: {at_top:.0%} had the highest score of all before already, and may have had "
            "no room to rise"
        )
    return tuple(warnings)


def _selective_loss(pairs: pd.DataFrame) -> str | None:
    """Say so where those who left had clearly other scores before than those who stayed."""
    stayed = pairs.loc[pairs["pre"].notna() & pairs["post"].notna(), "pre"].to_numpy()
    left = pairs.loc[pairs["pre"].notna() & pairs["post"].isna(), "pre"].to_numpy()
    spread = float(np.nanstd(pairs["pre"].to_numpy(), ddof=1))
    if left.size < 3 or spread == 0:
        return None
    apart = (stayed.mean() - left.mean()) / spread
    if abs(apart) < 0.5:
        return None
    side = "higher" if apart > 0 else "lower"
    return f"those who stayed scored {abs(apart):.1f} SD {side} before than those who left"
