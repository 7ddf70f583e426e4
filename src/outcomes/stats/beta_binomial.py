"""Is somebody right less often than before? The earlier share is uncertain too."""

from math import ceil

from outcomes.errors import DataError


def beta_binomial_p(right: float, of: int, *, right_before: float, of_before: float) -> float:
    """Say how often chance alone would leave as few right, if nothing had changed.

    The binomial test would take the earlier share for known. It is not: it rests on cases too. So
    the share may be whatever the earlier cases allow; with very many of them this is the exact
    binomial test.

    Args:
        right: Cases that are right now, 0 to ``of``; rounded up, which is the careful side.
        of: Cases now.
        right_before: Cases that were right before, from 0 to ``of_before``; need not be whole where
            cases are weighed.
        of_before: Cases before.

    Returns:
        The one-sided p: of as few or fewer.

    Raises:
        DataError: There are no cases, or more are right than there are.

    Source:
        The prediction of a beta-binomial with the prior of Jeffreys: Gelman et al. (2013), Bayesian
        Data Analysis, chapters 2 and 6. Agrees with ``scipy.stats.binomtest(alternative="less")``
        where very many cases are known from before (tests).
    """
    if not (of > 0 and of_before > 0 and 0 <= right <= of and 0 <= right_before <= of_before):
        raise DataError(
            f"shares of cases are needed, got {right:g} of {of:g} and {right_before:g} of "
            f"{of_before:g}"
        )
    from scipy.stats import betabinom

    wrong_before = of_before - right_before
    return float(betabinom.cdf(ceil(right - 1e-9), of, right_before + 0.5, wrong_before + 0.5))
