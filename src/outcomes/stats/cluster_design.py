"""A regression whose rows come in clusters, prepared once for every error that holds with few."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg

from outcomes.errors import DataError
from outcomes.stats.numbered_labels import numbered
from outcomes.stats.two_way_effects import COLLINEAR

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
MOST_NUMBERS = 40_000_000  # rows x parameters that are held at once
SINGULAR = 1e-9  # of a cluster's share in its own fit: below this the rest says nothing of it
ALONE = 1e-6  # of the slope's weights that may lie where the rest says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterDesign:
    """What the errors of a slope need of regressors, controls and clusters; rows by cluster."""

    order: Integers  # shape (n,): the rows as given, put in order of clusters
    starts: Integers  # shape (G,): where each cluster begins
    root: Floats | None  # shape (n,): roots of the weights
    basis: Floats  # shape (n, p), orthonormal: controls first, then the regressors
    controls: int  # how many columns of the basis are controls
    weights: Floats  # shape (n, k): slope = weights' y
    regressors: Floats  # shape (n, k), as given (times the roots)
    reduced: Floats  # weights times the inverse root of each cluster's leverage block: CR2
    jackknifed: Floats  # weights times the inverse of the block: CR3
    df: Floats  # shape (k,): Satterthwaite degrees of freedom of CR2
    alone: NDArray[np.bool_]  # shape (k,): a slope that hangs on one cluster
    parameters: int  # all
    nested: int  # of them, levels of effects that lie within clusters

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return self.starts.size


def cluster_design(
    x: ArrayLike,
    *,
    cluster: ArrayLike,
    controls: ArrayLike | None = None,
    effects: Sequence[ArrayLike] = (),
    weights: ArrayLike | None = None,
) -> ClusterDesign:
    """Prepare a regression on x with controls and fixed effects, its rows in clusters.

    Args:
        x: The regressor(s) of interest, shape (n,) or (n, k), no NaN.
        cluster: Which cluster (place) each row is of, shape (n,): what is independent.
        controls: Other regressors, shape (n,) or (n, q). A constant is always among them.
        effects: Labels whose every level gets a parameter, as ``(place, month)``.
        weights: How much each row counts, shape (n,), above 0: one over the variance of its
            error, up to a factor.

    Returns:
        The prepared design. It is the same however rows are ordered and columns are scaled.

    Raises:
        DataError: Shapes differ, a number is missing, fewer than two clusters, no more rows than
            parameters, or a regressor of interest does not vary beyond what the controls and
            effects explain.
    """
    numbers, clusters = numbered(cluster)
    if clusters < 2:
        raise DataError("errors by cluster need two clusters at least; all rows are of one")
    order = np.argsort(numbers, kind="stable")
    sizes = np.bincount(numbers)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    given = _table(x, rows=order.size, what="regressor")[order]
    root = _root(weights, rows=order.size)
    known, nested = _known(controls, effects, order=order, clusters=numbers)
    interest = given
    if root is not None:
        root = root[order]
        known, interest = known * root[:, None], given * root[:, None]
    controls_basis = orthonormal_basis(known)
    own, slope_weights = _own_part(interest, controls_basis, spread=given - given.mean(axis=0))
    basis = np.hstack([controls_basis, own])
    if basis.shape[0] <= basis.shape[1]:
        raise DataError(f"{basis.shape[0]} rows are too few for {basis.shape[1]} parameters")
    blocks = _adjusted(basis, slope_weights, starts=starts, sizes=sizes)
    return ClusterDesign(
        order=order,
        starts=starts,
        root=root,
        basis=basis,
        controls=controls_basis.shape[1],
        weights=slope_weights,
        regressors=interest,
        reduced=blocks.reduced,
        jackknifed=blocks.jackknifed,
        df=blocks.df,
        alone=blocks.alone,
        parameters=basis.shape[1],
        nested=nested,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    reduced: Floats
    jackknifed: Floats
    df: Floats
    alone: NDArray[np.bool_]


def _adjusted(basis: Floats, weights: Floats, *, starts: Integers, sizes: Integers) -> _Blocks:
    """Adjust the slope's weights in each cluster for how far the cluster fits itself."""
    rows = np.arange(sizes.max())[None, :] < sizes[:, None]
    if rows.size <= 4 * basis.shape[0]:  # all clusters at once, the short ones filled up with 0
        table, own = (np.zeros((*rows.shape, part.shape[1])) for part in (basis, weights))
        table[rows], own[rows] = basis, weights
        reduced, jackknifed, lost = _turned(table, own)
        crossed = table.transpose(0, 2, 1) @ reduced
        reduced, jackknifed = reduced[rows], jackknifed[rows]
    else:
        parts = [slice(at, at + size) for at, size in zip(starts, sizes, strict=True)]
        turned = [_turned(basis[part][None], weights[part][None]) for part in parts]
        reduced, jackknifed = (np.vstack([each[i][0] for each in turned]) for i in (0, 1))
        lost = np.vstack([each[2] for each in turned])
        crossed = np.stack([basis[part].T @ reduced[part] for part in parts])
    lengths = np.add.reduceat(reduced**2, starts, axis=0)
    df = np.empty(weights.shape[1])
    for number in range(df.size):
        together = crossed[:, :, number]
        moments = np.diag(lengths[:, number]) - together @ together.T
        size = (moments**2).sum()
        df[number] = np.trace(moments) ** 2 / size if size > 0 else 0.0
    alone = (lost > ALONE * np.linalg.norm(weights, axis=0)).any(axis=0)
    return _Blocks(reduced=reduced, jackknifed=jackknifed, df=df, alone=alone)


def _turned(table: Floats, own: Floats) -> tuple[Floats, Floats, Floats]:
    """Multiply each cluster's weights by the power -1/2 and -1 of one minus its leverage.

    Args:
        table: The clusters' rows of the basis, shape (G, m, p).
        own: Their weights, shape (G, m, k).

    Returns:
        Both products, shape (G, m, k), and the length of the weights in directions of which
        the other clusters say nothing, shape (G, k).
    """
    left, singular, _ = np.linalg.svd(table, full_matrices=False)
    gap = 1 - singular**2
    none = gap < SINGULAR
    safe = np.where(none, 1.0, gap)
    along = left.transpose(0, 2, 1) @ own
    half = np.where(none, 0.0, 1 / np.sqrt(safe)) - 1
    whole = np.where(none, 0.0, 1 / safe) - 1
    reduced = own + left @ (half[:, :, None] * along)
    jackknifed = own + left @ (whole[:, :, None] * along)
    return reduced, jackknifed, np.linalg.norm(none[:, :, None] * along, axis=1)


def orthonormal_basis(columns: Floats) -> Floats:
    """Give an orthonormal basis of columns, shape (n, q), some of which may be sums of others."""
    lengths = np.linalg.norm(columns, axis=0)
    kept = columns[:, lengths > 0] / lengths[lengths > 0]
    turned, triangle, _ = linalg.qr(kept, mode="economic", pivoting=True, check_finite=False)
    rank = int((np.abs(np.diag(triangle)) > 1e-10).sum())
    found: Floats = turned[:, :rank]
    return found


def _own_part(interest: Floats, known: Floats, *, spread: Floats) -> tuple[Floats, Floats]:
    """Give a basis of what the controls leave of the regressors, and the slopes' weights."""
    left = interest - known @ (known.T @ interest)
    left -= known @ (known.T @ left)  # once more for the last digits
    lengths = np.linalg.norm(left, axis=0)
    if (lengths <= COLLINEAR * np.linalg.norm(spread, axis=0)).any() or not lengths.all():
        raise DataError(
            "a regressor does not vary beyond what the controls and effects explain: nothing is "
            "left to compare"
        )
    own, triangle = np.linalg.qr(left / lengths)
    if (np.abs(np.diag(triangle)) < 1e-7).any():
        raise DataError("a regressor is a sum of the others; leave one out")
    return own, own @ np.linalg.inv(triangle).T / lengths


def _table(values: ArrayLike, *, rows: int, what: str) -> Floats:
    given = np.asarray(values, dtype=float)
    table: Floats = given[:, None] if given.ndim == 1 else given
    if table.ndim != 2 or table.shape[0] != rows:
        raise DataError(f"one {what} a row is needed, got {given.shape} for {rows} rows")
    if not np.isfinite(table).all():
        raise DataError(f"a {what} is not a number; leave that row out and say so")
    _not_too_many(table.size)
    return table


def _root(weights: ArrayLike | None, *, rows: int) -> Floats | None:
    if weights is None:
        return None
    given = np.asarray(weights, dtype=float)
    if given.shape != (rows,) or not np.isfinite(given).all() or (given <= 0).any():
        raise DataError("weights must be one number above 0 a row")
    root: Floats = np.sqrt(given / given.mean())
    return root


def _known(
    controls: ArrayLike | None,
    effects: Sequence[ArrayLike],
    *,
    order: Integers,
    clusters: Integers,
) -> tuple[Floats, int]:
    """Lay out a constant, the controls and a column for each level of an effect, by cluster.

    Returns:
        The columns, and how many levels lie within clusters, so that they use up nothing between.
    """
    columns, nested = [np.ones((order.size, 1))], 0
    if controls is not None:
        columns.append(_table(controls, rows=order.size, what="control")[order])
    for labels in effects:
        codes, levels = numbered(labels)
        if codes.size != order.size:
            raise DataError(f"one label of an effect a row is needed, got {codes.size}")
        _not_too_many(order.size * levels)
        columns.append((codes[order][:, None] == np.arange(levels)).astype(float))
        nested += (levels - 1) * _within(codes, clusters, levels=levels)
    return np.hstack(columns), nested


def _within(codes: Integers, clusters: Integers, *, levels: int) -> bool:
    of_level = np.zeros(levels, dtype=np.intp)
    of_level[codes] = clusters
    return bool((of_level[codes] == clusters).all())


def _not_too_many(numbers: int) -> None:
    if numbers > MOST_NUMBERS:
        raise DataError(
            "so many rows and effects need no method for few clusters: fit two_way_slopes and "
            "ask clustered_slope for the error"
        )
