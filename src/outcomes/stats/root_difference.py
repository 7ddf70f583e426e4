"""How far apart two small counts are, without the percentages that small counts blow up."""

from math import sqrt

from outcomes.errors import DataError

BEYOND = 3.0  # chance alone rarely goes so far


def root_difference(now: float, before: float) -> float:
    """Measure how far a count lies from what was usual, in steps that chance alone often takes.

    Args:
        now: A count of one period, 0 or more.
        before: The usual count of such a period, such as the mean of several, 0 or more.

    Returns:
        Twice the difference of the square roots. For counts of independent events it varies by
        about 1 whatever their size, so that beyond ``BEYOND`` on either side chance alone is
        rarely enough. Counts that come in bursts vary more.

    Raises:
        DataError: A count is negative, or no number.

    Source:
        Bartlett (1936), Supplement to the Journal of the Royal Statistical Society 3(1): 68-78,
        with the usual count taken as known.
    """
    if not (now >= 0 and before >= 0):
        raise DataError(f"counts must be numbers of 0 or more, got {now} and {before}")
    return 2 * (sqrt(now) - sqrt(before))
