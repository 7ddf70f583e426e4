"""Fill gaps in answers several times over, so that what the gaps leave open can be seen."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.item_moments import Floats, answer_table

Draw = Literal["pmm", "norm"]
DONORS = 5
_RIDGE = 1e-5  # keeps a regression on items that nearly repeat each other solvable, as R's mice


def chained_imputations(
    values: ArrayLike, *, tables: int = 20, rounds: int = 10, seed: int = 1, draw: Draw = "pmm"
) -> Iterator[Floats]:
    """Make several complete tables out of answers with gaps.

    Item after item is regressed on all others, with parameters drawn from what the data leave
    open, and its gaps are filled: with the answer of a respondent whose prediction is close
    (``pmm``, so that only answers that somebody gave occur), or with a draw from a normal
    distribution (``norm``).

    Args:
        values: Answers, shape (respondents, items); NaN where missing. Everybody answered at
            least one item.
        tables: How many, two or more; 20 leave little to chance.
        rounds: How often the chain goes through all items before a table is taken.
        seed: Of the draws; the same seed gives the same tables.
        draw: How a gap is filled.

    Yields:
        Tables of the same shape without gaps; answers that were given are never changed.

    Raises:
        DataError: Somebody answered nothing, or too few answered an item to predict it.

    Source:
        van Buuren (2018), Flexible Imputation of Missing Data, 3.2-3.4 and 4.5; the chain is
        that of R's mice, but the draws are not the same. Issue 5, scoring.
    """
    table = answer_table(values)
    gaps = np.isnan(table)
    _refuse(gaps, tables=tables, rounds=rounds)
    order = [int(at) for at in np.argsort(gaps.sum(axis=0), kind="stable") if gaps[:, at].any()]
    for child in np.random.SeedSequence(seed).spawn(tables):
        rng = np.random.default_rng(child)
        filled = _first_guess(table, gaps, rng)
        for _ in range(rounds if order else 0):
            for at in order:
                _fill(filled, at, gaps=gaps[:, at], draw=draw, rng=rng)
        yield filled


def _refuse(gaps: np.ndarray, *, tables: int, rounds: int) -> None:
    if tables < 2 or rounds < 1:
        raise DataError(f"imputation needs two tables or more, got {tables}, and a round or more")
    if gaps.all(axis=1).any():
        raise DataError("somebody answered no item at all, so nothing predicts their answers")
    n, k = gaps.shape
    if (few := (n - gaps.sum(axis=0)) <= k + 1).any():
        raise DataError(
            f"item {int(np.argmax(few)) + 1} was answered by {int((~gaps[:, few][:, 0]).sum())} "
            f"respondents, too few to predict it from {k - 1} others"
        )


def _first_guess(table: Floats, gaps: np.ndarray, rng: np.random.Generator) -> Floats:
    """Fill each gap with the answer of somebody drawn at random."""
    filled = table.copy()
    for at in range(table.shape[1]):
        missing = gaps[:, at]
        filled[missing, at] = rng.choice(table[~missing, at], int(missing.sum()))
    return filled


def _fill(
    filled: Floats, at: int, *, gaps: np.ndarray, draw: Draw, rng: np.random.Generator
) -> None:
    """Fill the gaps of one item anew from all the others."""
    others = np.delete(filled, at, axis=1)
    design = np.hstack([np.ones((len(filled), 1)), others])
    known, answers = design[~gaps], filled[~gaps, at]
    product = known.T @ known
    product[np.diag_indices(len(product))] *= 1 + _RIDGE
    slopes = np.linalg.solve(product, known.T @ answers)
    left = answers - known @ slopes
    sigma = np.sqrt(float(left @ left) / rng.chisquare(len(known) - known.shape[1]))
    root = np.linalg.cholesky(np.linalg.inv(product))
    drawn = slopes + sigma * root @ rng.standard_normal(len(slopes))
    wanted = design[gaps] @ drawn
    if draw == "norm":
        filled[gaps, at] = wanted + sigma * rng.standard_normal(len(wanted))
    else:
        filled[gaps, at] = _donated(known @ slopes, answers, wanted, rng)


def _donated(
    predicted: Floats, answers: Floats, wanted: Floats, rng: np.random.Generator
) -> Floats:
    """Take for each gap the answer of one of the respondents whose predictions are nearest."""
    order = rng.permutation(len(predicted))  # equal predictions: chance says who is nearest
    order = order[np.argsort(predicted[order], kind="stable")]
    line = predicted[order]
    donors = min(DONORS, len(line))
    low = np.clip(np.searchsorted(line, wanted) - donors, 0, max(len(line) - 2 * donors, 0))
    near = np.minimum(low[:, None] + np.arange(2 * donors), len(line) - 1)
    away = np.abs(line[near] - wanted[:, None])
    nearest = np.argpartition(away, donors - 1, axis=1)[:, :donors]
    chosen = nearest[np.arange(len(wanted)), rng.integers(0, donors, len(wanted))]
    given: Floats = answers[order[near[np.arange(len(wanted)), chosen]]]
    return given
