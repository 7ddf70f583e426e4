"""Mean and proportion of a weighted sample without strata or clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate

_INDEPENDENT = "respondents were drawn and answered independently of each other"
_WEIGHTS = "the weights make up for unequal chances to be in the sample"
_FEW = 10  # answers below which t and logit intervals are rough


@dataclass(frozen=True, slots=True, kw_only=True)
class _Linearized:
    value: float
    se: float
    n: int  # answers with a weight above 0
    dropped: int
    deff: float
    weighted: bool


def survey_mean(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    term: str,
    unit: str,
    domain: ArrayLike | None = None,
    population: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the mean in the population that a weighted sample stands for.

    Args:
        values: One value a sampled person, shape (n,); NaN where missing.
        weights: How many people each stands for, shape (n,), 0 or more; None weighs all alike.
        term: What is being estimated, in words.
        unit: Of a value.
        domain: Which persons belong to the group asked about, shape (n,); None takes all. The
            whole sample must be passed, for it enters the standard error of a group.
        population: People in the population, for a simple random sample that is a large part of
            it; None where the sample is small beside it.
        level: Confidence level.

    Returns:
        The weighted mean with its Taylor-linearized standard error and a t interval with n - 1
        degrees of freedom. Missing values are left out and counted in ``dropped``.

    Raises:
        DataError: Shapes differ, a weight is missing or negative, fewer than two values remain,
            or all are equal, which leaves no spread to judge chance by.

    Source:
        Lumley (2010), Complex Surveys, Wiley, ch. 2. Agrees with ``svymean`` of R's survey for
        ``svydesign(id = ~1, weights = ~w)``, on a subset too; the design effect is Kish's (1965).
    """
    found = _linearize(values, weights, term=term, domain=domain, population=population)
    if found.se == 0:
        raise DataError(f"{term}: all values are equal, which leaves no spread to judge chance by")
    reach = found.se * float(stats.t.ppf((1 + level) / 2, found.n - 1))
    return Estimate(
        term=term,
        value=found.value,
        se=found.se,
        low=found.value - reach,
        high=found.value + reach,
        level=level,
        n=found.n,
        dropped=found.dropped,
        unit=unit,
        method=f"{_kind(found)}mean, linearized, t(n-1){_deff(found)}",
        assumptions=_assumptions(found),
        warnings=_warnings(found, term=term, fewest=found.n, what="answers"),
    )


def survey_proportion(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    term: str,
    domain: ArrayLike | None = None,
    population: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the share of the population for which something is true.

    Args:
        values: 1 where it is true, 0 where not, NaN where missing, shape (n,).
        weights: As in ``survey_mean``.
        term: What is being estimated, in words.
        domain: As in ``survey_mean``.
        population: As in ``survey_mean``.
        level: Confidence level.

    Returns:
        The weighted share, with an interval built on the logit scale so that it stays between 0
        and 1. Where the share is 0 or 1 the interval is the exact binomial one for the effective
        number of answers, and a warning says so.

    Raises:
        DataError: As ``survey_mean``, or a value is neither 0 nor 1.

    Source:
        Korn and Graubard (1998), Survey Methodology 24: 193-201. Agrees with
        ``svyciprop(method = "logit")`` of R's survey.
    """
    shares = np.asarray(values, dtype=float).ravel()
    if not np.isin(shares[~np.isnan(shares)], (0, 1)).all():
        raise DataError(f"{term}: a proportion needs values that are 0 or 1")
    found = _linearize(shares, weights, term=term, domain=domain, population=population)
    inside = np.ones(shares.size, bool) if domain is None else np.asarray(domain, dtype=bool)
    true = int((shares[inside] == 1).sum())
    few = _warnings(found, term=term, fewest=min(true, found.n - true), what="answers on one side")
    if found.se == 0:
        edge = stats.beta.ppf((1 + level) / 2, 1, found.n / found.deff)
        low, high = (0.0, float(edge)) if found.value < 0.5 else (1 - float(edge), 1.0)
        how = "exact binomial for the effective n"
        few = ("everyone answered alike, so the interval rests on the number of answers alone",)
    else:
        logit = np.log(found.value / (1 - found.value))
        reach = found.se / (found.value * (1 - found.value))
        reach *= float(stats.t.ppf((1 + level) / 2, found.n - 1))
        low, high = (float(1 / (1 + np.exp(-x))) for x in (logit - reach, logit + reach))
        how = "linearized, logit t(n-1)"
    return Estimate(
        term=term,
        value=found.value,
        se=found.se,
        low=low,
        high=high,
        level=level,
        n=found.n,
        dropped=found.dropped,
        unit="share",
        method=f"{_kind(found)}share, {how}{_deff(found)}",
        assumptions=_assumptions(found),
        warnings=few,
    )


def kish_design_effect(weights: ArrayLike) -> float:
    """Say by how much unequal weights inflate the variance of a mean: 1 where all are equal.

    Source:
        Kish (1965), Survey Sampling, Wiley: n times the sum of squared weights over their
        squared sum.
    """
    w = np.asarray(weights, dtype=float)
    return float(w.size * (w @ w) / w.sum() ** 2)


def _linearize(
    values: ArrayLike,
    weights: ArrayLike | None,
    *,
    term: str,
    domain: ArrayLike | None,
    population: int | None,
) -> _Linearized:
    y = np.asarray(values, dtype=float).ravel()
    w = _weights(weights, size=y.size, term=term)
    inside = np.ones(y.size, bool) if domain is None else np.asarray(domain, dtype=bool).ravel()
    if inside.size != y.size:
        raise DataError(f"{term}: {y.size} values but {inside.size} marks of who is in the group")
    if population is not None and population < y.size:
        raise DataError(
            f"{term}: the sample ({y.size}) is larger than its population ({population})"
        )
    sampled = w > 0
    used = inside & sampled & ~np.isnan(y)
    if used.sum() < 2:
        raise DataError(f"{term}: two answers or more are needed, got {int(used.sum())}")
    own = w[used] / w[used].sum()
    value = float(own @ y[used])
    total = int(sampled.sum())  # a group's size is itself a matter of chance, so all count here
    spread = own * (y[used] - value)
    variance = float(spread @ spread) * total / (total - 1)
    if population is not None:
        variance *= 1 - total / population
    equal = np.ptp(y[used]) == 0
    return _Linearized(
        value=float(y[used][0]) if equal else value,
        se=0.0 if equal else float(np.sqrt(variance)),
        n=int(used.sum()),
        dropped=int((inside & sampled & np.isnan(y)).sum()),
        deff=kish_design_effect(w[used]),
        weighted=weights is not None,
    )


def _weights(weights: ArrayLike | None, *, size: int, term: str) -> NDArray[np.float64]:
    if weights is None:
        return np.ones(size)
    w = np.asarray(weights, dtype=float).ravel()
    if w.size != size:
        raise DataError(f"{term}: {size} values but {w.size} weights")
    if not np.isfinite(w).all() or (w < 0).any():
        raise DataError(f"{term}: every weight must be a number, 0 or more")
    return w


def _kind(found: _Linearized) -> str:
    return "weighted " if found.weighted else "unweighted "


def _deff(found: _Linearized) -> str:
    return f", Kish design effect {found.deff:.2f}" if found.weighted else ""


def _assumptions(found: _Linearized) -> tuple[str, ...]:
    return (_INDEPENDENT, _WEIGHTS) if found.weighted else (_INDEPENDENT,)


def _warnings(found: _Linearized, *, term: str, fewest: int, what: str) -> tuple[str, ...]:
    warnings = []
    if fewest < _FEW:
        warnings.append(f"{term}: only {fewest} {what}, so the interval is rough")
    if found.deff >= 1.5:
        warnings.append(
            f"{term}: unequal weights make {found.n} answers worth {found.n / found.deff:.0f} "
            f"(design effect {found.deff:.2f})"
        )
    return tuple(warnings)
