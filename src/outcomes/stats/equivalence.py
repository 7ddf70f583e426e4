"""Is a change as good as none, or worth having? Two one-sided tests against a smallest change."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize, special, stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate

Verdict = Literal["worth having", "as good as no change", "cannot tell", "worth avoiding"]
Wanted = Literal["up", "down", "either"]
ALPHA = 0.05  # of each one-sided test; its interval has the level 1 - 2 alpha
_MOST_DF = 1e7  # beyond, t is normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """A change set against the smallest one worth having."""

    verdict: Verdict
    p: float  # that the change is at least that large, if the data say otherwise (TOST)
    p_low: float  # that it lies below the lower bound
    p_high: float  # that it lies above the upper bound
    p_beyond: float  # that it is smaller, if the data say that it is worth having
    low: float  # interval at 1 - 2 alpha, in the unit of the change
    high: float
    df: float  # infinite for a normal interval


def equivalence(
    change: Estimate,
    *,
    smallest: float | tuple[float, float],
    wanted: Wanted = "either",
    alpha: float = ALPHA,
) -> Equivalence:
    """Set a change against the smallest change worth having, which was named beforehand.

    "Not significant" is not "no change": few people can hide a large one. Two one-sided tests ask
    instead whether the change is surely smaller than what would matter.

    Args:
        change: An estimate with a t or normal interval around its value, in the unit of
            ``smallest``.
        smallest: Above 0; or the two bounds, below and above 0, if they differ.
        wanted: Which way is better; a change that way is worth having, the other worth avoiding.
            ``either`` calls both worth having: which is better is not for a statistic to say.
        alpha: Of each test.

    Returns:
        "as good as no change" where both tests reject, "worth having" (or "worth avoiding") where
        the change surely reaches the bound, "cannot tell" otherwise.

    Raises:
        DataError: The bounds do not lie around 0, or the interval is not symmetric.

    Source:
        Schuirmann (1987), J. Pharmacokinet. Biopharm. 15: 657-680; the verdicts: Lakens, Scheel &
        Isager (2018), Adv. Methods Pract. Psychol. Sci. 1: 259-269. Agrees with
        ``t.test(mu = )`` of R on either side, statsmodels' ``ttost_paired`` and SAS PROC TTEST.
    """
    below, above = (-smallest, smallest) if isinstance(smallest, float | int) else smallest
    if not below < 0 < above:
        raise DataError(
            f"{change.term}: the smallest change worth having must lie above 0 (two bounds: one "
            f"below 0, one above), got {smallest}"
        )
    df, se = _error_of(change)
    over_low, over_high = (change.value - below) / se, (change.value - above) / se
    p_low, p_high = float(stats.t.sf(over_low, df)), float(stats.t.cdf(over_high, df))
    # if it were just at a bound, to see one as far beyond; one less the other would lose digits
    rises, falls = float(stats.t.sf(over_high, df)), float(stats.t.cdf(over_low, df))
    tiny = float(np.finfo(float).tiny)
    half = float(stats.t.ppf(1 - alpha, df)) * se
    if (p := max(p_low, p_high, tiny)) < alpha:
        verdict: Verdict = "as good as no change"
    elif min(rises, falls) < alpha:
        verdict = _beyond(wanted, up=rises < falls)
    else:
        verdict = "cannot tell"
    return Equivalence(
        verdict=verdict,
        p=p,
        p_low=max(p_low, tiny),
        p_high=max(p_high, tiny),
        p_beyond=max(min(rises, falls), tiny),
        low=change.value - half,
        high=change.value + half,
        df=df,
    )


def _beyond(wanted: Wanted, *, up: bool) -> Verdict:
    if wanted == "either" or (wanted == "up") == up:
        return "worth having"
    return "worth avoiding"


def _error_of(change: Estimate) -> tuple[float, float]:
    """Read the error and its degrees of freedom off an estimate's own interval."""
    half = (change.high - change.low) / 2
    middle = (change.high + change.low) / 2
    if not (change.se > 0 and half > 0 and abs(middle - change.value) <= 1e-6 * half):
        raise DataError(
            f"{change.term}: a smallest change can be set only against an estimate with a standard "
            "error and a symmetric t interval"
        )
    wide, tail = half / change.se, (1 + change.level) / 2
    if wide <= float(stats.t.ppf(tail, _MOST_DF)) * (1 + 1e-9):
        return float("inf"), half / float(stats.norm.ppf(tail))

    def apart(log_df: float) -> float:
        return float(special.stdtrit(np.exp(log_df), tail)) - wide

    if apart(np.log(0.5)) < 0:
        raise DataError(f"{change.term}: its interval is wider than any t interval of its error")
    log_df = optimize.brentq(apart, np.log(0.5), np.log(_MOST_DF), xtol=1e-13)
    return float(np.exp(log_df)), change.se
