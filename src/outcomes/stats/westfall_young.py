"""Westfall and Young's p values: several outcomes of the same places, tested together."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.permutation import assignments, is_exact

Floats = NDArray[np.float64]
TIE = 1e-9  # of the largest t: assignments that differ by less are taken for equally clear


def westfall_young(changes: ArrayLike, treated: ArrayLike) -> Floats:
    """Adjust the p values of several outcomes for all of them having been tested.

    Each assignment of treated places that could have been is tried on all outcomes at once, and
    each outcome is set against the clearest one of that assignment (step-down, max t). Outcomes
    that move together are thus not paid for twice, as Holm's correction would have it.

    Args:
        changes: After minus before of each outcome, shape (k, g): a row an outcome, a column a
            place; no NaN, for the places must be the same in all.
        treated: Which places were treated, shape (g,).

    Returns:
        The adjusted p of each outcome, shape (k,): exact where the assignments can be listed,
        never 0. One outcome alone gives ``permutation_p``.

    Raises:
        DataError: The shapes differ, a change is missing, one kind of place is missing, fewer
            than three places, or all places changed alike in an outcome.

    Source:
        Westfall & Young (1993), Resampling-Based Multiple Testing, algorithm 4.1 (free step-down);
        Ge, Dudoit & Speed (2003), Test 12: 1-77, box 1, whose ``multtest::mt.maxT`` it follows.
    """
    values, chosen = np.asarray(changes, dtype=float), np.asarray(treated, dtype=bool)
    _check(values, chosen)
    k, rest = int(chosen.sum()), int((~chosen).sum())
    values = values - values.mean(axis=1, keepdims=True)
    spread = (values**2).sum(axis=1, keepdims=True)
    if (np.sqrt(spread[:, 0]) <= 1e-9 * np.abs(np.asarray(changes, dtype=float)).max(axis=1)).any():
        raise DataError("all places changed alike in one outcome: nothing can be tested")
    ways = assignments(treated=k, untreated=rest)
    sums = values[:, ways].sum(axis=2)  # (outcomes, assignments)
    clear = _explained(sums, spread, treated=k, untreated=rest)
    seen = _explained(
        values[:, chosen].sum(axis=1, keepdims=True), spread, treated=k, untreated=rest
    )[:, 0]
    return _step_down(seen, clear, exact=is_exact(treated=k, untreated=rest))


def _explained(sums: Floats, spread: Floats, *, treated: int, untreated: int) -> Floats:
    """Give the share of the spread between places that an assignment explains.

    It rises with the size of t, and with nothing else, so that it ranks assignments as t does; it
    stays finite where an assignment parts the places without any overlap.
    """
    difference = sums * (1 / treated + 1 / untreated)  # the changes sum to 0
    share: Floats = difference**2 / (1 / treated + 1 / untreated) / spread
    return share


def _step_down(seen: Floats, clear: Floats, *, exact: bool) -> Floats:
    order = np.argsort(-seen)
    adjusted = np.empty(seen.size)
    highest = np.maximum.accumulate(clear[order[::-1]], axis=0)[::-1]  # over this and less clear
    as_clear = highest >= seen[order][:, None] - TIE
    count = as_clear.sum(axis=1)
    p = as_clear.mean(axis=1) if exact else (1 + count) / (1 + clear.shape[1])
    adjusted[order] = np.maximum.accumulate(p)
    return adjusted


def _check(values: Floats, chosen: NDArray[np.bool_]) -> None:
    if values.ndim != 2 or chosen.shape != values.shape[1:] or not len(values):
        raise DataError(
            f"a row an outcome and a column a place are needed, got {values.shape} and "
            f"{chosen.shape}"
        )
    if not np.isfinite(values).all():
        raise DataError("a change is not a number; all outcomes need the same places")
    if chosen.all() or not chosen.any() or chosen.size < 3:
        raise DataError(
            f"three places or more are needed, at least one of each kind; got {int(chosen.sum())} "
            f"treated of {chosen.size}"
        )
