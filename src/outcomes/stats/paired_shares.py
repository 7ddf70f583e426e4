"""Change of a share among the same people: McNemar's test with a score interval."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate

FEWEST_MOVED = 6  # with fewer, no outcome of the exact test lies below 5 %
ASSUMPTIONS = ("people are independent of one another",)


@dataclass(frozen=True, slots=True, kw_only=True)
class McNemar:
    """Three answers to: could as many well have moved the other way?"""

    exact: float
    mid_p: float  # half of the chance of exactly this outcome: less careful than exact
    chi_square: float  # without correction


def mcnemar(rose: int, fell: int) -> McNemar:
    """Test whether as many people moved up as moved down.

    Args:
        rose: People whose answer was lower before than after (no before, yes after).
        fell: People whose answer was higher before.

    Returns:
        The p of each form; 1 where nobody moved.

    Raises:
        DataError: A count is negative.

    Source:
        McNemar (1947), Psychometrika 12: 153-157; mid-p: Fagerland, Lydersen & Laake (2013), BMC
        Med. Res. Methodol. 13: 91. Agrees with ``mcnemar.test(correct = FALSE)`` and
        ``binom.test`` of R.
    """
    if rose < 0 or fell < 0:
        raise DataError(f"counts of people start at 0, got {rose} and {fell}")
    moved = rose + fell
    if not moved:
        return McNemar(exact=1.0, mid_p=1.0, chi_square=1.0)
    exact = float(stats.binomtest(rose, moved, 0.5).pvalue)
    tail = float(stats.binom.pmf(min(rose, fell), moved, 0.5))
    apart = (rose - fell) ** 2 / moved
    smallest = float(np.finfo(float).tiny)
    return McNemar(
        exact=max(exact, smallest),
        mid_p=max(exact - tail, smallest) if rose != fell else 1 - tail / 2,
        chi_square=max(float(stats.chi2.sf(apart, 1)), smallest),
    )


def paired_share_change(
    rose: int, fell: int, *, n: int, term: str, unit: str = "share of people", level: float = 0.95
) -> Estimate:
    """Estimate the share of people who rose less the share who fell.

    For a yes or no it is the change of the share who say yes; for an ordered answer the share of
    people who moved up less the share who moved down.

    Args:
        rose: People who moved up.
        fell: People who moved down.
        n: People with both answers, those who stayed included.
        term: What is being estimated, in words.
        unit: Of the share.
        level: Confidence level.

    Returns:
        The difference with Tango's score interval and the mid-p of McNemar's test.

    Raises:
        DataError: Fewer than two people, or more moved than there are.

    Source:
        Tango (1998), Stat. Med. 17: 891-908; McNemar's mid-p as ``mcnemar``.
    """
    if n < 2 or rose + fell > n:
        raise DataError(f"need two people or more, of whom some moved; got {rose} + {fell} of {n}")
    test = mcnemar(rose, fell)
    low, high = tango_interval(rose, fell, n=n, level=level)
    moved = rose + fell
    return Estimate(
        term=term,
        value=(rose - fell) / n,
        low=low,
        high=high,
        level=level,
        p=test.mid_p,
        n=n,
        unit=unit,
        method="difference of paired shares, Tango score interval, McNemar mid-p",
        assumptions=ASSUMPTIONS,
        warnings=_few_moved(moved),
    )


def _few_moved(moved: int) -> tuple[str, ...]:
    if moved >= FEWEST_MOVED:
        return ()
    smallest = 2 * 0.5**moved if moved else 1.0
    return (
        f"only {moved} people moved, and an exact test cannot reach 5 %: its smallest p would be "
        f"{smallest:.2g}",
    )


def tango_interval(rose: int, fell: int, *, n: int, level: float) -> tuple[float, float]:
    """Find the differences of paired shares that the counts do not speak against."""
    reach = float(stats.norm.ppf((1 + level) / 2))
    seen = (rose - fell) / n

    def beyond(difference: float, sign: float) -> float:
        return sign * _score(difference, rose=rose, fell=fell, n=n) - reach

    ends = []
    for sign, far in ((1.0, -1.0), (-1.0, 1.0)):
        edge = far * (1 - 1e-12)
        if seen == far or beyond(edge, sign) <= 0:
            ends.append(far)
        else:
            ends.append(float(optimize.brentq(beyond, edge, seen, args=(sign,), xtol=1e-12)))
    return min(ends[0], seen), max(ends[1], seen)


def _score(difference: float, *, rose: int, fell: int, n: int) -> float:
    """Divide the distance from an assumed difference by its error there; shares fitted to it."""
    square = 2.0 * n
    line = -rose - fell + (2 * n - rose + fell) * difference
    rest = -fell * difference * (1 - difference)
    share = (np.sqrt(max(line * line - 4 * square * rest, 0.0)) - line) / (2 * square)
    variance = n * (2 * share + difference * (1 - difference))
    away = rose - fell - n * difference
    if variance <= 0:
        return 0.0 if away == 0 else float(np.sign(away)) * np.inf
    return float(away / np.sqrt(variance))
