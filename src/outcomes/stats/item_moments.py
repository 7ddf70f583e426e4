"""What the answers to several items hold for every reliability: counts, means, covariances."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError

Floats = NDArray[np.float64]
Missing = Literal["pairwise", "listwise"]
_STACK = 128  # rows multiplied at a time: below what a linear algebra library splits over threads
_ROWS = 32 * _STACK  # a block of rows that stays in the cache of the processor


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMoments:
    """The first and second moments of k items, as far as they were answered."""

    n: int  # respondents who entered: with one answer or more, or with all of them
    answered: NDArray[np.int64]  # how many answered each item, shape (k,)
    mean: Floats  # shape (k,)
    covariance: Floats  # with n - 1 below the line, shape (k, k)
    item_total: Floats  # correlation of each item with the mean of a person's answers, shape (k,)

    @property
    def sd(self) -> Floats:
        """Standard deviation of each item, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def correlation(self) -> Floats:
        """Correlations of the items, shape (k, k)."""
        return self.covariance / np.outer(self.sd, self.sd)


def item_moments(values: ArrayLike, *, missing: Missing = "pairwise") -> ItemMoments:
    """Find the means and covariances of items, in one pass over the respondents.

    Args:
        values: Answers, shape (respondents, items); NaN where an item was not answered.
        missing: ``pairwise`` takes for each pair of items all who answered both; ``listwise``
            takes only respondents who answered every item.

    Raises:
        DataError: The answers are no table or infinite, a pair of items has fewer than two
            respondents in common, or an item was answered alike by everybody.

    Source:
        Agrees with ``cov(use = "pairwise")`` and ``cov(use = "complete")`` of R.
    """
    table = answer_table(values)
    if missing == "listwise":
        table = table[~np.isnan(table).any(axis=1)]
    sums = _sums(table)
    if not np.isfinite(sums.product).all():  # cheaper than a look at every answer
        raise DataError("an answer is infinite: answers must be numbers, or NaN where missing")
    both = sums.both
    if (both < 2).any():
        raise DataError(_too_few(both, missing=missing))
    covariance = (sums.product - sums.of_pair * sums.of_pair.T / both) / (both - 1)
    spread = np.diag(covariance)
    size = np.diag(sums.product) / np.diag(both)
    if (flat := spread <= 1e-12 * np.maximum(size, 1e-300)).any():
        raise DataError(
            f"everybody answered item {int(np.argmax(flat)) + 1} alike, so it tells nobody apart "
            "and has no correlation with the others. Leave it out of the scale for these answers"
        )
    answered = np.diag(both)
    return ItemMoments(
        n=sums.anything,
        answered=answered.astype(np.int64),
        mean=np.diag(sums.of_pair) / answered + sums.shift,
        covariance=(covariance + covariance.T) / 2,
        item_total=sums.item_total(),
    )


def _too_few(both: Floats, *, missing: Missing) -> str:
    one, other = (int(at) for at in np.argwhere(both < 2)[0])
    who = f"item {one + 1} was" if one == other else f"items {one + 1} and {other + 1} were both"
    return (
        f"{who} answered by {int(both[one, other])} respondents ({missing}), and a covariance "
        "needs two or more"
    )


def answer_table(values: ArrayLike) -> Floats:
    """Take answers as a table of numbers.

    Raises:
        DataError: The shape is not (respondents, items) with two items or more.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise DataError(
            f"answers must be a table of respondents by two items or more, got shape {table.shape}"
        )
    return table


@dataclass(slots=True, kw_only=True)
class _Sums:
    """Running sums; every value has ``shift`` taken off, so that no digits are lost."""

    shift: float
    anything: int  # respondents with an answer
    both: Floats  # how many answered both items
    of_pair: Floats  # [i, j]: sum of i over those who answered j too
    product: Floats  # sums of products
    by_total: Floats  # sum of item times person mean
    total: Floats  # sum of person means over those who answered the item
    total_squared: Floats

    def item_total(self) -> Floats:
        n, of_item = np.diag(self.both), np.diag(self.of_pair)
        together = self.by_total - of_item * self.total / n
        item = np.diag(self.product) - of_item**2 / n
        total = self.total_squared - self.total**2 / n
        with np.errstate(divide="ignore", invalid="ignore"):  # answers that cancel in every row
            found: Floats = together / np.sqrt(item * total)
        return found


def _sums(table: Floats) -> _Sums:
    k = table.shape[1]
    first = table[:_ROWS]
    first = first[np.isfinite(first)]
    square, line = (k, k), (k,)
    sums = _Sums(
        shift=float(first.mean()) if first.size else 0.0,
        anything=0,
        both=np.zeros(square),
        of_pair=np.zeros(square),
        product=np.zeros(square),
        by_total=np.zeros(line),
        total=np.zeros(line),
        total_squared=np.zeros(line),
    )
    with np.errstate(invalid="ignore", over="ignore"):  # infinite answers are refused afterwards
        for start in range(0, len(table), _ROWS):
            _add(sums, _stackable(table[start : start + _ROWS]))
    return sums


def _add(sums: _Sums, rows: Floats) -> None:
    """Add a block of respondents to the sums."""
    there = ~np.isnan(rows)
    whole = bool(there.all())
    values = np.subtract(rows, sums.shift, order="C")
    if whole:
        mean = values.mean(axis=1)
        sums.both += len(rows)
        sums.of_pair += values.sum(axis=0)[:, None]
        sums.total += mean.sum()
        sums.total_squared += mean @ mean
        sums.anything += len(rows)
    else:
        np.copyto(values, 0.0, where=~there)
        known = there.astype(np.float64, order="C")
        count = known.sum(axis=1)
        mean = values.sum(axis=1) / np.maximum(count, 1)
        sums.both += _products(known, known)
        sums.of_pair += _products(values, known)
        sums.total += mean @ known
        sums.total_squared += (mean * mean) @ known
        sums.anything += int(np.count_nonzero(count))
    sums.product += _products(values, values)
    sums.by_total += mean @ values


def _stackable(rows: Floats) -> Floats:
    """Fill a block up to whole stacks, with rows in which nothing was answered."""
    short = -len(rows) % _STACK
    return np.pad(rows, ((0, short), (0, 0)), constant_values=np.nan) if short else rows


def _products(one: Floats, other: Floats) -> Floats:
    """Multiply columns with columns, shape (k, k), stack by stack.

    As one product of two long tables it would be shared among threads that wait for each other
    most of the time.
    """
    k = one.shape[1]
    left, right = one.reshape(-1, _STACK, k), other.reshape(-1, _STACK, k)
    product: Floats = np.matmul(left.transpose(0, 2, 1), right).sum(axis=0)
    return product
