"""Shares of articles negative, neutral and positive about law enforcement, period by period.

Only human codes make a share that can be published. A model's own count is off by 5 to 14 points,
in whichever direction its mistakes lean that month; it stands in a table beside, and says so.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.media.classify import TONES
from outcomes.settings import AGENCY
from outcomes.stats.share import domain_share

UNIT = "share of articles"
METHOD = (
    "human codes of a random sample of articles (Hájek ratio, Korn-Graubard interval), from those "
    "that a model takes for relevant"
)
UNCORRECTED = "uncorrected count of model labels: not publishable"
ASSUMPTIONS = (
    "the coded articles were drawn at random within each period with the probabilities given",
    "articles that were not collected, or that the model took for irrelevant, do not count",
    "the coders followed the codebook, whose tone is about law enforcement and not the event",
)
_COLUMNS = ("period", "tone", "human_relevant", "human_tone", "probability")


def monthly_shares(coded: pd.DataFrame, *, level: float = 0.95) -> list[Estimate]:
    """Estimate each month's shares of negative, neutral and positive articles.

    Args:
        coded: From ``prepare_coded``: one row for each article that could have been drawn.
        level: Confidence level.

    Returns:
        Three estimates for each period in which two or more relevant articles were coded. A
        period with fewer has none: a model's labels alone give no interval that is true.

    Raises:
        DataError: A column is missing.

    Source:
        ``outcomes.stats.share``. Requirement B14.
    """
    missing = [name for name in _COLUMNS if name not in coded.columns]
    if missing:
        raise DataError(f"the coded articles lack the column(s) {', '.join(missing)}")
    estimates = []
    for period, rows in coded.groupby("period", sort=True):
        estimates += _three(rows, period=str(period), about=str(period), level=level)
    return estimates


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
        for each in _three(coded, scope=str(scope), about=f"{scope} outlets", level=level):
            estimates.append(
                replace(
                    each,
                    analysis="tone by scope",
                    place=str(scope),
                    warnings=each.warnings + _uncovered(coded),
                )
            )
    return estimates


def model_accuracy(coded: pd.DataFrame, *, model: str, level: float = 0.95) -> list[Estimate]:
    """Estimate which share of relevant articles a model gives the tone that people gave.

    Args:
        coded: As for ``monthly_shares``.
        model: Its name, for the term.
        level: Confidence level.

    Returns:
        One estimate with ``analysis`` ``"tone model"``, or none if fewer than two relevant
        articles were coded.
    """
    sampled, warnings = _sampled(coded)
    inside = sampled["human_relevant"] == 1
    if int(inside.sum()) < 2:
        return []
    share = domain_share(
        (sampled["tone"] == sampled["human_tone"]).astype(float),
        inside.astype(float),
        probability=sampled["probability"],
        strata=sampled["period"],
        term=f"articles to which the model {model} gives the tone that people gave",
        unit=UNIT,
        level=level,
    )
    warnings = (*share.warnings, *warnings, *_uncovered(coded))
    return [
        replace(
            share,
            assumptions=ASSUMPTIONS,
            warnings=warnings,
            analysis="tone model",
            place=AGENCY,
        )
    ]


def _uncovered(coded: pd.DataFrame) -> tuple[str, ...]:
    with_codes = set(coded.loc[coded["human_relevant"].notna(), "period"])
    absent = sorted(set(coded["period"]) - with_codes)
    if not absent:
        return ()
    return (f"says nothing of {', '.join(absent)}, for which no article was coded",)


def _three(
    rows: pd.DataFrame, *, about: str, level: float, period: str = "", scope: str = ""
) -> list[Estimate]:
    sampled, warnings = _sampled(rows)
    inside = sampled["human_relevant"] == 1
    if scope:
        inside &= sampled["scope"] == scope
    if int(inside.sum()) < 2:
        return []
    found = []
    for tone, word in TONES.items():
        share = domain_share(
            (sampled["human_tone"] == tone).astype(float),
            inside.astype(float),
            probability=sampled["probability"],
            strata=sampled["period"],
            term=f"articles {word} about law enforcement, {about}",
            unit=UNIT,
            level=level,
        )
        found.append(
            replace(
                share,
                method=METHOD,
                assumptions=ASSUMPTIONS,
                warnings=(*share.warnings, *warnings),
                analysis="tone",
                measure=f"tone_{word}",
                place=AGENCY,
                period=period,
            )
        )
    return found


def _sampled(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Take the coded rows; scale their probabilities down where fewer were coded than drawn."""
    sampled = rows[rows["human_relevant"].notna()]
    warnings: list[str] = []
    parts = []
    for period, group in sampled.groupby("period"):
        size, stands_for = int((rows["period"] == period).sum()), (1 / group["probability"]).sum()
        scale = min(stands_for / size, 1.0)
        if scale < 0.98:
            warnings.append(
                f"{period}: the codes stand for {stands_for:.0f} of {size} articles, as when part "
                "of a sample was not coded. If that part differs, the shares are off"
            )
        parts.append(group.assign(probability=group["probability"] * scale))
    if "agreed" in sampled and (split := int((sampled["agreed"] == False).sum())):  # noqa: E712
        warnings.append(f"coders disagreed on {split} of {len(sampled)} coded articles")
    return (pd.concat(parts) if parts else sampled), tuple(warnings)


def share_table(coded: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Lay out every period's shares, and beside them what a plain count of the model would say.

    Args:
        coded: From ``prepare_coded``.
        level: Confidence level.

    Returns:
        Three rows a period: period, tone (-1, 0, 1), label, value, se, low, high, n (articles
        that could have been drawn), n_coded (coded and relevant), method, model_count and
        model_share (of the model's labels). Without two codes, ``value`` is the model's share,
        ``se``, ``low`` and ``high`` are empty, and the method says that it is not publishable.
    """
    estimates = {(each.period, each.measure): each for each in monthly_shares(coded, level=level)}
    rows = []
    for period, articles in coded.groupby("period", sort=True):
        labelled = int(articles["tone"].notna().sum())
        for tone, word in TONES.items():
            count = int((articles["tone"] == tone).sum())
            share = count / labelled if labelled else np.nan
            found = estimates.get((str(period), f"tone_{word}"))
            rows.append(
                {
                    "period": period,
                    "tone": tone,
                    "label": word,
                    "value": found.value if found else share,
                    "se": found.se if found else np.nan,
                    "low": found.low if found else np.nan,
                    "high": found.high if found else np.nan,
                    "n": len(articles),
                    "n_coded": int((articles["human_relevant"] == 1).sum()),
                    "method": found.method if found else UNCORRECTED,
                    "model_count": count,
                    "model_share": share,
                }
            )
    return pd.DataFrame(rows)
