"""Percent agreement: how often do two coders give the same code, in all and for each code?"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.class_calibration import Floats
from outcomes.stats.krippendorff_alpha import coincidence_parts
from outcomes.stats.resampled_units import ASSUMPTIONS, METHOD, Resampling, resampled_interval
from outcomes.stats.unit_codes import UnitCodes, few_units_warning, unit_codes


def percent_agreement(
    codes: ArrayLike,
    *,
    term: str,
    categories: Sequence[float] | None = None,
    probability: ArrayLike | None = None,
    resampling: Resampling | None = None,
) -> Estimate:
    """Estimate how often two coders, drawn at random, give a unit the same code.

    Chance is not taken off: where nearly everything has one code, coders who guess agree too.

    Args:
        codes: Shape (units, coders); NaN where a coder did not code a unit. A unit with fewer
            than two codes is left out.
        term: What was coded, in words.
        categories: All codes that could have been given; by default those that were. They matter
            for the interval only.
        probability: With which each unit was drawn, shape (units,), where not all the same.
        resampling: Draws, seed and confidence of the interval; by default 1,000, 1 and 95 %.

    Returns:
        The share of pairs of codes that agree, each unit counting the same. ``n`` counts the units
        with two codes or more.

    Raises:
        DataError: No unit has two codes, there is only one category, or as ``unit_codes``.

    Source:
        Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 2. Issue 7, agreement.
    """
    units = unit_codes(codes, categories=categories, probability=probability)
    _check_categories(units)
    return _estimate(
        units, parts=_agreed, term=term, method="percent agreement", how=resampling or Resampling()
    )


def specific_agreement(
    codes: ArrayLike,
    *,
    category: float,
    term: str,
    categories: Sequence[float] | None = None,
    probability: ArrayLike | None = None,
    resampling: Resampling | None = None,
) -> Estimate:
    """Estimate how often another coder gives a code too, where one coder has given it.

    Args:
        codes: Shape (units, coders); NaN where a coder did not code a unit. A unit with fewer
            than two codes is left out.
        category: The code asked about.
        term: What was coded, in words.
        categories: All codes that could have been given; by default those that were. They matter
            for the interval only.
        probability: With which each unit was drawn, shape (units,), where not all the same.
        resampling: Draws, seed and confidence of the interval; by default 1,000, 1 and 95 %.

    Returns:
        The share; ``n`` counts the units with two codes or more of which one is the category.

    Raises:
        DataError: Nobody gave the code to a unit with two codes, there is only one category, or
            as ``unit_codes``.

    Source:
        Cicchetti & Feinstein (1990), J. Clin. Epidemiol. 43: 551-558 (positive and negative
        agreement); for several coders Fleiss (1971), Psychol. Bull. 76: 378-382, the conditional
        probability of a category. Issue 7, agreement.
    """
    units = unit_codes(codes, categories=categories, probability=probability)
    _check_categories(units)
    place, q = int(np.searchsorted(units.categories, category)), units.categories.size
    there = place < q and units.categories[place] == category
    used = (units.number >= 2) & (units.counts[:, place] > 0 if there else False)
    if not used.any():
        raise DataError(f"{term}: nobody gave the code {category:g} to anything coded twice")

    def parts(of: UnitCodes) -> Floats:
        meet = coincidence_parts(of).reshape(-1, q, q)[:, place]
        return np.column_stack([meet.sum(axis=1), meet[:, place]])

    return _estimate(
        units,
        parts=parts,
        term=term,
        method=f"agreement on the code {category:g}",
        how=resampling or Resampling(),
        n=int(used.sum()),
    )


def _check_categories(units: UnitCodes) -> None:
    if units.categories.size < 2:
        raise DataError(
            "all codes are the same, and an interval needs to know which others could have been "
            "given; name them all"
        )


def _agreed(units: UnitCodes) -> Floats:
    paired = (units.number >= 2).astype(float)
    return np.column_stack([paired, paired * units.agreement(np.eye(units.categories.size))])


def _share(sums: Floats) -> Floats:
    return np.asarray(sums[..., 1] / sums[..., 0])


def _estimate(
    units: UnitCodes,
    *,
    parts: Callable[[UnitCodes], Floats],
    term: str,
    method: str,
    how: Resampling,
    n: int | None = None,
) -> Estimate:
    interval = resampled_interval(units, parts=parts, value_of=_share, how=how)
    return Estimate(
        term=term,
        value=float(_share((parts(units) * units.weight[:, None]).sum(axis=0))),
        se=interval.se,
        low=interval.low,
        high=interval.high,
        level=how.confidence,
        n=units.compared if n is None else n,
        dropped=units.left_out,
        unit="share of pairs of codes",
        method=f"{method}, {METHOD} ({how.draws} draws, seed {how.seed})",
        assumptions=ASSUMPTIONS,
        warnings=few_units_warning(units),
    )
