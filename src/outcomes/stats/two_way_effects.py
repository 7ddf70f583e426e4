"""Take out what is particular to each unit and what all units share in each period."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg, sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import cg

from outcomes.errors import DataError
from outcomes.stats.numbered_labels import numbered

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
MOST_CELLS = 20_000_000  # units x periods up to which their table is kept dense
MOST_SOLVED = 1_500  # effects up to which the equations are solved exactly, beyond by iteration
COLLINEAR = 1e-9  # of a regressor's spread: what is left of it is rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWayEffects:
    """Which unit and which period each row belongs to; the longer side is called ``many``."""

    many: Integers  # shape (n,), from 0
    few: Integers
    weight: Floats | None  # shape (n,), or None where every row counts alike
    units_are_many: bool
    dimension: int  # how many parameters the effects take
    in_order: bool  # balanced, and rows lie unit by unit with the periods in turn
    # weight of each pair, shape (many, few); None where the panel is balanced: every unit has
    # every period equally often, and rows count alike
    cells: "Floats | sparse.csr_array | None"
    factor: Floats | None  # triangular factor of the equations of the fewer effects

    @property
    def unit(self) -> Integers:
        """The unit of each row."""
        return self.many if self.units_are_many else self.few

    @property
    def period(self) -> Integers:
        """The period of each row."""
        return self.few if self.units_are_many else self.many


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWaySlopes:
    """Slopes of an outcome on regressors, within units and periods."""

    slope: Floats  # shape (k,)
    residual: Floats  # shape (n,)
    regressors: Floats  # shape (n, k), after the effects
    bread: Floats  # shape (k, k): inverse of their (weighted) cross products
    largest: float  # the largest outcome as given, without its sign: rounding is a part of it
    effects: TwoWayEffects

    @property
    def parameters(self) -> int:
        """How many parameters were fitted, the effects included."""
        return self.effects.dimension + self.slope.size


def two_way_effects(
    unit: ArrayLike, period: ArrayLike, *, weights: ArrayLike | None = None
) -> TwoWayEffects:
    """Prepare to take unit and period effects out of any variable of the same rows.

    Args:
        unit: Which unit (place) each row is of, shape (n,).
        period: Which period each row is of, shape (n,). Rows that were not observed are left
            out; the panel need not be balanced.
        weights: How much each row counts, shape (n,), above 0.

    Returns:
        The prepared effects, for ``without_effects`` and ``two_way_slopes``.

    Raises:
        DataError: The shapes differ, or a weight is not a number above 0.
    """
    (units, many), (periods, few) = numbered(unit), numbered(period)
    if units.shape != periods.shape:
        raise DataError(f"each row needs a unit and a period, got {units.size} and {periods.size}")
    weight = None if weights is None else np.asarray(weights, dtype=float)
    if weight is not None and (
        weight.shape != units.shape or not np.isfinite(weight).all() or (weight <= 0).any()
    ):
        raise DataError("weights must be one number above 0 a row")
    units_are_many = many >= few
    if not units_are_many:
        units, periods, many, few = periods, units, few, many
    cells = _cells(units, periods, shape=(many, few), weight=weight)
    dense = cells if isinstance(cells, np.ndarray) else None
    balanced = dense is not None and weight is None and bool((dense == dense[0, 0]).all())
    parts, factor = 1, None
    if not balanced:  # parts that share neither a unit nor a period take one parameter less each
        shared = _shared(cells)
        parts, part = connected_components(sparse.csr_array(shared), directed=False)
        factor = _factor(cells, shared, part)
    return TwoWayEffects(
        many=units,
        few=periods,
        weight=weight,
        units_are_many=units_are_many,
        dimension=many + few - parts,
        in_order=balanced and _in_order(units, periods, shape=(many, few)),
        cells=None if balanced else cells,
        factor=factor,
    )


def without_effects(values: ArrayLike, effects: TwoWayEffects) -> Floats:
    """Give what is left of variables after unit and period effects (the residuals on dummies).

    Args:
        values: Shape (n,) or (n, k), no NaN.
        effects: From ``two_way_effects``, of the same rows.

    Returns:
        The residuals, of the same shape. A balanced panel is demeaned twice; otherwise the
        equations of the effects are solved, so that nothing depends on a number of rounds.

    Raises:
        DataError: The shapes differ, or a value is not a number.

    Source:
        Frisch & Waugh (1933), Econometrica 1: 387-401; Lovell (1963), J. Am. Stat. Assoc. 58:
        993-1010. Agrees with ``fixest::demean`` of R.
    """
    given = np.asarray(values, dtype=float)
    if given.ndim not in (1, 2) or given.shape[0] != effects.many.size:
        raise DataError(f"one value a row is needed, got {given.shape} for {effects.many.size}")
    if not np.isfinite(given).all():
        raise DataError("a value is not a number; leave that row out and say so")
    columns = given[:, None] if given.ndim == 1 else given
    left = np.empty_like(columns)
    for number in range(columns.shape[1]):
        column = columns[:, number] - columns[:, number].mean()
        if effects.cells is None:
            left[:, number] = _demeaned(column, effects)
        else:
            left[:, number] = _projected(column, effects, cells=effects.cells)
            if not _is_steady(effects):  # once more for the last digits
                left[:, number] = _projected(left[:, number], effects, cells=effects.cells)
    return left[:, 0] if given.ndim == 1 else left


def two_way_slopes(y: ArrayLike, x: ArrayLike, *, effects: TwoWayEffects) -> TwoWaySlopes:
    """Fit the slope of an outcome on one or several regressors within units and periods.

    Args:
        y: The outcome, shape (n,).
        x: The regressors, shape (n,) or (n, k).
        effects: From ``two_way_effects``, of the same rows.

    Raises:
        DataError: Shapes differ, a value is not a number, too few rows, or a regressor does not
            vary beyond what the effects and the other regressors explain.
    """
    outcome, given = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    if outcome.ndim != 1 or given.ndim not in (1, 2):
        raise DataError("the outcome must be a list, the regressors a list or a table")
    regressors = given[:, None] if given.ndim == 1 else given
    within, left = without_effects(outcome, effects), without_effects(regressors, effects)
    if outcome.size <= effects.dimension + regressors.shape[1]:
        raise DataError(
            f"{outcome.size} rows are too few for {effects.dimension} effects of units and periods "
            f"and {regressors.shape[1]} slope(s)"
        )
    weighed = left if effects.weight is None else left * effects.weight[:, None]
    spread = np.linalg.norm(left, axis=0)
    if (spread <= COLLINEAR * np.linalg.norm(regressors - regressors.mean(axis=0), axis=0)).any():
        raise DataError(
            "a regressor is the same for all units in each period, or never changes within a "
            "unit: nothing is left to compare"
        )
    crossed = weighed.T @ left
    scale = np.sqrt(np.diag(crossed))
    if np.linalg.eigvalsh(crossed / np.outer(scale, scale))[0] < 1e-12:
        raise DataError("a regressor is a sum of the others; leave one out")
    bread = np.linalg.inv(crossed / np.outer(scale, scale)) / np.outer(scale, scale)
    slope = bread @ (weighed.T @ within)
    return TwoWaySlopes(
        slope=slope,
        residual=within - left @ slope,
        regressors=left,
        bread=bread,
        largest=float(np.abs(outcome).max()),
        effects=effects,
    )


def _cells(
    many: Integers, few: Integers, *, shape: tuple[int, int], weight: Floats | None
) -> "Floats | sparse.csr_array":
    if shape[0] * shape[1] <= max(MOST_CELLS, 4 * many.size):
        pairs = np.bincount(many * shape[1] + few, weight, minlength=shape[0] * shape[1])
        return pairs.reshape(shape).astype(float, copy=False)
    counts = np.ones(many.size) if weight is None else weight
    return sparse.coo_array((counts, (many, few)), shape=shape).tocsr()


def _shared(cells: "Floats | sparse.csr_array") -> "Floats | sparse.csr_array":
    """Say how strongly each two of the fewer effects are tied by the many, shape (few, few)."""
    per_many = np.asarray(cells.sum(axis=1)).ravel()
    if isinstance(cells, np.ndarray):
        tied: Floats = cells.T @ (cells / per_many[:, None])
        return tied
    return (cells.T @ sparse.diags_array(1 / per_many) @ cells).tocsr()


def _factor(
    cells: "Floats | sparse.csr_array", shared: "Floats | sparse.csr_array", part: Integers
) -> Floats | None:
    """Factor the equations of the fewer effects, after the others were eliminated."""
    if part.size > MOST_SOLVED:
        return None
    per_few = np.asarray(cells.sum(axis=0)).ravel()
    tied = shared if isinstance(shared, np.ndarray) else shared.toarray()
    equations = np.diag(per_few) - tied
    # one effect a part is free: hold the sum of the part's effects at 0
    together = part[:, None] == part[None, :]
    equations += together * (per_few.mean() / np.bincount(part)[part])[:, None]
    found: Floats = linalg.cholesky(equations, lower=True)
    return found


def _in_order(many: Integers, few: Integers, *, shape: tuple[int, int]) -> bool:
    if many.size != shape[0] * shape[1]:
        return False
    rows, columns = many.reshape(shape), few.reshape(shape)
    return bool((rows == rows[:, :1]).all() and (columns == np.arange(shape[1])).all())


def _demeaned(column: Floats, effects: TwoWayEffects) -> Floats:
    if effects.in_order:
        table = column.reshape(-1, effects.few[-1] + 1)
        table = table - table.mean(axis=1, keepdims=True)
        table -= table.mean(axis=0)
        flat: Floats = table.ravel()
        return flat
    per_many, per_few = np.bincount(effects.many, column), np.bincount(effects.few, column)
    n = column.size
    left: Floats = column - (per_many * (per_many.size / n))[effects.many]
    left -= (per_few * (per_few.size / n))[effects.few]
    return left


def _is_steady(effects: TwoWayEffects) -> bool:
    """Say whether the equations are so well tied that one solution keeps its digits."""
    if effects.factor is None:
        return False
    pivots = np.diag(effects.factor)
    return bool(pivots.min() > 0.1 * pivots.max())


def _projected(
    column: Floats, effects: TwoWayEffects, *, cells: "Floats | sparse.csr_array"
) -> Floats:
    weighed = column if effects.weight is None else column * effects.weight
    of_many = np.asarray(cells.sum(axis=1)).ravel()
    sums = np.bincount(effects.many, weighed)
    right = np.bincount(effects.few, weighed) - cells.T @ (sums / of_many)
    if effects.factor is not None:
        few = linalg.cho_solve((effects.factor, True), right)
    else:
        few = _iterated(cells, right, of_many=of_many, near=1e-14 * np.abs(weighed).sum())
    many = (sums - cells @ few) / of_many
    left: Floats = column - many[effects.many] - few[effects.few]
    return left


def _iterated(
    cells: "Floats | sparse.csr_array", right: Floats, *, of_many: Floats, near: float
) -> Floats:
    """Solve the same equations by conjugate gradients, where they are too many to factor."""
    of_few = np.asarray(cells.sum(axis=0)).ravel()

    def applied(few: Floats) -> Floats:
        found: Floats = of_few * few - cells.T @ ((cells @ few) / of_many)
        return found

    size = of_few.size
    system = sparse.linalg.LinearOperator((size, size), matvec=applied, dtype=float)
    close = sparse.diags_array(1 / of_few)
    few, missed = cg(system, right, rtol=1e-12, atol=near, maxiter=20_000, M=close)
    if missed:
        raise DataError(
            "the effects of units and periods could not be told apart in 20,000 rounds: the "
            "panel hangs together by too few rows"
        )
    found: Floats = few
    return found
