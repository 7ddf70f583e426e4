"""Sums that one contributor dominates: another could work out what the largest gave."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError


def dominance_reach(
    amounts: ArrayLike, largest: ArrayLike, *, percent: float, contributors: int = 1
) -> np.ndarray:
    """Say which sums fail the (n, k) rule, and by how much.

    Args:
        amounts: What each cell adds up to, 0 or more, shape (cells,).
        largest: The largest contributions to each cell, the largest first, 0 where there are
            fewer; shape (cells, at least ``contributors``).
        percent: k: the ``contributors`` largest may hold at most so much of the sum, 0 to 100.
        contributors: n.

    Returns:
        By how much the sum must stay uncertain upwards, in its unit, shape (cells,); 0 where the
        cell keeps the rule.

    Raises:
        DataError: Shapes differ, an amount is missing or negative, contributions exceed their
            sum, or the percentage is not between 0 and 100.

    Source:
        Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.
    """
    sums, parts = _contributions(amounts, largest, columns=contributors)
    if not 0 < percent < 100:
        raise DataError(f"the share of the largest must lie between 0 and 100%, got {percent:g}")
    top = parts[:, :contributors].sum(axis=1)
    reach: np.ndarray = np.maximum(100 / percent * top - sums, 0.0)
    return reach


def p_percent_reach(amounts: ArrayLike, largest: ArrayLike, *, percent: float) -> np.ndarray:
    """Say which sums fail the p% rule, and by how much.

    The second largest contributor knows the sum and its own part: what is left bounds the largest.

    Args:
        amounts: What each cell adds up to, 0 or more, shape (cells,).
        largest: The largest contributions to each cell, the largest first; shape (cells, >= 2).
        percent: p: nobody may come closer than so many percent to what another gave.

    Returns:
        By how much the sum must stay uncertain upwards, in its unit, shape (cells,); 0 where the
        cell keeps the rule.

    Raises:
        DataError: As for ``dominance_reach``.

    Source:
        Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.
    """
    sums, parts = _contributions(amounts, largest, columns=2)
    if not 0 < percent < 100:
        raise DataError(f"p must lie between 0 and 100%, got {percent:g}")
    rest = sums - parts[:, 0] - parts[:, 1]
    reach: np.ndarray = np.maximum(percent / 100 * parts[:, 0] - rest, 0.0)
    return reach


def _contributions(
    amounts: ArrayLike, largest: ArrayLike, *, columns: int
) -> tuple[np.ndarray, np.ndarray]:
    sums, parts = np.asarray(amounts, dtype=float), np.asarray(largest, dtype=float)
    if parts.ndim != 2 or sums.shape != parts.shape[:1] or parts.shape[1] < columns:
        raise DataError(f"the rule needs the {columns} largest contributions to each cell")
    if not (np.isfinite(sums).all() and np.isfinite(parts).all()):
        raise DataError("an amount or a contribution is missing; write 0 where nobody contributed")
    if (sums < 0).any() or (parts < 0).any() or (np.diff(parts, axis=1) > 0).any():
        raise DataError("contributions must be 0 or more and the largest first")
    if (parts.sum(axis=1) > sums * (1 + 1e-9)).any():
        raise DataError("the largest contributions to a cell exceed its sum")
    return sums, parts
