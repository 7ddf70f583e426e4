"""Krippendorff's alpha: how much better do coders agree than by chance?"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.class_calibration import Floats
from outcomes.stats.resampled_units import ASSUMPTIONS, METHOD, Resampling, resampled_interval
from outcomes.stats.unit_codes import UnitCodes, few_units_warning, unit_codes

Level = Literal["nominal", "ordinal", "interval"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")
NO_VARIATION = (
    "all coders gave the same code to everything: agreement is complete, alpha cannot be computed"
)


def krippendorff_alpha(
    codes: ArrayLike,
    *,
    term: str,
    level: Level = "nominal",
    categories: Sequence[float] | None = None,
    probability: ArrayLike | None = None,
    resampling: Resampling | None = None,
) -> Estimate:
    """Estimate by how much coders agree beyond what guessing with the same shares would give.

    Args:
        codes: Shape (units, coders); NaN where a coder did not code a unit. A unit with fewer
            than two codes is left out.
        term: What was coded, in words.
        level: ``nominal`` (codes are the same or not), ``ordinal`` (they have an order) or
            ``interval`` (their distances count).
        categories: All codes that could have been given; by default those that were. They matter
            for the interval only.
        probability: With which each unit was drawn, shape (units,), where not all the same.
        resampling: Draws, seed and confidence of the interval; by default 1,000, 1 and 95 %.

    Returns:
        Alpha: 1 where coders agree on all, 0 where they agree as often as chance, below 0 where
        less often. ``n`` counts the units with two codes or more.

    Raises:
        DataError: No unit has two codes, all codes are the same, or as ``unit_codes``.

    Source:
        Krippendorff (2019), Content Analysis, 4th ed., ch. 12; Hayes & Krippendorff (2007),
        Communication Methods and Measures 1: 77-89. Agrees with the package krippendorff 0.9.
        Their bootstrap draws single disagreements as if each were a unit of its own; here units
        are drawn, see ``resampled_units``. Issue 7, agreement.
    """
    if level not in LEVELS:
        raise DataError(f"the level must be one of {', '.join(LEVELS)}, got {level!r}")
    units = unit_codes(codes, categories=categories, probability=probability)
    how = resampling or Resampling()

    def value_of(sums: Floats) -> Floats:
        return alpha_of(sums.reshape(*sums.shape[:-1], q, q), units.categories, level=level)

    q = units.categories.size
    sums = (coincidence_parts(units) * units.weight[:, None]).sum(axis=0)
    if ((sums.reshape(q, q).sum(axis=0)) > 0).sum() < 2:
        raise DataError(NO_VARIATION)
    interval = resampled_interval(units, parts=coincidence_parts, value_of=value_of, how=how)
    return Estimate(
        term=term,
        value=float(value_of(sums)),
        se=interval.se,
        low=interval.low,
        high=interval.high,
        level=how.confidence,
        n=units.compared,
        dropped=units.left_out,
        unit="alpha",
        method=f"Krippendorff's alpha, {level}, {METHOD} ({how.draws} draws, seed {how.seed})",
        assumptions=ASSUMPTIONS,
        warnings=few_units_warning(units),
    )


def coincidence_parts(units: UnitCodes) -> Floats:
    """Lay out the coincidences of each unit in one row, shape (n, q * q)."""
    return units.coincidences().reshape(len(units.counts), -1)


def alpha_of(coincidences: Floats, categories: Floats, *, level: Level) -> Floats:
    """Compute alpha from sums of coincidences, shape (..., q, q); NaN where nothing varies."""
    totals = coincidences.sum(axis=-1)
    number = totals.sum(axis=-1)
    distance = _distance(totals, categories, level=level)
    seen = (coincidences * distance).sum(axis=(-2, -1))
    by_chance = np.einsum("...c,...k,...ck->...", totals, totals, distance)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - (number - 1) * seen / by_chance)


def _distance(totals: Floats, categories: Floats, *, level: Level) -> Floats:
    """Say how far apart two codes count, shape (q, q) or, for ordinal codes, (..., q, q)."""
    q = categories.size
    if level == "nominal":
        return np.asarray(1 - np.eye(q))
    if level == "interval":
        return np.asarray((categories[:, None] - categories[None, :]) ** 2)
    # ordinal: how many codes lie between the middles of two categories
    middle = np.cumsum(totals, axis=-1) - totals / 2
    return np.asarray((middle[..., :, None] - middle[..., None, :]) ** 2)
