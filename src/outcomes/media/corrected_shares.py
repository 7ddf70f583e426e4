"""Shares of tone of one period by two older methods: prediction-powered, and adjusted count."""

from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.media.classify import TONES
from outcomes.media.hand_codes import ASSUMPTIONS, UNIT, Month, counted, sampled_articles
from outcomes.media.month_models import is_unread
from outcomes.media.pooled_shares import model_scores
from outcomes.settings import AGENCY
from outcomes.stats.adjusted_count import adjusted_count
from outcomes.stats.class_calibration import Ints
from outcomes.stats.prediction_powered import prediction_powered_share

POWERED = (
    "prediction-powered: the model's reading of all articles of the period, set right by its codes"
)
ADJUSTED = (
    "adjusted count: the model's labels of the period, set right by how they were wrong in all "
    "periods"
)
_IRRELEVANT = 3
_SEED = 1


def powered_shares(month: Month) -> list[Estimate]:
    """Let the model shorten the interval of a period with codes of its own.

    Args:
        month: Three of its articles or more were coded.

    Source:
        ``outcomes.stats.prediction_powered``.
    """
    rows = month.rows.reset_index(drop=True)
    sampled, told = sampled_articles(rows)
    probability = sampled["probability"].reindex(rows.index).fillna(1.0)
    scores = model_scores(rows)
    coded, relevant = rows["human_relevant"].notna(), rows["human_relevant"].fillna(0.0)
    found = []
    for place, tone in enumerate(TONES):
        share = prediction_powered_share(
            (rows["human_tone"] == tone).astype(float).where(coded),
            np.clip(scores[:, place], 0.0, 1.0),
            probability=probability,
            counted=(relevant.where(coded), np.clip(scores[:, :3].sum(axis=1), 0.0, 1.0)),
            level=month.level,
        )
        share = replace(share, assumptions=ASSUMPTIONS, method=POWERED)
        found.append(_named(share, month, tone=tone, told=told))
    return found


def adjusted_shares(month: Month, coded: pd.DataFrame) -> list[Estimate]:
    """Correct a period's labels by the errors that the codes of all periods show.

    Args:
        month: The period.
        coded: All articles, from ``prepare_coded``.

    Raises:
        DataError: Nobody coded an article of some tone, or another model read some articles.

    Source:
        ``outcomes.stats.adjusted_count``.
    """
    if is_unread(coded).any():
        raise DataError(
            "two models read articles of the same period, so that a count cannot be adjusted. "
            "Choose another method"
        )
    sampled, told = sampled_articles(coded)
    codes = _classes(sampled["human_tone"])
    labels, own = _classes(sampled["tone"]), _classes(month.rows["tone"])
    classes = 1 + max(int(part.max(initial=2)) for part in (codes, labels, own))
    for place, word in enumerate(TONES.values()):
        if not (codes == place).any():
            raise DataError(
                f"nobody coded a {word} article, so that a count cannot be adjusted. Code more "
                "articles, or choose another method"
            )
    if classes > _IRRELEVANT and not (codes == _IRRELEVANT).any():
        raise DataError(
            "the model takes some articles for irrelevant, and people coded none as irrelevant, "
            "so that a count cannot be adjusted. Choose another method"
        )
    every = adjusted_count(
        own,
        coded_labels=labels,
        codes=codes,
        weight=1 / sampled["probability"],
        classes=classes,
        seed=_SEED,
        level=month.level,
    )
    base = 1 - every[_IRRELEVANT].value if classes > _IRRELEVANT else 1.0
    found = []
    for place, tone in enumerate(TONES):
        share = every[place]
        value = share.value / base
        share = replace(
            share,
            value=value,
            se=share.se / base,
            low=min(share.low / base, value),
            high=max(min(share.high / base, 1.0), value),
            assumptions=(*ASSUMPTIONS, "the model errs alike in all periods"),
            method=ADJUSTED,
        )
        found.append(_named(share, month, tone=tone, told=told))
    return found


def _classes(tones: pd.Series) -> Ints:
    """Number the tones as in ``TONES``; what has none is irrelevant."""
    known = tones.to_numpy(dtype=float, na_value=np.nan)
    places = [known == tone for tone in TONES]
    return np.select(places, list(range(len(TONES))), default=_IRRELEVANT).astype(np.int64)


def _named(share: Estimate, month: Month, *, tone: int, told: tuple[str, ...]) -> Estimate:
    return replace(
        share,
        term=f"articles {TONES[tone]} about law enforcement, {month.label}",
        unit=UNIT,
        n=counted(month.rows),
        warnings=(*share.warnings, *told),
        analysis="tone",
        measure=f"tone_{TONES[tone]}",
        place=AGENCY,
        period=month.label,
    )
