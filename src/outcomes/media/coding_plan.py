"""How many codes a month buy how true a share: tried out on made-up months, not guessed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Items
from outcomes.stats.partially_pooled_share import FEWEST_CODES, partially_pooled_shares
from outcomes.stats.share import domain_share

_NEGATIVE = 1  # class; 0 is neutral, the most frequent one, and 2 positive
_LARGEST = 24 * 400  # made-up articles at once: more tell nothing new and take long
_WANDER = 0.5  # by how much the odds of months differ, in log-odds


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What a study's news look like, as far as planning needs it."""

    articles: int = 400  # about law enforcement, a month
    months: int = 24
    accuracy: float = 0.75  # share of articles to which the model gives the right tone
    negative: float = 0.15  # share of articles
    positive: float = 0.05


def plan_codes(corpus: Corpus, *, per_month: Sequence[int], seed: int = 1) -> pd.DataFrame:
    """Say how wide the interval of a month's share of negative articles becomes.

    Months are made up with the shares of the corpus, which wander from month to month, and a model
    that is right as often as said. Of each month some articles are coded, at random, and the share
    is estimated in both ways.

    Args:
        corpus: What the news look like.
        per_month: How many codes a month to try.
        seed: The same seed makes the same months.

    Returns:
        One row for each of ``per_month``: per_month, codes (altogether), by_hand and with_model,
        half the width of the 95 % interval in points, on average over the months. ``with_model``
        is empty where there are too few codes in other months to calibrate a model on.

    Raises:
        DataError: A number of the corpus is not possible.

    Source:
        ``outcomes.stats.partially_pooled_share`` and ``outcomes.stats.share``. Requirement B14.
    """
    _check(corpus, per_month)
    months = min(corpus.months, max(_LARGEST // corpus.articles, 4))
    rng = np.random.default_rng(seed)
    period = np.repeat(np.arange(months), corpus.articles)
    truth = _truth(corpus, months=months, rng=rng)
    scores = _scores(truth, accuracy=corpus.accuracy, rng=rng)
    order = rng.random(len(truth))
    rows = []
    for wanted in per_month:
        size = min(wanted, corpus.articles)
        rank = pd.Series(order).groupby(period).rank().to_numpy()
        items = Items(
            scores=scores,
            codes=np.where(rank <= size, truth, -1),
            classes=3,
            period=period,
            group=np.zeros(len(truth), dtype=np.int64),
            probability=np.full(len(truth), size / corpus.articles),
        )
        rows.append(
            {
                "per_month": wanted,
                "codes": size * corpus.months,
                "by_hand": 100 * _by_hand(items),
                "with_model": 100 * _with_model(items, size=size),
            }
        )
    return pd.DataFrame(rows)


def plan_in_words(plan: pd.DataFrame) -> list[str]:
    """Say each row of a plan as a sentence.

    Args:
        plan: From ``plan_codes``.
    """
    lines = []
    for row in plan.to_dict("records"):
        if row["by_hand"] == 0:
            lines.append(
                f"{row['per_month']} a month ({row['codes']} in all): every article is coded, so "
                "nothing is left to chance."
            )
            continue
        with_model = (
            "too few codes in all for a model to help"
            if np.isnan(row["with_model"])
            else f"about ±{row['with_model']:.0f} points with the model's help"
        )
        lines.append(
            f"{row['per_month']} a month ({row['codes']} in all): {with_model}; "
            f"about ±{row['by_hand']:.0f} by the codes of the month alone."
        )
    return lines


def _check(corpus: Corpus, per_month: Sequence[int]) -> None:
    chance = max(1 - corpus.negative - corpus.positive, corpus.negative, corpus.positive)
    for wrong, problem in (
        (corpus.articles < 2, "two articles a month or more are needed"),
        (corpus.months < 1, "one month or more is needed"),
        (not 1 / 3 < corpus.accuracy < 1, "the accuracy lies between 0.34 and 0.99"),
        (corpus.negative <= 0 or corpus.positive <= 0, "both shares must be above 0"),
        (chance >= 1 or corpus.negative + corpus.positive >= 1, "the shares must add up below 1"),
        (not per_month or min(per_month) < 2, "an interval needs two codes a month or more"),
    ):
        if wrong:
            raise DataError(f"{problem}; got {corpus}, {tuple(per_month)} codes a month")


def _truth(
    corpus: Corpus, *, months: int, rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    base = np.log([1 - corpus.negative - corpus.positive, corpus.negative, corpus.positive])
    logits = base + np.column_stack([np.zeros(months), rng.normal(0, _WANDER, (months, 2))])
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    edges = chance.cumsum(axis=1)[:, None, :2]
    drawn = rng.random((months, corpus.articles, 1))
    return np.asarray((drawn > edges).sum(axis=2).ravel(), dtype=np.int64)


def _scores(
    truth: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    *,
    accuracy: float,
    rng: np.random.Generator,
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Make a model's probabilities that is right as often as said, as often for every tone."""
    noise = rng.normal(size=(len(truth), 3))
    right = np.eye(3)[truth]
    low, high = 0.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        found = float(((middle * right + noise).argmax(axis=1) == truth).mean())
        low, high = (middle, high) if found < accuracy else (low, middle)
    raised = np.exp(high * (high * right + noise))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _by_hand(items: Items) -> float:
    widths = []
    for number in range(int(items.period.max()) + 1):
        rows = (items.period == number) & items.coded
        found = domain_share(
            (items.codes[rows] == _NEGATIVE).astype(float),
            np.ones(int(rows.sum())),
            probability=items.probability[rows],
            term="negative",
            unit="share of articles",
        )
        widths.append((found.high - found.low) / 2)
    return float(np.mean(widths))


def _with_model(items: Items, *, size: int) -> float:
    if size * int(items.period.max()) < FEWEST_CODES:
        return float("nan")
    target = np.eye(3)[_NEGATIVE]
    pooled = partially_pooled_shares(items, target=target, counted=np.ones(3))
    return float(np.mean([(each.high - each.low) / 2 for each in pooled.periods]))
