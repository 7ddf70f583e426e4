"""E-value: how strong an unmeasured cause would have to be to explain a result away."""

from math import exp, isfinite, log, sqrt

from outcomes.errors import DataError

SD_TO_RATIO = 0.91  # log risk ratio of one standard deviation between groups, on average


def e_value(ratio: float) -> float:
    """Say how strong an unmeasured cause would have to be to explain a ratio away.

    Args:
        ratio: A risk ratio or a ratio of rates, above 0; below 1 it is turned around first.

    Returns:
        The ratio by which such a cause would at least have to go along with both the treatment
        and the outcome, beyond all that was taken into account. 1 means: none is needed.

    Raises:
        DataError: The ratio is no number above 0.

    Source:
        VanderWeele & Ding (2017), Ann. Intern. Med. 167(4): 268-274. Agrees with ``evalues.RR``
        of R's EValue.
    """
    if not (isfinite(ratio) and ratio > 0):
        raise DataError(f"a ratio above 0 is needed for an E-value, got {ratio}")
    up = max(ratio, 1 / ratio)
    return up + sqrt(up * (up - 1))


def e_value_of_interval(low: float, high: float) -> float:
    """Say how strong an unmeasured cause would have to be to move an interval of a ratio to 1.

    Args:
        low: The lower limit of the ratio, above 0.
        high: The upper limit.

    Returns:
        The E-value of the limit nearer to 1; 1 where the interval holds 1 already.

    Raises:
        DataError: A limit is no number above 0, or they stand the wrong way around.

    Source:
        As for ``e_value``.
    """
    if not low <= high:
        raise DataError(f"low must not exceed high, got {low} > {high}")
    near_low, near_high = e_value(low), e_value(high)
    if low <= 1 <= high:
        return 1.0
    return near_low if low > 1 else near_high


def ratio_of_standardized(difference: float) -> float:
    """Turn a difference in standard deviations into about the ratio of risks that it stands for.

    Raises:
        DataError: The difference is no number, or too large for a ratio.

    Source:
        VanderWeele & Ding (2017), appendix; Chinn (2000), Stat. Med. 19: 3127-3131.
    """
    if not abs(difference) < log(1e300) / SD_TO_RATIO:
        raise DataError(f"a difference in standard deviations is needed, got {difference}")
    return exp(SD_TO_RATIO * difference)
