"""Test of a shift: do two groups of points come from one and the same source?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats
from outcomes.stats.energy_distance import checked, energy_distance, shares

DRAWS = 1_999
_ENOUGH = 20  # draws as far as what was found, after which no more are needed: p is large
_AT_ONCE = 200  # draws


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSampleShift:
    """How far two groups lie apart, and how often chance alone would part them as far."""

    distance: float  # as energy_distance
    p: float
    first: int  # points
    second: int


def two_sample_shift(
    distances: ArrayLike,
    second: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> TwoSampleShift:
    """Test by permutation whether two groups of points are spread alike.

    Nothing is assumed of how points are spread. The points are dealt out anew to the same places,
    which keep their weights. With equal weights the test is exact; with weights that go with where
    a point lies it is so nearly, and rather too careful (tests). Dealing ends early once 20 draws
    were as far apart: such a p is large, and need not be known better.

    Args:
        distances: Between all points of both groups, shape (n, n); a sum of such tables, each of
            Euclidean distances, will do as well.
        second: Which points are of the second group, shape (n,), true or false.
        weights: How much each counts within its group, shape (n,); equally where None. For a
            sample drawn with unequal probabilities: one divided by the probability.
        draws: How often points are dealt out at most.
        seed: Of the dealing; the same seed gives the same p.

    Returns:
        The distance with its p.

    Raises:
        DataError: As ``energy_distance``; or fewer than 99 draws.

    Source:
        Szekely & Rizzo (2004), InterStat 5: the energy test for equal distributions; agrees with
        ``energy::eqdist.etest`` of R where weights are equal. Early end: Besag & Clifford (1991),
        Biometrika 78: 301-304. Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9: 39.
    """
    chosen = np.asarray(second, dtype=bool)
    weight = np.ones(chosen.size) if weights is None else np.asarray(weights, dtype=np.float64)
    apart, chosen, weight = checked(distances, chosen, weight)
    if draws < 99:
        raise DataError(f"a permutation test needs 99 draws or more, got {draws}")
    first, other = shares(chosen, weight)
    return TwoSampleShift(
        distance=energy_distance(apart, chosen, weights=weight),
        p=_p(apart, first - other, draws=draws, rng=np.random.default_rng(seed)),
        first=int((~chosen).sum()),
        second=int(chosen.sum()),
    )


def _p(apart: Floats, contrast: Floats, *, draws: int, rng: np.random.Generator) -> float:
    observed = -float(contrast @ apart @ contrast)
    least = observed - 1e-9 * float(apart.max())
    as_far, made = 0, 0
    while made < draws and as_far < _ENOUGH:
        some = min(_AT_ONCE, draws - made)
        dealt = rng.permuted(np.tile(contrast, (some, 1)), axis=1)
        found = -np.einsum("ij,ij->i", dealt @ apart, dealt)
        as_far, made = as_far + int((found >= least).sum()), made + some
    return (1 + as_far) / (1 + made)
