"""Replicate weights: how an estimate varies when parts of the sample are left out or redrawn."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.sampling_stages import Codes, Floats, Stage
from outcomes.stats.survey_design import SurveyDesign

Given = Literal["brr", "jk1", "bootstrap"]
LARGEST = 50_000_000  # factors held at once, 400 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """Sets of weights, each as a factor of the sample's own, and how they tell the variance."""

    kind: str  # "jackknife (JK1)", for the method of an estimate
    factors: Floats  # (units, replicates)
    unit: Codes | None  # (rows,) which factor a row takes; None: its own
    scales: Floats  # (replicates,) what a squared deviation counts
    df: int
    around_estimate: bool = False  # deviations from the full sample, not from the replicates' mean


def jackknife_1(design: SurveyDesign) -> SurveyDesign:
    """Leave out one cluster at a time, from a sample without strata (JK1).

    Raises:
        DataError: The sample has strata: ``jackknife_n`` is for those.

    Source:
        Agrees with ``as.svrepdesign(type = "JK1")`` of R's survey, the finite population
        correction included.
    """
    if design.stages[0].sizes.size > 1:
        raise DataError("JK1 is for a sample without strata. For one with strata choose jkn")
    return _jackknife(design, kind="jackknife (JK1)")


def jackknife_n(design: SurveyDesign) -> SurveyDesign:
    """Leave out one cluster at a time, and weigh up the others of its stratum (JKn).

    Source:
        Agrees with ``as.svrepdesign(type = "JKn")`` of R's survey.
    """
    return _jackknife(design, kind="jackknife (JKn)")


def rao_wu_bootstrap(design: SurveyDesign, *, count: int, seed: int) -> SurveyDesign:
    """Redraw one cluster fewer than there are from each stratum, again and again.

    Args:
        design: How the sample was drawn.
        count: How many replicates, 2 or more.
        seed: Of the random draws; the same seed gives the same replicates.

    Source:
        Rao and Wu (1988), JASA 83: 231-241; Rao, Wu and Yue (1992) with the finite population
        correction. Without one, as ``as.svrepdesign(type = "subbootstrap")`` of R's survey.
    """
    if count < 2:
        raise DataError(f"a bootstrap needs 2 replicates or more, got {count}")
    stage = _first(design, replicates=count)
    generator = np.random.default_rng(seed)
    factors = np.ones((stage.stratum.size, count))
    for stratum in np.flatnonzero(stage.sizes > 1):
        members = np.flatnonzero(stage.stratum == stratum)
        n = members.size
        drawn = generator.multinomial(n - 1, np.full(n, 1 / n), size=count).T
        reach = np.sqrt(1 - stage.fractions[stratum])
        factors[members] = 1 + reach * (drawn * n / (n - 1) - 1)
    found = Replicates(
        kind=f"bootstrap (Rao-Wu, {count} replicates)",
        factors=factors,
        unit=stage.unit,
        scales=np.full(count, 1 / (count - 1)),
        df=stage.stratum.size - stage.sizes.size,
    )
    return replace(design, replicates=found)


def given_replicates(
    design: SurveyDesign,
    columns: ArrayLike,
    *,
    kind: Given,
    scale: float | None = None,
    around_estimate: bool = False,
) -> SurveyDesign:
    """Take replicate weights as whoever drew the sample delivers them.

    Args:
        design: The sample's own weights.
        columns: Replicate weights, which hold the sample's own weight in them, shape (rows,
            replicates).
        kind: How they were made, which says what a squared deviation counts: ``brr`` 1/R,
            ``jk1`` (R-1)/R, ``bootstrap`` 1/(R-1).
        scale: What it counts instead, as the delivery says: 0.5 for a JKn of two clusters a
            stratum.
        around_estimate: Whether deviations are from the full sample's estimate.

    Raises:
        DataError: Rows differ, there are fewer than two, or a weight is negative or missing.

    Source:
        Agrees with ``svrepdesign(combined.weights = TRUE)`` of R's survey; degrees of freedom are
        the rank of the replicate weights less 1, as in ``degf``.
    """
    found = np.asarray(columns, dtype=float)
    if found.ndim != 2 or found.shape[0] != design.weights.size or found.shape[1] < 2:
        raise DataError("replicate weights need one row a respondent and two columns or more")
    if not np.isfinite(found).all() or (found < 0).any():
        raise DataError("every replicate weight must be a number, 0 or more")
    count = found.shape[1]
    usual = {"brr": 1 / count, "jk1": (count - 1) / count, "bootstrap": 1 / (count - 1)}[kind]
    weights = design.base[:, None]
    factors = np.divide(found, weights, out=np.zeros(found.shape), where=weights > 0)
    replicates = Replicates(
        kind=f"replicate weights ({kind}, {count})",
        factors=factors,
        unit=None,
        scales=np.full(count, usual if scale is None else scale),
        df=int(np.linalg.matrix_rank(found, tol=1e-5 * np.linalg.norm(found, 2))) - 1,
        around_estimate=around_estimate,
    )
    return replace(design, replicates=replicates)


def replicate_variance(
    design: SurveyDesign, columns: list[Floats], *, of_totals: Callable[[Floats], Floats]
) -> float:
    """Tell the variance of an estimate from its replicates.

    Args:
        design: With ``replicates``. Calibration and trimming are repeated in each replicate.
        columns: Variables whose weighted totals make up the estimate, shape (rows,) each.
        of_totals: From totals (replicates, columns) to the estimates (replicates,).

    Raises:
        DataError: A replicate has nobody to estimate from.
    """
    made = design.replicates
    if made is None:
        raise DataError("the design has no replicate weights")
    totals = _replicate_totals(design, made, columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = of_totals(totals)
    if not np.isfinite(values).all():
        raise DataError("a replicate leaves nobody to estimate from; use no replicates here")
    own = np.array([[design.weights @ column for column in columns]])
    around = of_totals(own)[0] if made.around_estimate else values[made.scales > 0].mean()
    return float(made.scales @ (values - around) ** 2)


def _replicate_totals(design: SurveyDesign, made: Replicates, columns: list[Floats]) -> Floats:
    if design.calibration is None and design.limits is None:
        scores = [design.base * column for column in columns]
        if made.unit is None:
            sums = np.column_stack(scores)
        else:
            units = made.factors.shape[0]
            sums = np.column_stack([np.bincount(made.unit, each, units) for each in scores])
        found: Floats = made.factors.T @ sums
        return found
    totals = np.empty((made.scales.size, len(columns)))
    for at, factor in enumerate(made.factors.T):
        start = design.base * (factor if made.unit is None else factor[made.unit])
        weights = design.reweight(start)
        totals[at] = [weights @ column for column in columns]
    return totals


def _first(design: SurveyDesign, *, replicates: int) -> Stage:
    stage = design.stages[0]
    if stage.stratum.size * replicates > LARGEST:
        raise DataError(
            f"{replicates} replicates of {stage.stratum.size} sampled units are too many to hold. "
            "Use a bootstrap with fewer replicates, or linearized standard errors"
        )
    return stage


def _jackknife(design: SurveyDesign, *, kind: str) -> SurveyDesign:
    stage = design.stages[0]
    leave = np.flatnonzero(stage.sizes[stage.stratum] > 1)
    _first(design, replicates=leave.size)
    strata = stage.stratum[leave]
    n = stage.sizes[strata]
    same = stage.stratum[:, None] == strata[None, :]
    factors = np.where(same, n / (n - 1), 1.0)
    factors[leave, np.arange(leave.size)] = 0
    found = Replicates(
        kind=kind,
        factors=factors,
        unit=stage.unit,
        scales=(n - 1) / n * (1 - stage.fractions[strata]),
        df=stage.stratum.size - stage.sizes.size,
    )
    return replace(design, replicates=found)
