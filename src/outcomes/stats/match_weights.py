"""Fellegi-Sunter weights of pairs, with rates of agreement learnt from the data (EM)."""

from dataclasses import dataclass

import numpy as np

from outcomes.stats.agreement_weight import Codes, Pairs, agreement_weight
from outcomes.stats.link_probability import link_probability
from outcomes.stats.slip_counts import (
    SlipRates,
    fitted_slips,
    pattern_log_chance,
    within_reach,
)

ROUNDS = 30
SETTLED = 1e-3  # largest move of a probability between rounds at which learning stops
USUAL_RETURN = 0.75  # share of the smaller side that has a partner, to start from
RETURN_WEIGHT = 10.0  # records that the return of all blocks counts for in one block
FEWEST_FREE = 1.0  # records that stay without a partner on either side, beyond those counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What was learnt of pairs: the probability of each, and how people slip."""

    probability: np.ndarray  # (pairs,) to be the same person, one to one taken into account
    rates: SlipRates


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    """The different patterns of agreement, and which one each pair shows."""

    agree: np.ndarray  # (patterns, k)
    given: np.ndarray
    which: np.ndarray  # (pairs,)

    def counted(self, weights: np.ndarray) -> np.ndarray:
        return np.bincount(self.which, weights, minlength=len(self.agree))


def match_weights(
    codes: Codes,
    pairs: Pairs,
    *,
    free: tuple[np.ndarray, np.ndarray],
    least: int,
    known: Pairs | None = None,
) -> Weighed:
    """Learn from the data how people slip, and weigh each pair by it.

    Expectation and maximization in turn: the weights follow from the rates of slips, and the rates
    from the pairs by their weights. Slips gather in the same people, so their number is
    beta-binomial; published rates count for 20 people beside the data, which keeps a small class
    from learning from chance.

    Args:
        codes: Of both occasions; all of them tell how frequent each value is.
        pairs: All pairs of free records that share ``least`` elements or more.
        free: How many records without a known partner each block has, before and after.
        least: How many elements a pair must share to be among ``pairs``.
        known: Pairs that are the same person for another reason, such as their card.

    Returns:
        The probability of each pair, and the rates.

    Source:
        Fellegi & Sunter (1969), J. Am. Stat. Assoc. 64: 1183-1210; Winkler (1988), Proc. Survey
        Research Methods, ASA: 667-671 (EM).
    """
    patterns, values = _patterns(pairs), agreement_weight(codes, pairs)
    block = codes.block_before[pairs.before]
    sizes = (len(codes.before), len(codes.after))
    rates = _fitted(patterns, np.zeros(block.size), known=known, least=least)
    smaller = np.minimum(*free).astype(float)
    links = USUAL_RETURN * smaller
    probability, messages = np.zeros(block.size), None
    for _ in range(ROUNDS):
        prior = (links + 0.5) / np.prod([side - links + FEWEST_FREE for side in free], axis=0)
        chance = pattern_log_chance(rates, agree=patterns.agree, given=patterns.given)
        reach = np.log(within_reach(codes.elements, least, rates=rates))
        odds = np.exp(chance[patterns.which] - reach + values) * prior[block]
        again, messages = link_probability(
            odds, (pairs.before, pairs.after), sizes=sizes, start=messages
        )
        moved = float(np.abs(again - probability).max(initial=0.0))
        probability = again
        if moved < SETTLED:
            break
        links = _expected_links(np.bincount(block, again, minlength=smaller.size), smaller)
        rates = _fitted(patterns, again, known=known, least=least)
    return Weighed(probability=probability, rates=rates)


def _expected_links(found: np.ndarray, smaller: np.ndarray) -> np.ndarray:
    """Say how many links each block has, a small block more like all blocks together."""
    usual = found.sum() / max(float(smaller.sum()), 1.0)
    share = (found + RETURN_WEIGHT * usual) / (smaller + RETURN_WEIGHT)
    links: np.ndarray = np.minimum(share, 1.0) * smaller
    return links


def _patterns(pairs: Pairs) -> _Patterns:
    number = np.zeros(pairs.before.size, dtype=np.int64)  # 3 states an element: up to 39 fit
    for agree, given in zip(pairs.agree.T, pairs.given.T, strict=True):
        number = 3 * number + agree + given
    _, first, which = np.unique(number, return_index=True, return_inverse=True)
    return _Patterns(agree=pairs.agree[first], given=pairs.given[first], which=which.ravel())


def _fitted(
    patterns: _Patterns, probability: np.ndarray, *, known: Pairs | None, least: int
) -> SlipRates:
    """Fit the rates to the pairs by their weights, and to the known pairs whatever they show."""
    weights = patterns.counted(probability)
    reached = np.full(weights.size, least)
    agree, given = patterns.agree, patterns.given
    if known is not None:
        agree, given = np.vstack([agree, known.agree]), np.vstack([given, known.given])
        weights = np.append(weights, np.ones(len(known.agree)))
        reached = np.append(reached, np.zeros(len(known.agree), dtype=int))
    return fitted_slips(weights, agree=agree, given=given, least=reached)
