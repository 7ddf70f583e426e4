"""How likely is it that a person's two codes differ in just these elements?"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import betaln, gammaln

PUBLISHED_MEAN = 0.070  # share of elements that differ (Grube et al. 1989, refitted)
PUBLISHED_RHO = 0.16  # how much slips gather in the same people
PUBLISHED_WEIGHT = 20.0  # people that the published figures count for beside the data
ELEMENT_WEIGHT = 5.0  # slips of each element that speak for "as prone as the others"
_MEANS = np.geomspace(0.005, 0.4, 56)
_RHOS = np.linspace(0.005, 0.6, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRates:
    """How people slip: how often, how much it gathers in the same people, in which elements."""

    mean: float = PUBLISHED_MEAN
    rho: float = PUBLISHED_RHO
    odds: np.ndarray  # (k,) how prone each element is beside the others


def slip_counts(given: int, *, mean: float, rho: float) -> np.ndarray:
    """Say how likely 0, 1, ... of the ``given`` elements of one person differ.

    Returns:
        Beta-binomial probabilities, shape (given + 1,).
    """
    probabilities: np.ndarray = np.exp(_log_counts(given, np.array([mean]), np.array([rho])))[0]
    return probabilities


def pattern_log_chance(rates: SlipRates, *, agree: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Say how likely each pattern is for two codes of the same person.

    The number of slips is beta-binomial, for people differ in care; which elements they are goes
    by how prone each is. Missing elements say nothing.

    Args:
        rates: Of slips.
        agree: Whether an element is given twice and agrees, shape (patterns, k).
        given: Whether it is given twice, shape (patterns, k).

    Returns:
        Logarithms, shape (patterns,).
    """
    asked, differ = given.sum(axis=1), given & ~agree
    number = differ.sum(axis=1)
    log_count = np.empty(len(agree))
    for k in np.unique(asked):
        rows = asked == k
        log_count[rows] = np.log(slip_counts(int(k), mean=rates.mean, rho=rates.rho))[number[rows]]
    chosen = (differ * np.log(rates.odds)).sum(axis=1)
    result: np.ndarray = log_count + chosen - np.log(_all_choices(rates.odds, given, number))
    return result


def fitted_slips(
    weights: np.ndarray, *, agree: np.ndarray, given: np.ndarray, least: np.ndarray
) -> SlipRates:
    """Fit the rates of slips to patterns that are the same person's with some weight.

    Args:
        weights: How many persons show each pattern, shape (patterns,).
        agree: As in :func:`pattern_log_chance`.
        given: Likewise.
        least: How many elements had to agree for a pair to be looked at at all, shape (patterns,).

    Returns:
        The rates that make the patterns likeliest, with the published ones as so many people more.
    """
    elements = agree.shape[1]
    asked, differ = given.sum(axis=1), given & ~agree
    number = differ.sum(axis=1)
    table = np.zeros((elements + 1,) * 3)
    np.add.at(table, (least, asked, number), weights)
    fit = _published_fit(elements).copy()
    for reached, k in np.argwhere(table.sum(axis=2) > 0):
        most = max(int(k - reached), 0)
        seen = _grid(int(k))[:, : most + 1]
        persons = table[reached, k, : most + 1]
        fit += seen @ persons - np.log(np.exp(seen).sum(axis=1)) * persons.sum()
    best = int(np.argmax(fit))
    share = np.divide(number, asked, out=np.zeros(len(asked)), where=asked > 0)
    slipped = (weights[:, None] * differ).sum(axis=0) + ELEMENT_WEIGHT
    expected = ((weights * share)[:, None] * given).sum(axis=0) + ELEMENT_WEIGHT
    return SlipRates(
        mean=float(np.repeat(_MEANS, _RHOS.size)[best]),
        rho=float(np.tile(_RHOS, _MEANS.size)[best]),
        odds=slipped / expected,
    )


def within_reach(elements: int, least: int, *, rates: SlipRates) -> float:
    """Say which share of people share ``least`` elements or more with their own earlier code."""
    counts = slip_counts(elements, mean=rates.mean, rho=rates.rho)
    return float(counts[: elements - least + 1].sum())


def _log_counts(given: int, mean: np.ndarray, rho: np.ndarray) -> np.ndarray:
    scale = 1 / rho - 1
    a, b = (mean * scale)[:, None], ((1 - mean) * scale)[:, None]
    number = np.arange(given + 1)
    ways = gammaln(given + 1) - gammaln(number + 1) - gammaln(given - number + 1)
    result: np.ndarray = ways + betaln(number + a, given - number + b) - betaln(a, b)
    return result


@cache
def _grid(given: int) -> np.ndarray:
    mean, rho = np.meshgrid(_MEANS, _RHOS, indexing="ij")
    return _log_counts(given, mean.ravel(), rho.ravel())


@cache
def _published_fit(elements: int) -> np.ndarray:
    published = slip_counts(elements, mean=PUBLISHED_MEAN, rho=PUBLISHED_RHO)
    fit: np.ndarray = PUBLISHED_WEIGHT * (_grid(elements) @ published)
    return fit


def _all_choices(odds: np.ndarray, given: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Sum the odds over all choices of as many of the given elements."""
    masks, which = np.unique(given, axis=0, return_inverse=True)
    sums = np.zeros((len(masks), given.shape[1] + 1))
    sums[:, 0] = 1
    for column, each in enumerate(odds):
        taken = np.where(masks[:, column], each, 0.0)[:, None]
        sums[:, 1:] += taken * sums[:, :-1]
    result: np.ndarray = sums[which.ravel(), number]
    return result
