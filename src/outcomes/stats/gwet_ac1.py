"""Gwet's AC1 and AC2: agreement beyond chance that holds where one code is far commoner."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.class_calibration import Floats
from outcomes.stats.resampled_units import ASSUMPTIONS, METHOD, Resampling, resampled_interval
from outcomes.stats.unit_codes import UnitCodes, few_units_warning, unit_codes

Level = Literal["nominal", "ordinal"]


def gwet_ac1(
    codes: ArrayLike,
    *,
    term: str,
    level: Level = "nominal",
    categories: Sequence[float] | None = None,
    probability: ArrayLike | None = None,
    resampling: Resampling | None = None,
) -> Estimate:
    """Estimate agreement beyond chance, where only codes hard to choose are left to chance.

    Alpha falls far where nearly everything has one code, although coders hardly ever differ. AC1
    does not, so the two are read together.

    Args:
        codes: Shape (units, coders); NaN where a coder did not code a unit. Units with one code
            help to know how common each code is.
        term: What was coded, in words.
        level: ``nominal`` gives AC1; ``ordinal`` gives AC2, in which near codes agree in part.
        categories: All codes that could have been given, two or more; by default those that were.
        probability: With which each unit was drawn, shape (units,), where not all the same.
        resampling: Draws, seed and confidence of the interval; by default 1,000, 1 and 95 %.

    Returns:
        AC1 or AC2: 1 where coders agree on all, 0 where they agree as often as chance. ``se`` is
        Gwet's, by linearization; the interval is drawn, as Gwet's has no width where all agree.

    Raises:
        DataError: No unit has two codes, there is only one category, or as ``unit_codes``.

    Source:
        Gwet (2008), Br. J. Math. Stat. Psychol. 61: 29-48; Gwet (2014), Handbook of Inter-Rater
        Reliability, 4th ed., ch. 2-5. Agrees with the package irrCAC 0.4, standard error
        included. Issue 7, agreement.
    """
    if level not in ("nominal", "ordinal"):
        raise DataError(f"the level must be nominal or ordinal, got {level!r}")
    units = unit_codes(codes, categories=categories, probability=probability)
    if units.categories.size < 2:
        raise DataError("AC1 needs to know two codes that could have been given; name them all")
    credit = _credit(units.categories.size, level=level)
    how = resampling or Resampling()

    def parts(of: UnitCodes) -> Floats:
        return _parts(of, credit)

    def value_of(sums: Floats) -> Floats:
        return _value(sums, credit)

    interval = resampled_interval(units, parts=parts, value_of=value_of, how=how)
    name = "AC1" if level == "nominal" else "AC2, ordinal weights"
    return Estimate(
        term=term,
        value=float(value_of((parts(units) * units.weight[:, None]).sum(axis=0))),
        se=_error(units, credit),
        low=interval.low,
        high=interval.high,
        level=how.confidence,
        n=units.compared,
        dropped=units.left_out,
        unit="AC1" if level == "nominal" else "AC2",
        method=f"Gwet's {name}, {METHOD} ({how.draws} draws, seed {how.seed})",
        assumptions=ASSUMPTIONS,
        warnings=few_units_warning(units),
    )


def _credit(q: int, *, level: Level) -> Floats:
    """Say what a pair of codes counts as: 1 for the same, and in AC2 less the farther apart."""
    if level == "nominal":
        return np.eye(q)
    apart = np.abs(np.subtract.outer(np.arange(q), np.arange(q)))
    pairs = apart * (apart + 1) / 2  # pairs of categories between the two, they included
    return np.asarray(1 - pairs / pairs.max())


def _parts(units: UnitCodes, credit: Floats) -> Floats:
    """Lay out whether a unit can be compared, its agreement, and the shares of its codes."""
    paired = (units.number >= 2).astype(float)
    shares = units.counts / units.number[:, None]
    return np.column_stack([paired, paired * units.agreement(credit), shares])


def _chance(usual: Floats, credit: Floats) -> Floats:
    q = len(credit)
    return np.asarray(credit.sum() / (q * (q - 1)) * (usual * (1 - usual)).sum(axis=-1))


def _value(sums: Floats, credit: Floats) -> Floats:
    seen = sums[..., 1] / sums[..., 0]
    usual = sums[..., 2:] / sums[..., 2:].sum(axis=-1, keepdims=True)
    chance = _chance(usual, credit)
    return np.asarray((seen - chance) / (1 - chance))


def _error(units: UnitCodes, credit: Floats) -> float:
    """Give the standard error over units, the shares of the codes not being known beforehand."""
    parts, weight = _parts(units, credit), units.weight
    n, q = len(parts), len(credit)
    if n < 2:
        return float("nan")
    sums = (parts * weight[:, None]).sum(axis=0)
    value, usual = float(_value(sums, credit)), sums[2:] / sums[2:].sum()
    chance = float(_chance(usual, credit))
    paired = parts[:, 0] * n / sums[0]
    agreed = paired * (parts[:, 1] - chance * parts[:, 0]) / (1 - chance)
    own = credit.sum() / (q * (q - 1)) * (parts[:, 2:] * (1 - usual)).sum(axis=1)
    moved = agreed - 2 * (1 - value) * (own - chance) / (1 - chance)
    return float(np.sqrt((weight**2 * (moved - value) ** 2).sum() / (n * (n - 1))))
