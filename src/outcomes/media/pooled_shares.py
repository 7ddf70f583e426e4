"""Monthly shares of tone from a model's reading of all articles and people's codes of some."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from outcomes.estimate import Estimate
from outcomes.media.classify import P_COLUMNS, TONES
from outcomes.media.hand_codes import ASSUMPTIONS, UNIT, Month, counted, sampled_articles
from outcomes.media.month_models import is_unread
from outcomes.media.net_tone import adding_up, net_of
from outcomes.settings import AGENCY
from outcomes.stats.class_calibration import Floats, Ints, Items
from outcomes.stats.partially_pooled_share import (
    FEWEST_CODES,
    PeriodShare,
    partially_pooled_shares,
)
from outcomes.stats.period_classes import predict_periods

POOLED = (
    "partial pooling: the model's reading of all articles, set right by the codes of the other "
    "periods and, as far as they tell, by the codes of this one"
)
SILENT = "partial pooling: pooled model, no codes of this period"
_TAKEN_FOR_GRANTED = (
    *ASSUMPTIONS,
    "how the model errs differs between periods no more than the codes show it to",
)
FEWEST_PERIODS = 3  # with codes
SMALLEST_OUTLET = 30  # articles; the model's way of reading a smaller one cannot be learned
_CLASSES = (0.0, -1.0, 1.0)  # the reference first: most articles are neutral
_IRRELEVANT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledTones:
    """The shares of the three tones in each period, and the net tone."""

    periods: tuple[str, ...]
    tones: dict[int, tuple[PeriodShare, ...]]  # -1, 0, 1
    net: tuple[PeriodShare, ...]


def can_be_pooled(coded: pd.DataFrame) -> bool:
    """Say whether there are codes enough: of three periods or more, and 40 beside each period."""
    there = coded.loc[coded["human_relevant"].notna(), "period"].value_counts()
    return len(there) >= FEWEST_PERIODS and int(there.sum() - there.max()) >= FEWEST_CODES


def pooled_tones(coded: pd.DataFrame, *, level: float) -> PooledTones:
    """Estimate the shares of the tones in each period by partial pooling.

    The outlet is the group in which a model may read in its own way. Articles that people found
    irrelevant are a class that does not count; so are articles to which the model gave no tone, on
    its side.

    Args:
        coded: From ``prepare_coded``.
        level: Confidence level.

    Raises:
        DataError: There are too few codes outside a period.

    Source:
        ``outcomes.stats.partially_pooled_share``. Requirement B14.
    """
    items, periods = tone_items(coded)
    denominator = np.array([1.0, 1.0, 1.0, 0.0])[: items.classes]
    predicted = predict_periods(items, counted=denominator)

    def shares(**of: float) -> tuple[PeriodShare, ...]:
        target = np.zeros(items.classes)
        target[:3] = [of.get("neutral", 0.0), of.get("negative", 0.0), of.get("positive", 0.0)]
        found = partially_pooled_shares(
            items,
            target=target,
            counted=denominator,
            level=level,
            predicted=predicted,
            whole=False,  # ``pooled_month`` does, once the shares add up to 1
        )
        return found.periods

    return PooledTones(
        periods=periods,
        tones={-1: shares(negative=1), 0: shares(neutral=1), 1: shares(positive=1)},
        net=shares(positive=1, negative=-1),
    )


def tone_items(coded: pd.DataFrame) -> tuple[Items, tuple[str, ...]]:
    """Lay the articles out as items, and give the periods in the order of their numbers."""
    coded = coded.sort_values("period", kind="stable").reset_index(drop=True)
    sampled, _ = sampled_articles(coded)
    codes = np.full(len(coded), -1, dtype=np.int64)
    for number, tone in enumerate(_CLASSES):
        codes[(coded["human_tone"] == tone).to_numpy()] = number
    codes[(coded["human_relevant"] == 0).to_numpy()] = _IRRELEVANT
    probability = np.full(len(coded), np.nan)
    probability[sampled.index] = sampled["probability"].to_numpy(dtype=float)
    period, labels = pd.factorize(coded["period"], sort=True)
    items = Items(
        scores=model_scores(coded),
        codes=codes,
        classes=4 if (codes == _IRRELEVANT).any() else 3,
        period=period.astype(np.int64),
        group=_groups(coded),
        probability=probability,
    )
    return items, tuple(str(label) for label in labels)


def model_scores(coded: pd.DataFrame) -> Floats:
    """What the model gives each tone, shape (n, 3); and irrelevance, if it found any, (n, 4).

    An article that another model read has equal scores, which say nothing of it.
    """
    tone, unread = coded["tone"], is_unread(coded).to_numpy()
    if set(P_COLUMNS) <= set(coded.columns):
        scores = coded[list(P_COLUMNS)].to_numpy(dtype=float)
    else:
        scores = np.column_stack([(tone == each).to_numpy(dtype=float) for each in (-1, 0, 1)])
    missed = tone.isna().to_numpy() & ~unread
    scores = np.where(missed[:, None], 0.0, scores)
    scores = np.column_stack([scores, missed.astype(float)]) if missed.any() else scores
    return np.where(unread[:, None], 1 / scores.shape[1], scores)


def _groups(coded: pd.DataFrame) -> Ints:
    """Number the outlets; those with few articles are one group, or one of each scope.

    Articles that another model read are a group of their own: what codes say of them stays there.
    """
    outlet = coded["outlet"] if "outlet" in coded else pd.Series("", index=coded.index)
    large = (outlet != "") & (outlet.map(outlet.value_counts()) >= SMALLEST_OUTLET)
    other = "\n" + (coded["scope"] if "scope" in coded else pd.Series("", index=coded.index))
    group = outlet.where(large, other).mask(is_unread(coded), "\n\n")
    numbers, _ = pd.factorize(group, sort=True)
    return np.asarray(numbers, dtype=np.int64)


def pooled_month(month: Month, pooled: PooledTones) -> list[Estimate]:
    """Write out the three shares of one period, made to add up to 1, and its net tone.

    Limits are widened to whole articles: a share of 15 articles can only be some fifteenths.
    """
    at = pooled.periods.index(month.label)
    shares = adding_up([_estimate(month, pooled.tones[tone][at], tone) for tone in TONES])
    net = pooled.net[at]
    low, high = net.value - net.low, net.high - net.value
    every = [*shares, net_of(shares, se=net.se, low=low, high=high)]
    return [_to_whole_articles(each, _relevant_articles(month.rows)) for each in every]


def _relevant_articles(rows: pd.DataFrame) -> int:
    """About how many articles the shares are of: without the part that people find irrelevant."""
    sampled, _ = sampled_articles(rows)
    if sampled.empty:
        return len(rows)
    weight = 1 / sampled["probability"]
    inside = float((weight * sampled["human_relevant"]).sum() / weight.sum())
    return max(round(len(rows) * inside), 1)


def _to_whole_articles(share: Estimate, articles: int) -> Estimate:
    least = -1.0 if share.measure == "net_tone" else 0.0
    low = np.floor(share.low * articles + 1e-9) / articles
    high = np.ceil(share.high * articles - 1e-9) / articles
    return replace(share, low=float(max(low, least)), high=float(min(high, 1.0)))


def _estimate(month: Month, share: PeriodShare, tone: int) -> Estimate:
    _, told = sampled_articles(month.rows)
    if not month.coded:
        told = (*told, "no article of this period was coded: it rests on codes of other periods")
    return Estimate(
        term=f"articles {TONES[tone]} about law enforcement, {month.label}",
        value=share.value,
        se=share.se,
        low=share.low,
        high=share.high,
        level=month.level,
        n=counted(month.rows),
        unit=UNIT,
        method=POOLED if month.coded else SILENT,
        assumptions=_TAKEN_FOR_GRANTED,
        warnings=told,
        analysis="tone",
        measure=f"tone_{TONES[tone]}",
        place=AGENCY,
        period=month.label,
    )
