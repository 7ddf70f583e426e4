"""Share of a domain of a finite population, from a sample with known probabilities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_ROUNDING = 1e-20  # a variance of shares below it is what rounding leaves of none


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """The units with everything known; all arrays have shape (n,)."""

    has: Floats  # 1 where a unit of the domain has the property, else 0
    domain: Floats  # 1 where a unit belongs to the domain, else 0
    probability: Floats
    stratum: np.ndarray
    dropped: int


def domain_share(
    has_property: ArrayLike,
    in_domain: ArrayLike,
    *,
    probability: ArrayLike,
    strata: ArrayLike | None = None,
    term: str,
    unit: str,
    level: float = 0.95,
) -> Estimate:
    """Estimate which share of a domain has a property: of the relevant articles, the negative.

    The whole sample is handed over, not only the domain: how many sampled units fall into the
    domain is itself due to chance.

    Args:
        has_property: 1 or 0 for each sampled unit, shape (n,); only read inside the domain, and
            NaN where missing.
        in_domain: 1 or 0 for each sampled unit, shape (n,); NaN where missing.
        probability: With which each unit was drawn without replacement, in (0, 1], shape (n,).
        strata: Label of the stratum (month) each unit was drawn in, shape (n,); one if omitted.
        term: What is being estimated, in words.
        unit: Of the share, such as ``"share of articles"``.
        level: Confidence level.

    Returns:
        The ratio (Hájek) estimate with its linearized standard error, finite-population
        correction included, and the interval of Korn and Graubard: Clopper-Pearson with the
        effective sample size. Its limits are then widened to the next whole unit of the
        population, since a share of 12 articles can only be some twelfths. A census gives
        ``low == value == high``. ``n`` counts the sampled units in the domain; units with
        something missing are counted in ``dropped``.

    Raises:
        DataError: Shapes differ, a value is not 0 or 1, a probability is outside (0, 1], or
            fewer than two sampled units fall into the domain (unless all units were taken).

    Source:
        Korn & Graubard (1998), Survey Methodology 24: 193-201; Särndal, Swensson & Wretman
        (1992), Model Assisted Survey Sampling, 5.8. Without design effects it agrees with
        ``binom.test`` of R (Clopper-Pearson). Requirement B14.
    """
    sample = _complete(has_property, in_domain, probability=probability, strata=strata)
    size = int(sample.domain.sum())
    census = bool((sample.probability == 1).all())
    if size < 2 and not (census and size == 1):
        raise DataError(f"{term}: a share needs two sampled units in its domain, got {size}")
    weight = sample.domain / sample.probability
    value = float((weight * sample.has).sum() / weight.sum())
    variance, lonely = _variance(sample, weight * (sample.has - value) / weight.sum())
    if census:
        low = high = value
    else:
        n_effective = _effective_size(sample, weight, value=value, variance=variance, level=level)
        low, high = _korn_graubard(value, n_effective, level=level)
        low, high = _whole_units(low, high, value=value, population=float(weight.sum()))
    return Estimate(
        term=term,
        value=value,
        se=float(np.sqrt(variance)),
        low=low,
        high=high,
        level=level,
        n=size,
        dropped=sample.dropped,
        unit=unit,
        method="share in a probability sample (Hájek), Korn-Graubard interval",
        assumptions=("units were drawn at random with the probabilities given",),
        warnings=_warnings(sample, size, lonely=lonely),
    )


def _warnings(sample: _Sample, size: int, *, lonely: bool) -> tuple[str, ...]:
    found = []
    if sample.dropped:
        found.append(f"{sample.dropped} sampled units left out because a value is missing")
    if size < 10 and (sample.probability < 1).any():
        found.append(f"rests on {size} coded units only")
    if lonely:
        found.append(
            "a group of which one unit alone was sampled was judged by the spread of the others"
        )
    return tuple(found)


def _complete(
    has: ArrayLike, domain: ArrayLike, *, probability: ArrayLike, strata: ArrayLike | None
) -> _Sample:
    y, d, pi = (np.asarray(part, dtype=float).ravel() for part in (has, domain, probability))
    stratum = np.zeros(d.size) if strata is None else np.asarray(strata).ravel()
    if not y.size == d.size == pi.size == stratum.size:
        raise DataError(
            "property, domain, probability and strata must be equally long, got "
            f"{y.size}, {d.size}, {pi.size}, {stratum.size}"
        )
    if not ((pi > 0) & (pi <= 1)).all():
        raise DataError("every sampling probability must lie above 0 and not above 1")
    missing = np.isnan(d) | ((d == 1) & np.isnan(y))
    y = np.where(d == 1, y, 0.0)
    for name, part in (("property", y), ("domain", d)):
        if not np.isin(part[~missing], (0.0, 1.0)).all():
            raise DataError(f"the {name} must be 0 or 1, or missing")
    keep = ~missing
    return _Sample(
        has=y[keep],
        domain=d[keep],
        probability=pi[keep],
        stratum=stratum[keep],
        dropped=int(missing.sum()),
    )


def _variance(sample: _Sample, z: Floats) -> tuple[float, bool]:
    """Add up the strata's variance of the linearized values; say if one had a single unit."""
    total, lonely = 0.0, False
    for label in np.unique(sample.stratum):
        rows = sample.stratum == label
        rest = 1 - sample.probability[rows]  # 0 where every unit was taken: nothing to chance
        if not rest.any():
            continue
        n = int(rows.sum())
        center = float((rest * z[rows]).sum() / rest.sum()) if n > 1 else 0.0
        lonely = lonely or n == 1
        total += float((rest * (z[rows] - center) ** 2).sum()) * (n / (n - 1) if n > 1 else 1.0)
    return total, lonely


def _effective_size(
    sample: _Sample, weight: Floats, *, value: float, variance: float, level: float
) -> float:
    """Say how many units of an infinite simple random sample would tell as much."""
    inside = sample.domain == 1
    size = int(inside.sum())
    if variance > _ROUNDING:
        effective = size * value * (1 - value) / (size - 1) / variance
    else:  # all units alike: the spread says nothing, the weights do (Kish)
        w = weight[inside]
        effective = float(w.sum() ** 2 / (w**2).sum())
        left = float((w * (1 - sample.probability[inside])).sum() / w.sum())
        effective = effective / left if left > 0 else np.inf
    n, strata = sample.domain.size, np.unique(sample.stratum).size
    tail = (1 - level) / 2
    freedom = max(n - strata, 1)
    return float(effective * (stats.t.ppf(tail, n - 1) / stats.t.ppf(tail, freedom)) ** 2)


def _korn_graubard(value: float, n: float, *, level: float) -> tuple[float, float]:
    if np.isinf(n):
        return value, value
    tail, x = (1 - level) / 2, n * value
    low = float(stats.beta.ppf(tail, x, n - x + 1)) if value > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, x + 1, n - x)) if value < 1 else 1.0
    return low, high


def _whole_units(
    low: float, high: float, *, value: float, population: float
) -> tuple[float, float]:
    """Widen limits to whole units of the population's domain; next to nothing if it is large."""
    whole = max(round(population), 1)
    low = min(np.floor(low * whole + 1e-9) / whole, value)
    high = max(np.ceil(high * whole - 1e-9) / whole, value)
    return float(max(low, 0.0)), float(min(high, 1.0))
