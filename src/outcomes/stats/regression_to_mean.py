"""How far a matched comparison may fall back, where those it is made for had more before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FallBack:
    """By how much those like a group before had less of an excess afterwards."""

    times: float  # how many times as many the group had before as the others
    apart: float  # the same in standard errors of a group of as many, drawn by lot
    back: Floats  # shape (periods after,): of the group's total; below 0 where it had fewer


def regression_to_mean(
    before: ArrayLike, after: ArrayLike, group: ArrayLike, *, also: ArrayLike | None = None
) -> FallBack:
    """Work out how much of a group's excess chance alone would have taken away.

    Places that had more before had it partly by chance, and fall back. Others matched to a group
    by what was before do so too, and a group that was picked for what lasts does not: it then
    seems to rise beside them by as much. The others themselves show how far: by how much less of
    an excess before they kept (by least squares on all periods before) than would have grown with
    all of them. A group that was picked for its chance excess falls back as well, and nothing is
    wrong with the match. Which it was, no count can tell: the answer bounds it.

    Args:
        before: Counts of each place by period, shape (places, periods before), no NaN.
        after: The same from the start on, shape (places, periods after).
        group: Which places belong to the group, shape (places,); the others are not treated.
        also: What else was matched, shape (places, k).

    Returns:
        The excess, and what of it may fall back in each period after; 0 where places with more
        kept it, or ran ahead.

    Raises:
        DataError: Shapes differ, a value is no number, or a side is empty.

    Source:
        Galton (1886); Daw & Hatfield (2018), Health Services Research 53: 4138-4156, for matches
        on outcomes before.
    """
    first, later, chosen, rest = _checked(before, after, group, also)
    level = first.mean(axis=1)
    usual = float(level[~chosen].mean())
    excess = float(level[chosen].mean()) - usual
    one = float(level[~chosen].std()) / np.sqrt(chosen.sum())
    columns = np.column_stack([np.ones(len(first)), first, rest])
    slopes = np.linalg.lstsq(columns[~chosen], later[~chosen], rcond=None)[0][1:]
    apart = np.full(first.shape[1], excess)
    apart = np.append(apart, rest[chosen].mean(axis=0) - rest[~chosen].mean(axis=0))
    growth = later[~chosen].mean(axis=0) / usual if usual else np.ones(later.shape[1])
    lost = growth * excess - apart @ slopes
    lost = np.where(lost * excess > 0, lost, 0.0) * chosen.sum()
    return FallBack(
        times=float(level[chosen].mean() / usual) if usual else float("inf"),
        apart=float(excess / one) if one else float(np.sign(excess)) * float("inf"),
        back=np.asarray(lost, dtype=float),
    )


def _checked(
    before: ArrayLike, after: ArrayLike, group: ArrayLike, also: ArrayLike | None
) -> tuple[Floats, Floats, np.ndarray, Floats]:
    first, later = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    chosen = np.asarray(group, dtype=bool)
    rest = np.empty((len(chosen), 0)) if also is None else np.asarray(also, dtype=float)
    shapes = [each.shape for each in (first, later, rest)]
    if any(len(shape) != 2 or shape[0] != len(chosen) for shape in shapes) or not first.size:
        raise DataError(f"a row a place is needed in all tables, got {shapes} for {len(chosen)}")
    if not all(np.isfinite(each).all() for each in (first, later, rest)):
        raise DataError("a value is not a number; leave that place out and say so")
    if not chosen.any() or chosen.all():
        raise DataError("a group and others beside it are needed")
    return first, later, chosen, rest
