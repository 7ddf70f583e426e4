"""Shares of articles negative, neutral and positive about law enforcement, period by period.

A model's own count is off by 5 to 14 points, in whichever direction its mistakes lean that month.
So every share rests on human codes; how the model's reading helps them depends on how many codes
there are, and the method says it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.estimate import Estimate
from outcomes.media.classify import TONES
from outcomes.media.corrected_shares import adjusted_shares, powered_shares
from outcomes.media.hand_codes import (
    CENSUS,
    Month,
    counted,
    human_shares,
    model_accuracy,
    require_coded,
    uncovered,
)
from outcomes.media.month_models import apart
from outcomes.media.net_tone import adding_up, net_tone
from outcomes.media.pooled_shares import (
    PooledTones,
    can_be_pooled,
    pooled_month,
    pooled_tones,
)

__all__ = [
    "METHODS",
    "UNCORRECTED",
    "model_accuracy",
    "monthly_shares",
    "monthly_tone",
    "share_by_scope",
    "share_table",
]

UNCORRECTED = "uncorrected count of model labels: not publishable"
METHODS = ("auto", "partially-pooled", "prediction-powered", "adjusted-count", "human-codes")
_FEWEST = 3  # codes of a period that prediction-powered inference can do with
_ENOUGH = 30  # codes of a period, for the model to help where periods cannot be pooled


def monthly_shares(
    coded: pd.DataFrame, *, level: float = 0.95, method: str = "auto"
) -> list[Estimate]:
    """Estimate each month's shares of negative, neutral and positive articles.

    Args:
        coded: From ``prepare_coded``: one row for each article that could have been drawn.
        level: Confidence level.
        method: One of ``METHODS``. By itself ("auto") it takes an exact count where everything was
            coded; partial pooling where three periods or more have codes and 40 lie outside each;
            else, period by period, prediction-powered inference from 30 codes on, and the codes
            alone below that.

    Returns:
        Three estimates a period, which add up to 1. A period that only its own codes could tell of
        has none if fewer than two relevant articles were coded: a model's labels alone give no
        interval that is true.

    Raises:
        DataError: A column is missing, no method has that name, or there are too few codes for it.

    Source:
        ``outcomes.stats.partially_pooled_share``, ``prediction_powered`` and ``share``.
        Requirement B14.
    """
    return [each for each in monthly_tone(coded, level=level, method=method) if _is_share(each)]


def _is_share(each: Estimate) -> bool:
    return each.measure != "net_tone"


def monthly_tone(
    coded: pd.DataFrame, *, level: float = 0.95, method: str = "auto"
) -> list[Estimate]:
    """Estimate each month's three shares and its net tone, positive minus negative.

    Periods that different models read are estimated apart: the codes of one calibrate no other.

    Args:
        coded: As for ``monthly_shares``.
        level: Confidence level.
        method: As for ``monthly_shares``.

    Returns:
        Four estimates a period; see ``monthly_shares``.

    Raises:
        DataError: As ``monthly_shares``.
    """
    require_coded(coded)
    if method not in METHODS:
        raise DataError(f"no method is called {method!r}. {one_of(method, list(METHODS))}")
    parts = apart(coded)
    if len(parts) == 1 and not parts[0][0]:
        return _monthly(coded, level=level, method=method)
    found = [
        _read_by(each, model)
        for model, part in parts
        for each in _monthly(part, level=level, method=method)
    ]
    return sorted(found, key=lambda each: each.period)


def _read_by(each: Estimate, model: str) -> Estimate:
    return replace(each, warnings=(*each.warnings, f"the model {model} read the articles"))


def _monthly(coded: pd.DataFrame, *, level: float, method: str) -> list[Estimate]:
    """Estimate the periods that one model read."""
    pooled: PooledTones | None = None
    if method == "partially-pooled" or (method == "auto" and _needs_pooling(coded)):
        pooled = pooled_tones(coded, level=level)
    found: list[Estimate] = []
    for period, rows in coded.groupby("period", sort=True):
        month = Month(label=str(period), rows=rows, level=level)
        found += _of_month(month, pooled, coded=coded, method=method)
    return found


def _needs_pooling(coded: pd.DataFrame) -> bool:
    return can_be_pooled(coded) and not bool(coded["human_relevant"].notna().all())


def _of_month(
    month: Month, pooled: PooledTones | None, *, coded: pd.DataFrame, method: str
) -> list[Estimate]:
    """Take the best that this month's codes allow, or what is asked for."""
    by_hand = human_shares(month.rows, about=month.label, level=month.level, period=month.label)
    if method == "human-codes" or (by_hand and by_hand[0].method == CENSUS):
        return _with_net(by_hand)
    if pooled is not None:
        return pooled_month(month, pooled)
    if method == "adjusted-count":
        return _with_net(adding_up(adjusted_shares(month, coded)))
    own = int(month.rows["human_relevant"].notna().sum())
    least = _FEWEST if method == "prediction-powered" else _ENOUGH
    if by_hand and own >= least:
        return _with_net(adding_up(powered_shares(month)))
    return [] if method == "prediction-powered" else _with_net(by_hand)


def _with_net(shares: Sequence[Estimate]) -> list[Estimate]:
    return [*shares, net_tone(*shares)] if shares else []


def share_by_scope(coded: pd.DataFrame, *, level: float = 0.95) -> list[Estimate]:
    """Estimate the shares among local and among national outlets, over all periods together.

    Args:
        coded: As for ``monthly_shares``, with a column ``scope``: local or national.
        level: Confidence level.

    Returns:
        Three estimates for each scope with two or more coded relevant articles, the scope standing
        as ``place``; months are strata, and their different probabilities are weighed. ``period``
        is empty, and ``analysis`` is ``"tone by scope"``.
    """
    estimates = []
    for scope in sorted(set(coded["scope"]) - {""}):
        for each in human_shares(coded, scope=str(scope), about=f"{scope} outlets", level=level):
            estimates.append(
                replace(
                    each,
                    analysis="tone by scope",
                    place=str(scope),
                    warnings=each.warnings + uncovered(coded),
                )
            )
    return estimates


def share_table(coded: pd.DataFrame, *, level: float = 0.95, method: str = "auto") -> pd.DataFrame:
    """Lay out every period's shares, and beside them what a plain count of the model would say.

    Args:
        coded: From ``prepare_coded``.
        level: Confidence level.
        method: As for ``monthly_shares``.

    Returns:
        Three rows a period: period, tone (-1, 0, 1), label, value, se, low, high, n (articles
        that could have been drawn), n_coded (coded and relevant), method, model_count and
        model_share (of the model's labels). Where no interval can be given, ``value`` is the
        model's share, ``se``, ``low`` and ``high`` are empty, and the method says that it is not
        publishable.
    """
    shares = monthly_shares(coded, level=level, method=method)
    coded = pd.concat([part for _, part in apart(coded)])
    known = {(each.period, each.measure): each for each in shares}
    return pd.DataFrame(
        [
            row
            for period, articles in coded.groupby("period", sort=True)
            for row in _rows(str(period), articles, known)
        ]
    )


def _rows(
    period: str, articles: pd.DataFrame, known: dict[tuple[str, str], Estimate]
) -> Iterator[dict[str, object]]:
    labelled = int(articles["tone"].notna().sum())
    for tone, word in TONES.items():
        count = int((articles["tone"] == tone).sum())
        share = count / labelled if labelled else np.nan
        found = known.get((period, f"tone_{word}"))
        yield {
            "period": period,
            "tone": tone,
            "label": word,
            "value": found.value if found else share,
            "se": found.se if found else np.nan,
            "low": found.low if found else np.nan,
            "high": found.high if found else np.nan,
            "n": len(articles),
            "n_coded": counted(articles),
            "method": found.method if found else UNCORRECTED,
            "model_count": count,
            "model_share": share,
        }
