"""The share of a class in one period, from labels on all items and codes on a random sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate

Floats = NDArray[np.float64]

_FEWEST = 3  # codes: one is spent on the level, one on how far to trust the model
_PSEUDO = 0.5  # codes of each kind that are taken for granted when the spread is judged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """The coded items of a period; all arrays have shape (n,)."""

    has: Floats  # 1 where it has the property
    counts: Floats  # 1 where it counts at all
    model_has: Floats  # what a model said of it, less what it said of its stratum on average
    model_counts: Floats
    moments: Floats  # of both over all items: has squared, has times counts, counts squared
    weight: Floats  # how many items it stands for; adds up to N
    rest: Floats  # 1 minus the probability with which it was drawn
    stratum: NDArray[np.int64]
    left: Floats  # share of its stratum that was not drawn

    @property
    def strata(self) -> int:
        return int(self.stratum.max()) + 1


def prediction_powered_share(
    has_property: ArrayLike,
    predicted: ArrayLike,
    *,
    probability: ArrayLike,
    strata: ArrayLike | None = None,
    counted: tuple[ArrayLike, ArrayLike] | None = None,
    power: float | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the share of a class in one period that has codes of its own.

    The model's mean over all items, plus what the coded items show it to miss, each weighed by
    how many it stands for. However wrong the model is, the result is right on average, since the
    codes were drawn with known probabilities; a good model makes the interval shorter.

    Args:
        has_property: 1 or 0 for each coded item, NaN for items that nobody coded, shape (N,).
        predicted: What the model says of every item, shape (N,): a probability, or 0 and 1.
        probability: With which a coded item was drawn without replacement, in (0, 1], shape (N,)
            or one number; not read for other items.
        strata: What each item was drawn from, shape (N,), such as the predicted class; one
            stratum if omitted.
        counted: For the share among relevant items only: 1 or 0 as coded (NaN where nobody
            coded) and as predicted, each of shape (N,). All items count if omitted.
        power: How far the model is trusted: 1 wholly, 0 not at all (codes alone). It is tuned to
            the shortest interval if omitted.
        level: Confidence level.

    Returns:
        The share of these N items, with the finite-population standard error. The interval is
        that of Clopper and Pearson for as many codes as would tell as much, with Student's
        allowance for a spread that was itself estimated; it holds from a dozen codes on. If all
        items were coded, ``low == value == high``.

    Raises:
        DataError: Shapes differ, a value is missing or out of range, fewer than three items were
            coded, or no coded item counts.

    Source:
        Angelopoulos, Duchi & Zrnic (2023), arXiv 2311.01453 (power tuning, here by the other
        items for each, which keeps small samples unbiased; with a given ``power`` the value is
        that of ``ppi_mean_pointestimate`` of ppi-python 0.2.3);
        Egami et al. (2023), NeurIPS (unequal probabilities); Särndal, Swensson & Wretman (1992),
        6.3 (difference estimator). Requirement B14.
    """
    period = _period(has_property, predicted, probability=probability, strata=strata, both=counted)
    trust = _trust(period) if power is None else np.full(len(period.has), power)
    value = _difference(period, trust)
    errors = _errors(period, value, trust)
    freedom = max(len(errors) - period.strata - (power is None), 1)
    variance = _variance(period, errors)
    value = float(np.clip(value, 0.0, 1.0))
    low, high = _interval(period, value, variance=variance, freedom=freedom, level=level)
    return Estimate(
        term="share by prediction-powered inference",
        value=value,
        se=float(np.sqrt(variance)),
        low=min(low, value),
        high=max(high, value),
        level=level,
        n=int(period.counts.sum()),
        unit="share of items",
        method="prediction-powered difference estimator, Clopper-Pearson with effective size",
        assumptions=("coded items were drawn at random with the probabilities given",),
        warnings=_warnings(period),
    )


def large_sample_interval(
    codes: ArrayLike, predicted: ArrayLike, *, others: ArrayLike, level: float = 0.95
) -> Estimate:
    """Estimate a mean as published for large samples from an endless population.

    For comparison with other software. With a dozen codes its interval is too short.

    Args:
        codes: Of the coded items, drawn with equal probabilities, shape (n,).
        predicted: What the model says of them, shape (n,).
        others: What it says of the items that nobody coded, shape (N,).
        level: Confidence level.

    Returns:
        The mean with a normal interval, not cut off at 0 and 1.

    Raises:
        DataError: Fewer than three codes, or no other item.

    Source:
        As ``prediction_powered_share``; equal to ``ppi_mean_ci``, whose default level is 0.90.
    """
    y, f, more = (np.asarray(part, dtype=float).ravel() for part in (codes, predicted, others))
    if len(y) < _FEWEST or len(y) != len(f) or not len(more):
        raise DataError(
            f"a prediction-powered mean needs {_FEWEST} codes, as many predictions of the same "
            f"items, and other items; got {len(y)}, {len(f)} and {len(more)}"
        )
    together = np.r_[f, more]
    spread = float(together.var(ddof=1))
    trust = float(np.mean((y - y.mean()) * (f - f.mean()))) / spread if spread > 0 else 0.0
    trust = min(max(trust / (1 + len(y) / len(more)), 0.0), 1.0)
    value = float(trust * more.mean() + (y - trust * f).mean())
    se = float(np.sqrt((trust * more).var() / len(more) + (y - trust * f).var() / len(y)))
    half = float(stats.norm.ppf((1 + level) / 2)) * se
    return Estimate(
        term="mean by prediction-powered inference",
        value=value,
        se=se,
        low=value - half,
        high=value + half,
        level=level,
        n=len(y),
        unit="mean of codes",
        method="PPI++, normal interval",
        assumptions=("coded items were drawn at random", "there are many codes"),
    )


def _period(
    has_property: ArrayLike,
    predicted: ArrayLike,
    *,
    probability: ArrayLike,
    strata: ArrayLike | None,
    both: tuple[ArrayLike, ArrayLike] | None,
) -> _Period:
    has, model = (np.asarray(part, dtype=float).ravel() for part in (has_property, predicted))
    ones = np.ones_like(has)
    counts, model_counts = (
        np.asarray(part, dtype=float).ravel() for part in ((ones, ones) if both is None else both)
    )
    labels = np.zeros(len(has)) if strata is None else np.asarray(strata).ravel()
    lengths = {len(part) for part in (has, model, counts, model_counts, labels)}
    if len(lengths) != 1 or np.size(probability) not in (1, len(has)):
        raise DataError("codes, predictions, probabilities and strata must be equally long")
    coded = ~np.isnan(has if both is None else counts)
    drawn = np.broadcast_to(np.asarray(probability, dtype=float), has.shape)[coded]
    has, kept = np.where(counts == 0, 0.0, has)[coded], counts[coded]
    _check(has, kept, drawn=drawn, model=(model, model_counts))
    _, stratum = np.unique(labels, return_inverse=True)
    model, model_counts = (_centered(part, stratum) for part in (model, model_counts))
    pairs = ((model, model), (model, model_counts), (model_counts, model_counts))
    return _Period(
        has=has,
        counts=kept,
        model_has=model[coded],
        model_counts=model_counts[coded],
        moments=np.array([np.mean(one * other) for one, other in pairs]),
        weight=(1 / drawn) * len(model) / (1 / drawn).sum(),
        rest=1 - drawn,
        stratum=np.unique(stratum[coded], return_inverse=True)[1],
        left=1 - (np.bincount(stratum, coded) / np.bincount(stratum))[stratum[coded]],
    )


def _centered(model: Floats, stratum: NDArray[np.int64]) -> Floats:
    means = np.bincount(stratum, model) / np.bincount(stratum)
    return np.asarray(model - means[stratum])


def _check(has: Floats, counts: Floats, *, drawn: Floats, model: tuple[Floats, Floats]) -> None:
    if len(has) < _FEWEST:
        raise DataError(f"a period needs {_FEWEST} coded items, got {len(has)}. Code more items")
    if not (np.isin(has, (0.0, 1.0)).all() and np.isin(counts, (0.0, 1.0)).all()):
        raise DataError("a code must be 1 or 0, or NaN where nobody coded")
    if not ((drawn > 0) & (drawn <= 1)).all():
        raise DataError("every sampling probability must lie above 0 and not above 1")
    if not all(((part >= 0) & (part <= 1)).all() for part in model):
        raise DataError("every prediction must lie between 0 and 1; none may be missing")
    if not counts.any():
        raise DataError("no coded item counts, so that there is nothing to take a share of")


def _difference(period: _Period, trust: Floats) -> float:
    """The share of the codes, less what the model says the sample has too much of.

    Each item is compared with those that could have been drawn in its place, not with the coded
    others, which helped to choose how far it is trusted.
    """
    tops = period.has - trust * _in_place(period, period.model_has)
    base = period.counts - trust * _in_place(period, period.model_counts)
    return float((period.weight * tops).sum() / (period.weight * base).sum())


def _in_place(period: _Period, model: Floats) -> Floats:
    at, weight = period.stratum, period.weight
    means = np.bincount(at, weight * model) / np.bincount(at, weight)
    return np.asarray(period.left * model + (1 - period.left) * means[at])


def _errors(period: _Period, share: float, trust: Floats) -> Floats:
    """What each coded item adds to the error of the share."""
    codes = period.has - share * period.counts
    model = period.model_has - share * period.model_counts
    base = (period.weight * period.counts).sum()
    return np.asarray(period.weight * (codes - trust * model) / base)


def _trust(period: _Period) -> Floats:
    """How far to trust the model for each coded item: the slope among the *other* coded items.

    A slope that an item helped to choose would favor it, which biases small samples.
    """
    weight = period.weight
    share = _others(weight * period.has) / np.maximum(_others(weight * period.counts), 1e-9)
    spread = period.moments @ np.array([np.ones_like(share), -2 * share, share**2])
    joint = (
        _others(weight * period.has * period.model_has)
        - share
        * _others(weight * (period.counts * period.model_has + period.has * period.model_counts))
        + share**2 * _others(weight * period.counts * period.model_counts)
    ) / _others(weight)
    slope = np.divide(joint, spread, out=np.zeros_like(joint), where=spread > 1e-12)
    return np.asarray(np.clip(slope, 0.0, 1.0))


def _others(values: Floats) -> Floats:
    """The sum of all others, for each."""
    return np.asarray(values.sum() - values)


def _variance(period: _Period, errors: Floats) -> float:
    """Add up the strata's variances, finite-population correction included."""
    total = 0.0
    for label in range(period.strata):
        rows = period.stratum == label
        rest, part = period.rest[rows], errors[rows]
        if not rest.any():
            continue
        many = len(part)
        center = float((rest * part).sum() / rest.sum()) if many > 1 else 0.0
        spread = float((rest * (part - center) ** 2).sum())
        total += spread * (many / (many - 1) if many > 1 else 1.0)
    return total


def _interval(
    period: _Period, value: float, *, variance: float, freedom: int, level: float
) -> tuple[float, float]:
    """Clopper and Pearson's limits for as many codes as would tell as much."""
    if not period.rest.any():
        return value, value
    weight = period.weight * period.counts
    alike = float((weight**2 * period.rest).sum() / weight.sum() ** 2)
    size = float(weight.sum() ** 2 / (weight**2).sum())
    inner = (size * value + _PSEUDO) / (size + 2 * _PSEUDO)
    # lest a few codes that agree with the model look like certainty
    granted = _PSEUDO * ((1 - inner) ** 2 + inner**2)
    spread = (size * (variance / alike + (value - inner) ** 2) + granted) / (size + 2 * _PSEUDO)
    tail = (1 - level) / 2
    student = stats.norm.ppf(tail) / stats.t.ppf(tail, freedom)
    many = float(inner * (1 - inner) / (spread * alike) * student**2)
    has, lacks = many * value, many * (1 - value)
    low = float(stats.beta.ppf(tail, has, lacks + 1)) if value > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, has + 1, lacks)) if value < 1 else 1.0
    return low, high


def _warnings(period: _Period) -> tuple[str, ...]:
    size = int(period.counts.sum())
    found = [f"rests on {size} coded items only"] if size < 10 and period.rest.any() else []
    if (np.bincount(period.stratum) == 1).any():
        found.append("a stratum with one coded item was judged by its distance from the model")
    return tuple(found)
