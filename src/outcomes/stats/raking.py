"""Raking: weights near the given ones with which the sample meets several known margins."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.sampling_stages import Codes, Floats
from outcomes.stats.survey_design import checked_weights

TOLERANCE = 1e-10  # of a margin's total
ROUNDS = 1000
AGREE = 1e-6  # by how much, of their size, the totals of two margins may differ
_SPARSE = 0.5  # share of possible cells below which only the occupied ones are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What is known of the population: how many people stand in each group of one column."""

    name: str
    codes: NDArray[np.intp]  # (rows,) index of the row's group
    labels: tuple[str, ...]  # (groups,)
    totals: Floats  # (groups,) people in the population


@dataclass(frozen=True, slots=True, kw_only=True)
class Raking:
    """Margins laid out over the cells of their crossing: rows of one cell are weighed alike."""

    margins: tuple[Margin, ...]
    cell: Codes  # (rows,)
    codes: tuple[Codes, ...]  # for each margin (cells,): the group that a cell stands in
    cells: int
    by_weight: bool  # whether residuals come from means by weight (post-stratification) or not

    def reweight(self, weights: Floats) -> Floats:
        """Rake weights to the margins.

        Args:
            weights: Starting weights, shape (rows,); 0 stays 0.

        Raises:
            DataError: A group with a total has nobody of weight above 0, or the margins cannot
                be met together; the message names the worst.
        """
        start = np.bincount(self.cell, weights, self.cells)
        current = start.copy()
        for _ in range(ROUNDS):
            worst, where = 0.0, (0, 0)
            for number, (margin, codes) in enumerate(zip(self.margins, self.codes, strict=True)):
                reached = np.bincount(codes, current, margin.totals.size)
                _require_people(margin, reached)
                factor = np.divide(
                    margin.totals, reached, out=np.ones(reached.size), where=reached > 0
                )
                off = np.abs(reached - margin.totals) / np.maximum(margin.totals, 1e-300)
                off[margin.totals == 0] = (reached > 0)[margin.totals == 0]
                if (highest := float(off.max())) > worst:
                    worst, where = highest, (number, int(off.argmax()))
                current *= factor[codes]
            if worst <= TOLERANCE:
                break
        else:
            self._refuse(worst, *where)
        ratio = np.divide(current, start, out=np.zeros(self.cells), where=start > 0)
        found: Floats = weights * ratio[self.cell]
        return found

    def residual(self, influence: Floats, base: Floats) -> Floats:
        """Take out of an influence what the margins explain: its regression on their groups."""
        counted = base if self.by_weight else (base > 0).astype(float)
        people = np.bincount(self.cell, counted, self.cells)
        carried = np.bincount(self.cell, counted * influence, self.cells)
        sizes = [margin.totals.size for margin in self.margins]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        normal, right = np.zeros((starts[-1], starts[-1])), np.zeros(starts[-1])
        for i, first in enumerate(self.codes):
            rows = slice(starts[i], starts[i + 1])
            right[rows] = np.bincount(first, carried, sizes[i])
            for j, second in enumerate(self.codes):
                crossed = np.bincount(first * sizes[j] + second, people, sizes[i] * sizes[j])
                normal[rows, starts[j] : starts[j + 1]] = crossed.reshape(sizes[i], sizes[j])
        # the groups of each margin add up to everybody, so the least solution of several is taken
        slopes = np.linalg.lstsq(normal, right, rcond=None)[0]
        explained = np.zeros(self.cells)
        for start, codes in zip(starts, self.codes, strict=False):
            explained += slopes[start + codes]
        found: Floats = influence - explained[self.cell]
        return found

    def _refuse(self, worst: float, number: int, group: int) -> None:
        margin = self.margins[number]
        raise DataError(
            f"the margins cannot all be met: after {ROUNDS} rounds {margin.name}="
            f"{margin.labels[group]} still differs from its total ({margin.totals[group]:g}) by "
            f"{100 * worst:.2g} %. Some combinations have nobody in the sample. Join small "
            "groups, or use fewer margins"
        )


def raking(margins: Sequence[Margin], *, by_weight: bool = False) -> Raking:
    """Lay margins out over the cells of their crossing.

    Args:
        margins: What is known; their totals add up to the same number of people.
        by_weight: Whether the regression that standard errors rest on counts each row by its
            starting weight, or each once as R's ``rake`` does. No matter where these are equal.

    Raises:
        DataError: There is none, their totals contradict each other, a total is negative or not
            a number, or a group that has people in the population has no row.

    Source:
        Deming and Stephan (1940), Ann. Math. Stat. 11: 427-444. Weights and standard errors agree
        with ``rake`` of R's survey at a tight tolerance.
    """
    if not margins:
        raise DataError("there is no margin to rake to")
    for margin in margins:
        _check(margin)
    _require_agreement(margins)
    shape = [margin.totals.size for margin in margins]
    if np.prod([float(each) for each in shape]) > 2**62:
        raise DataError("the margins have too many groups to be crossed. Join small groups")
    cell = margins[0].codes.astype(np.intp)
    for margin in margins[1:]:
        cell *= margin.totals.size
        cell += margin.codes
    possible = int(np.prod(shape))
    if possible > max(4 * cell.size, 1024):
        occupied, cell = np.unique(cell, return_inverse=True)
    else:
        there = np.bincount(cell, minlength=possible) > 0
        occupied = np.arange(possible)
        if there.sum() < _SPARSE * possible:
            occupied = np.flatnonzero(there)
            cell = (np.cumsum(there) - 1)[cell]
    codes = tuple(each.astype(np.intp) for each in np.unravel_index(occupied, shape))
    return Raking(
        margins=tuple(margins),
        cell=cell,
        codes=codes,
        cells=occupied.size,
        by_weight=by_weight,
    )


def rake(weights: ArrayLike, margins: Sequence[Margin]) -> Floats:
    """Rake weights to margins; see ``raking`` and ``Raking.reweight``."""
    start = checked_weights(weights)
    if margins and margins[0].codes.size != start.size:
        raise DataError(f"{start.size} weights but {margins[0].codes.size} rows in the margins")
    return raking(margins).reweight(start)


def margins_met(weights: Floats, margins: Sequence[Margin]) -> dict[str, float]:
    """Say by how much, of its total, the worst group of each margin is off."""
    found = {}
    for margin in margins:
        reached = np.bincount(margin.codes, weights, margin.totals.size)
        off = np.abs(reached - margin.totals) / np.maximum(margin.totals, 1e-300)
        found[margin.name] = float(np.where(margin.totals > 0, off, reached > 0).max())
    return found


def _check(margin: Margin) -> None:
    if not np.isfinite(margin.totals).all() or (margin.totals < 0).any():
        raise DataError(f"{margin.name}: every total must be a number, 0 or more")
    if not margin.totals.any():
        raise DataError(f"{margin.name}: all totals are 0")
    if (margin.codes < 0).any() or (margin.codes >= margin.totals.size).any():
        raise DataError(f"{margin.name}: a row stands in no group of the margin")
    _require_people(margin, np.bincount(margin.codes, minlength=margin.totals.size))


def _require_people(margin: Margin, reached: NDArray[np.generic]) -> None:
    nobody = (np.asarray(reached) == 0) & (margin.totals > 0)
    if nobody.any():
        at = int(np.flatnonzero(nobody)[0])
        raise DataError(
            f"nobody in the sample has {margin.name}={margin.labels[at]}, for which the margin "
            f"says {margin.totals[at]:g}. Join it with a group that is in the sample"
        )


def _require_agreement(margins: Sequence[Margin]) -> None:
    first = margins[0]
    people = float(first.totals.sum())
    for margin in margins[1:]:
        if first.codes.size != margin.codes.size:
            raise DataError(f"{first.name} and {margin.name} have different numbers of rows")
        other = float(margin.totals.sum())
        if abs(other - people) > AGREE * people:
            raise DataError(
                f"the margins contradict each other: {first.name} adds up to {people:.12g} "
                f"people, {margin.name} to {other:.12g}. Correct the totals, or give shares"
            )
