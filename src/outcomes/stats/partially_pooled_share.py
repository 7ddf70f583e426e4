"""The share of a class in each period, from a model's labels on all items and codes on some.

A model that the codes of all periods calibrate predicts each period; the period's own codes
correct it, the more, the more of them there are and the worse such predictions turned out.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats, Items
from outcomes.stats.period_classes import SHIFTS, PeriodClasses, predict_periods

FEWEST_CODES = 40  # outside each period
_SHIFT_CHANCES = np.array([0.01, 0.01, 0.02, 0.06, 0.90])  # of ``SHIFTS``, before looking
_EXTRA = np.r_[0.0, np.geomspace(0.05, 3.0, 25)]  # what periods deviate beyond chance, log-odds
_EXTRA_SCALE, _EXTRA_TAIL = 0.10, 2.0  # a half-t distribution of it before looking
_HEAVY, _HEAVIER = 0.15, 3.0  # some periods deviate three times as much: events
# the less of an event the scores are believed to show, the more of it must be a deviation
_UNSEEN, _UNSEEN_EXTRA = 0.5, 1.0  # chance added to ``_HEAVY``, and log-odds, where nothing is
_SMALLEST_BASE = 0.01  # of all items count, whatever the scores say


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodShare:
    """The share, or difference of shares, of one period."""

    value: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledShares:
    """The shares of all periods, and how much they rest on the pooled model."""

    periods: tuple[PeriodShare, ...]
    extra: float  # by how much periods deviate beyond chance, in log-odds
    prior_shift: float  # how far a change in scores is a change of shares, 0 to 1


def partially_pooled_shares(
    items: Items,
    *,
    target: Floats,
    counted: Floats,
    level: float = 0.95,
    predicted: PeriodClasses | None = None,
    whole: bool = True,
) -> PooledShares:
    """Estimate the share of a class among the counted items of each period.

    Three sources are weighed. The model's scores on all items of a period, calibrated on the codes
    of the other periods, give a prediction with its variance. The period's own codes, drawn with
    known probabilities, give what that prediction lacks, without bias. How far such predictions
    miss beyond chance is learned from all periods at once, and so is whether scores change
    because shares do. Where there are many codes in a period, this is the design-based difference
    estimator (AIPW, prediction-powered); where there are none, the adjusted count of a pooled
    misclassification model; between them, a compromise by variance.

    Args:
        items: All items that could have been drawn.
        target: What a class adds to the numerator, shape (K,): 1 for the class asked for, or 1
            and -1 for a difference of two.
        counted: 1 for the classes of the denominator, 0 for items that do not count, shape (K,).
        level: Confidence level.
        predicted: From ``predict_periods``, to use it for several targets.
        whole: Widen limits to whole items; not, if they will be moved and widened later.

    Returns:
        A share for each period with its standard error, and an interval by a beta distribution
        with the mean and spread of what lies between 0 and 1, widened to whole items (of 3 items
        some thirds have the property). A period of which every item was coded has no error.

    Raises:
        DataError: A period has fewer than 40 codes outside it to calibrate the model on.

    Source:
        Fay & Herriot (1979), JASA 74: 269-277 (weighing by variance); Angelopoulos et al. (2023),
        Science 382: 669-674 and Egami et al. (2023), NeurIPS (own codes); see ``period_classes``
        for the prediction. Derived on the method page. Requirement B14.
    """
    _check(items)
    found = predict_periods(items, counted=counted) if predicted is None else predicted
    part = _linear(found, target=target, counted=counted)
    chance, mean, variance = _weigh(part)
    center = (chance[..., None] * mean).sum(axis=(0, 1))
    spread = (chance[..., None] * (variance + (mean - center) ** 2)).sum(axis=(0, 1))
    bounds = (-1.0 if (target < 0).any() else 0.0, 1.0)
    return PooledShares(
        periods=tuple(
            _share(float(value), float(square), bounds=bounds, level=level, whole=size)
            for value, square, size in zip(
                center, spread, _wholes(items, found, counted if whole else None), strict=True
            )
        ),
        extra=float(chance.sum(axis=0) @ _EXTRA),
        prior_shift=float(chance.sum(axis=1) @ np.array(SHIFTS)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The share asked for, under each shift (first axis) and in each period."""

    value: Floats
    variance: Floats
    residual: Floats
    residual_variance: Floats  # infinite where the period has no codes
    scale: Floats  # by how much one unit of log-odds moves the share


def _check(items: Items) -> None:
    codes = np.bincount(items.period[items.coded], minlength=int(items.period.max()) + 1)
    fewest = int(codes.sum() - codes.max())
    if fewest < FEWEST_CODES:
        raise DataError(
            f"a period has {fewest} coded items outside it to calibrate the model on; "
            f"{FEWEST_CODES} are needed. Code more items of other periods"
        )


def _linear(found: PeriodClasses, *, target: Floats, counted: Floats) -> _Part:
    """Linearize the ratio of the target to what is counted."""
    base = np.maximum((found.shares * counted).sum(axis=-1), _SMALLEST_BASE)
    value = (found.shares * target).sum(axis=-1) / base
    slope = (target - value[..., None] * counted) / base[..., None]
    own = _form(slope, found.residual_covariance)
    none = np.isnan(own)
    return _Part(
        value=value,
        variance=np.maximum(_form(slope, found.covariance), 1e-12),
        residual=np.where(none, 0.0, (slope * found.residual).sum(axis=-1)),
        residual_variance=np.where(none, np.inf, np.maximum(own, 1e-14)),
        scale=_scale(found.shares, target=target, counted=counted),
    )


def _scale(shares: Floats, *, target: Floats, counted: Floats) -> Floats:
    """By how much one unit of log-odds moves the share.

    A period that seems to have none may yet have some: half of what is usual is the least.
    """
    inside = np.clip(shares, 0.0, 1.0)
    base = np.maximum((inside * counted).sum(axis=-1), _SMALLEST_BASE)
    center = (inside * target).sum(axis=-1) / base
    square = np.maximum((inside * target**2).sum(axis=-1) / base - center**2, 0.0)
    return np.asarray(np.maximum(square, 0.5 * square.mean(axis=-1, keepdims=True)) + 0.002)


def _form(slope: Floats, covariance: Floats) -> Floats:
    return np.asarray(np.einsum("smk,smkj,smj->sm", slope, covariance, slope))


def _weigh(part: _Part) -> tuple[Floats, Floats, Floats]:
    """Give each pair of shift and extra deviation its chance, and each period's share under it."""
    extra = _EXTRA[None, :, None] * part.scale[:, None, :]
    blind = 1.0 - np.array(SHIFTS)[:, None, None]
    unseen = _UNSEEN_EXTRA * blind * part.scale[:, None, :]
    usual = _corrected(part, extra)
    heavy = _corrected(part, np.hypot(_HEAVIER * extra, unseen))
    share = _HEAVY + _UNSEEN * blind
    logs = (np.log1p(-share) + usual[0], np.log(share) + heavy[0])
    both = np.logaddexp(*logs)
    by_heavy = np.exp(logs[1] - both)
    mean = (1 - by_heavy) * usual[1] + by_heavy * heavy[1]
    variance = (1 - by_heavy) * (usual[2] + (usual[1] - mean) ** 2) + by_heavy * (
        heavy[2] + (heavy[1] - mean) ** 2
    )
    before = np.log(np.gradient(_EXTRA)) - (_EXTRA_TAIL + 1) / 2 * np.log1p(
        (_EXTRA / _EXTRA_SCALE) ** 2 / _EXTRA_TAIL
    )
    fit = both.sum(axis=-1) + before + np.log(_SHIFT_CHANCES)[:, None]
    chance = np.exp(fit - fit.max())
    return chance / chance.sum(), mean, variance


def _corrected(part: _Part, extra: Floats) -> tuple[Floats, Floats, Floats]:
    """The log-likelihood of each period's residual, and the share corrected by it."""
    doubt = part.variance[:, None, :] + extra**2
    noise = part.residual_variance[:, None, :]
    silent = np.isinf(noise)
    heard = np.where(silent, 1.0, noise)
    residual, total = part.residual[:, None, :], doubt + heard
    fit = np.where(silent, 0.0, -0.5 * (np.log(total) + residual**2 / total))
    trust = np.where(silent, 0.0, doubt / total)
    return fit, part.value[:, None, :] + trust * residual, doubt * (1 - trust)


def _share(
    value: float, square: float, *, bounds: tuple[float, float], level: float, whole: int | None
) -> PeriodShare:
    """Lay a beta distribution with that mean and spread over the possible values."""
    first, last = bounds
    width = last - first
    place, spread = _inside((value - first) / width, square / width**2)
    se = float(np.sqrt(square))
    value = min(max(value, first), last)
    if spread < 1e-10:
        return PeriodShare(value=value, se=se, low=value, high=value)
    inner = min(max(place, 0.002), 0.998)
    size = inner * (1 - inner) / min(spread, 0.9 * inner * (1 - inner)) - 1
    tails = ((1 - level) / 2, (1 + level) / 2)
    low, high = first + width * stats.beta.ppf(tails, inner * size, (1 - inner) * size)
    if whole:
        low, high = np.floor(low * whole + 1e-9) / whole, np.ceil(high * whole - 1e-9) / whole
    return PeriodShare(value=value, se=se, low=min(float(low), value), high=max(float(high), value))


def _wholes(items: Items, found: PeriodClasses, counted: Floats | None) -> list[int | None]:
    """About how many items count in each period; not to be told where nothing is widened."""
    if counted is None:
        return [None] * found.shares.shape[1]
    part = np.clip((found.shares[-1] * counted).sum(axis=-1), _SMALLEST_BASE, 1.0)
    return [int(many) for many in np.maximum(np.round(np.bincount(items.period) * part), 1.0)]


def _inside(value: float, spread: float) -> tuple[float, float]:
    """Mean and variance of a normal distribution once what lies outside 0 to 1 is cut off."""
    se = float(np.sqrt(spread))
    if se < 1e-5:
        return min(max(value, 0.0), 1.0), spread
    value = min(max(value, -4 * se), 1 + 4 * se)
    ends = (-value / se, (1 - value) / se)
    mean, variance = stats.truncnorm.stats(*ends, loc=value, scale=se, moments="mv")
    return float(mean), float(variance)
