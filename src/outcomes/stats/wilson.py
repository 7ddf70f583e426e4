"""Wilson's interval of a share, which has width even where nothing, or everything, happened."""

from math import sqrt

from scipy.stats import norm

from outcomes.errors import DataError


def wilson_interval(share: float, *, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Say which shares could have given this one.

    Args:
        share: 0 to 1.
        n: Of how many independent trials; need not be whole.
        confidence: Of the interval.

    Returns:
        Low and high, 0 to 1.

    Raises:
        DataError: The share lies outside 0 to 1, or there is no trial.

    Source:
        Wilson (1927), JASA 22: 209-212. Agrees with ``binomtest(...).proportion_ci(
        method="wilson")`` of scipy.
    """
    if not 0 <= share <= 1 or n <= 0:
        raise DataError(f"a share from 0 to 1 of at least one trial is needed, got {share} of {n}")
    z = float(norm.ppf((1 + confidence) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # whole ends are exact; rounding must not push the share out of its own interval
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))
