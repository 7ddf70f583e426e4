"""How a sample was drawn: weights, strata, clusters, and how much of the population it took."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.lonely_psu import LonelyRule
from outcomes.stats.sampling_stages import (
    Columns,
    Floats,
    Stage,
    sampling_stages,
    weights_of,
)

if TYPE_CHECKING:
    from outcomes.stats.replicate_weights import Replicates


class Calibration(Protocol):
    """A way to make the weighted sample meet totals that are known of the population."""

    def reweight(self, weights: Floats) -> Floats:
        """Give weights near these that meet the totals."""

    def residual(self, influence: Floats, base: Floats) -> Floats:
        """Take out of an influence what the known totals explain, so that it adds no variance."""


class Limits(Protocol):
    """A rule that holds weights within limits."""

    def reweight(self, weights: Floats) -> Floats:
        """Give the weights within the limits, with the same sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDesign:
    """A sample as it was drawn, one entry a row; made by ``survey_design``."""

    weights: Floats  # (rows,) how many each stands for, after every adjustment; 0: not sampled
    base: Floats  # (rows,) before calibration and trimming
    stages: tuple[Stage, ...]
    lonely: LonelyRule
    weighted: bool  # weights were given, or follow from the populations
    clustered: bool
    stratified: bool
    sampled: NDArray[np.bool_] | None  # (rows,) weight above 0; None: all
    finite: bool  # populations were given, so that the sample's share of them counts
    calibration: Calibration | None = None
    limits: Limits | None = None
    replicates: "Replicates | None" = None

    def reweight(self, weights: Floats) -> Floats:
        """Adjust other starting weights, such as a replicate's, as this sample's were."""
        if self.calibration is not None:
            weights = self.calibration.reweight(weights)
        return weights if self.limits is None else self.limits.reweight(weights)


def survey_design(
    weights: ArrayLike | None = None,
    *,
    rows: int | None = None,
    strata: ArrayLike | None = None,
    clusters: Columns = (),
    populations: Columns = (),
    nest: bool = False,
    lonely: LonelyRule = "refuse",
) -> SurveyDesign:
    """Describe how a sample was drawn.

    Args:
        weights: How many people each row stands for, 0 or more, shape (rows,); 0 means that the
            row is not in the sample. None takes them from the populations (population by sample
            size), or weighs all alike where there are none.
        rows: How many rows there are; needed only where nothing else tells.
        strata: The stratum of each row, from which clusters were drawn independently.
        clusters: The cluster of each row, one array a stage, the first drawn first. Empty where
            rows were drawn one by one.
        populations: For the stages whose sample is a large part of its population, one array a
            stage: how many units the row's stratum (later: its cluster) holds, or the share
            drawn where all are 1 or less. Without them only the first stage counts.
        nest: Whether clusters are numbered anew in each stratum.
        lonely: What becomes of a stratum with one sampled cluster; see ``lonely_units``.

    Returns:
        The design, to be passed to the estimators.

    Raises:
        DataError: Lengths differ, a weight is negative or missing, all are 0, a cluster lies in
            two strata, a population differs within a stratum or is below its sample, or a
            stratum holds one cluster and no rule says what to do.

    Source:
        Agrees with ``svydesign(ids, strata, weights, fpc, nest)`` of R's survey.
    """
    given = [each for each in (weights, strata, *clusters, *populations) if each is not None]
    size = rows if rows is not None else (len(np.asarray(given[0])) if given else 0)
    for each in given:
        if len(np.asarray(each)) != size:
            raise DataError(f"a column of the design has {len(np.asarray(each))} rows, not {size}")
    counted = max(1, len(clusters))
    if len(populations) > counted:
        raise DataError(
            f"{len(populations)} populations, but {counted} stages of sampling. Give one a stage"
        )
    starting = np.ones(size) if weights is None else checked_weights(weights)
    stages = sampling_stages(
        starting,
        strata=strata,
        clusters=clusters,
        populations=populations,
        nest=nest,
        lonely=lonely,
    )
    if weights is None and populations:
        starting = weights_of(stages, size=size)
    return SurveyDesign(
        weights=starting,
        base=starting,
        stages=stages,
        lonely=lonely,
        weighted=weights is not None or bool(populations),
        clustered=bool(clusters),
        sampled=None if (starting > 0).all() else starting > 0,
        stratified=strata is not None,
        finite=bool(populations),
    )


def checked_weights(weights: ArrayLike) -> Floats:
    """See that weights are numbers, 0 or more, and not all 0."""
    found = np.asarray(weights, dtype=float).ravel()
    if not np.isfinite(found).all() or (found < 0).any():
        raise DataError("every weight must be a number, 0 or more")
    if found.size and not found.any():
        raise DataError("all weights are 0, so the sample stands for nobody")
    return found


def calibrated(design: SurveyDesign, calibration: Calibration) -> SurveyDesign:
    """Make a design's weights meet known totals, and its standard errors know of it.

    Raises:
        DataError: The design was calibrated before; name all totals in one calibration.
    """
    if design.calibration is not None or design.limits is not None:
        raise DataError("the weights were adjusted before; name all known totals at once")
    return replace(design, weights=calibration.reweight(design.weights), calibration=calibration)


def limited(design: SurveyDesign, limits: Limits) -> SurveyDesign:
    """Hold a design's weights within limits; its replicates are held too."""
    return replace(design, weights=limits.reweight(design.weights), limits=limits)


def degrees_of_freedom(design: SurveyDesign, used: NDArray[np.bool_] | None) -> int:
    """Count clusters less strata, among the rows used (None: all)."""
    if design.replicates is not None:
        return design.replicates.df
    stage = design.stages[0]
    if used is None:
        return stage.stratum.size - stage.sizes.size
    used = used if design.sampled is None else used & design.sampled
    if stage.unit is None:
        there = used
    else:
        there = np.bincount(stage.unit[used], minlength=stage.stratum.size) > 0
    strata = 1 if stage.sizes.size == 1 else np.unique(stage.stratum[there]).size
    return int(there.sum()) - strata
