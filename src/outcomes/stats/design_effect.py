"""By how much did weights, strata and clusters change what a sample is worth?"""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.stats.sampling_stages import Floats
from outcomes.stats.survey_design import SurveyDesign


def kish_design_effect(weights: ArrayLike) -> float:
    """Say by how much unequal weights inflate the variance of a mean: 1 where all are equal.

    Source:
        Kish (1965), Survey Sampling, Wiley: n times the sum of squared weights over their
        squared sum.
    """
    w = np.asarray(weights, dtype=float)
    return float(w.size * summed_product(w, w) / w.sum() ** 2)


def summed_product(first: Floats, second: Floats) -> float:
    """Sum the products of two long columns, without waking threads, which costs more here."""
    return float(np.einsum("i,i", first, second))


def effective_size(weights: ArrayLike) -> float:
    """Say how many equally weighted answers these are worth, by Kish's design effect."""
    w = np.asarray(weights, dtype=float)
    return float(w.sum() ** 2 / summed_product(w, w))


def design_effect(
    variance: float, *, influence: Floats, carried: Floats, people: float, n: int
) -> float:
    """Compare a variance with that of a simple random sample of as many answers.

    Args:
        variance: Of the estimate, with the whole design.
        influence: Of the estimate, shape (rows,), 0 for rows that did not enter.
        carried: The influence by the weights, shape (rows,).
        people: Sum of the weights of the rows that entered.
        n: How many entered.

    Returns:
        The ratio; 1 where a simple random sample would have done as well. The simple random
        sample is drawn with replacement.

    Source:
        Kish (1965); agrees with ``svymean(deff = "replace")`` of R's survey.
    """
    simple = people * summed_product(carried, influence) - float(carried.sum()) ** 2
    simple /= n - 1
    return float(variance / simple) if simple > 0 else float("nan")


def taken_without_replacement(design: SurveyDesign, *, people: float, n: int) -> float:
    """Say which share of a simple random sample's variance is left as it cannot repeat people.

    1 where the design knows no populations, or its weights do not add up to people: as ``deff =
    TRUE`` of R's survey where it does.
    """
    return 1 - n / people if design.finite and people > n else 1.0
