"""Did the same people's answers shift as a whole? Stuart-Maxwell, Bhapkar, and by swapping."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.item_moments import Floats

DRAWS = 9_999
SEED = 1955  # the same table must give the same p
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Homogeneity:
    """Whether both occasions have the same shares of each answer."""

    stuart_maxwell: float
    bhapkar: float
    df: int
    p_stuart_maxwell: float
    p_bhapkar: float
    p_swapped: float  # by swapping people's two answers: holds with few people too
    moved: int  # people whose two answers differ
    n: int


def marginal_homogeneity(table: ArrayLike) -> Homogeneity:
    """Test whether the same people gave each answer as often after as before.

    Args:
        table: People by answer before (rows) and after (columns), shape (k, k), whole numbers.

    Returns:
        Both chi-square tests, and one that needs no large numbers: if nothing shifted, each
        person's two answers could as well have stood the other way round.

    Raises:
        DataError: The table is not square, holds no counts, or nobody's two answers differ.

    Source:
        Stuart (1955), Biometrika 42: 412-416; Maxwell (1970), Br. J. Psychiatry 116: 651-655;
        Bhapkar (1966), JASA 61: 228-235. Agrees with ``coin::mh_test`` of R, and with statsmodels'
        SquareTable where that can invert its matrix: it gives no number where nobody moved to or
        from an answer, and p = 0 where the shift is large.
    """
    counts = _checked(table)
    moved = int(counts.sum() - np.trace(counts))
    if not moved:
        raise DataError("nobody's two answers differ, so there is no shift to judge")
    both = counts + counts.T
    np.fill_diagonal(both, 0.0)
    spread = np.diag(both.sum(axis=1)) - both  # of the shift, if each move were as likely back
    inverse = np.asarray(np.linalg.pinv(spread, hermitian=True), dtype=np.float64)
    shift = counts.sum(axis=0) - counts.sum(axis=1)
    statistic = float(shift @ inverse @ shift)
    # moves within parts of the scale that nobody leaves tell of each part alone
    df = int(np.linalg.matrix_rank(spread, hermitian=True))
    n = counts.sum()
    left = 1 - statistic / n
    bhapkar = statistic / left if left > ROUNDING else np.inf
    return Homogeneity(
        stuart_maxwell=statistic,
        bhapkar=bhapkar,
        df=df,
        p_stuart_maxwell=_above_zero(stats.chi2.sf(statistic, df)),
        p_bhapkar=_above_zero(stats.chi2.sf(bhapkar, df)),
        p_swapped=_swapped(both, inverse, statistic),
        moved=moved,
        n=int(n),
    )


def _swapped(both: Floats, inverse: Floats, statistic: float) -> float:
    """Say how often chance alone would shift the answers as far, if pairs were swapped at random.

    Only how many of those who moved between two answers moved up matters, so that is drawn.
    """
    low, high = np.triu_indices(both.shape[0], k=1)
    movers = both[low, high].astype(int)
    used = movers > 0
    low, high, movers = low[used], high[used], movers[used]
    rng = np.random.default_rng([SEED, *movers])
    up = 2 * rng.binomial(movers, 0.5, size=(DRAWS, movers.size)) - movers
    moves = np.zeros((movers.size, both.shape[0]))
    moves[np.arange(movers.size), high] = 1.0
    moves[np.arange(movers.size), low] = -1.0
    shifts = up @ moves
    drawn = ((shifts @ inverse) * shifts).sum(axis=1)
    as_far = int((drawn >= statistic * (1 - 1e-9)).sum())
    return (1 + as_far) / (1 + DRAWS)


def _above_zero(p: float) -> float:
    return max(float(p), float(np.finfo(float).tiny))


def _checked(table: ArrayLike) -> Floats:
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.shape[0] < 2:
        raise DataError(
            "the table must have one row and one column for each answer, two or more; "
            f"got shape {counts.shape}"
        )
    whole = np.isfinite(counts).all() and (counts >= 0).all() and (counts % 1 == 0).all()
    if not whole:
        raise DataError("the table must hold counts of people: whole numbers from 0 up")
    return counts
